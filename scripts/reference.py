"""Writes the pages of docs/reference from the code: the API, the command line, the metrics and the errors.

    python scripts/reference.py            # write them
    python scripts/reference.py --check    # say which are out of date; exit with 1 if any is

The text depends on the code alone, not on the version of Python or the width of the terminal.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import math
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer

import lookoutcv
from lookoutcv import errors
from lookoutcv.cli.app import app
from lookoutcv.cli.groups.config import schema_text
from lookoutcv.grids import Grid
from lookoutcv.measuring.predictions import model_source
from lookoutcv.metrics import Metric, registry

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTICE = "<!-- Made by `make docs` from the code; do not edit. -->"
SECTIONS = ("Args", "Returns", "Raises", "Example", "Source")


def pages() -> dict[str, str]:
    """Every page by its file name."""
    parts = {"api.md": api_page(), "cli.md": cli_page(), "metrics.md": metrics_page(), "errors.md": errors_page()}
    written = {name: f"{NOTICE}\n\n{text.strip()}\n" for name, text in parts.items()}
    return {**written, "lookout.schema.json": schema_text()}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with what is there."""
    stale = [name for name, text in pages().items() if not (FOLDER / name).is_file() or _read(name) != text]
    if "--check" in arguments:
        print("\n".join(f"docs/reference/{name} is out of date; run: make docs" for name in stale))
        return int(bool(stale))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages()[name], encoding="utf-8", newline="\n")
    return 0


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


# The API.


# Not attributes of the package, but met by whoever reads a report or writes a metric.
FURTHER = (
    "lookoutcv.results.findings.side.Side",
    "lookoutcv.results.findings.metric_drift.MetricDrift",
    "lookoutcv.results.findings.metric_drift.Distribution",
    "lookoutcv.results.findings.group_drift.GroupDrift",
    "lookoutcv.results.findings.onset.Onset",
    "lookoutcv.results.findings.probable_cause.ProbableCause",
    "lookoutcv.results.findings.prediction_drift.PredictionDrift",
    "lookoutcv.results.findings.class_drift.ClassDrift",
    "lookoutcv.results.accuracy.model_accuracy.ModelAccuracy",
    "lookoutcv.results.accuracy.accuracy_estimate.AccuracyEstimate",
    "lookoutcv.results.accuracy.true_accuracy.TrueAccuracy",
    "lookoutcv.results.accuracy.true_detection.TrueDetection",
    "lookoutcv.results.accuracy.accuracy_change.AccuracyChange",
    "lookoutcv.results.images.image_example.ImageExample",
    "lookoutcv.results.images.skipped.Skipped",
    "lookoutcv.results.images.duplicates.Duplicates",
    "lookoutcv.results.severity.Severity",
    "lookoutcv.results.evaluation.ConfidenceCalibration",
    "lookoutcv.results.detection_evaluation.ImageErrors",
    "lookoutcv.results.self_check.SelfCheck",
    "lookoutcv.pixels.view.ImageView",
    "lookoutcv.pixels.view.Facts",
    "lookoutcv.grids.linear",
    "lookoutcv.grids.logarithmic",
    "lookoutcv.images.Limits",
    "lookoutcv.sources.open_source",
    "lookoutcv.models.Input",
    "lookoutcv.models.card_text",
    "lookoutcv.models.check_card.check_card",
    "lookoutcv.models.check_card.CardCheck",
    "lookoutcv.inference.input_search.InputSearch",
    "lookoutcv.inference.input_search.InputTrial",
    "lookoutcv.predictions.Classification",
    "lookoutcv.predictions.Detections",
    "lookoutcv.predictions.Segmentation",
    "lookoutcv.predictions.Embedding",
)


def api_page() -> str:
    """Every public name, from its docstring."""
    found = {name: getattr(lookoutcv, name) for name in lookoutcv.__all__ if not name.startswith("_")}
    functions = {f"lo.{name}": value for name, value in found.items() if inspect.isfunction(value)}
    classes = {f"lo.{name}": value for name, value in found.items() if not inspect.isfunction(value)}
    further = {name: _imported(name) for name in FURTHER}
    lines = ["# API", "", "`import lookoutcv as lo`. Names are loaded on first use; `lo.__version__` is the version."]
    lines += ["Errors are on [their own page](errors.md), metrics [on theirs](metrics.md).", ""]
    for heading, group in (("Functions", functions), ("Classes", classes), ("Met in those", further)):
        lines += [f"| {heading} | |", "| --- | --- |"]
        lines += [f"| {_link(name, value)} | {_first_sentence(value)} |" for name, value in group.items()]
        lines.append("")
    every = functions | classes | further
    for name, value in every.items():
        lines += _described(name, value)
    return "\n".join([*lines, *_types(every.values())])


def _first_sentence(value: Any) -> str:
    text = inspect.getdoc(value if callable(value) else type(value)) or ""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return _escaped(re.split(r"(?<=[.:])\s", paragraph)[0].rstrip(".:") + ".")


def _types(described: Iterable[Any]) -> Iterator[str]:
    """What the names of types in the signatures stand for."""
    found = dict[str, str]()
    for value in described:
        for notes, known in _annotated(value):
            for name in re.findall(r"\b[A-Z]\w+", " ".join(map(_type, notes))):
                # A class says what it is on its own; these are other names for what is made of classes.
                if typing.get_origin(known.get(name)) is not None:
                    found[name] = _plain(known[name])
    yield from ["## Types", "", "| in a signature | stands for |", "| --- | --- |"]
    yield from (f"| `{name}` | `{found[name]}` |" for name in sorted(found))


def _annotated(value: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The annotations of a function, or of a class and its methods, each with the names that were known there."""
    if inspect.isclass(value):
        hints = inspect.get_annotations(value).values()
        # Declarations of settings import nothing at run time: what they name is known where it is made.
        known = vars(model_source) if _is_typed_dict(value) else vars(sys.modules[value.__module__])
        yield [_bare(hint) for hint in hints] if _is_typed_dict(value) else [*hints], known
    members = [value.__init__, *vars(value).values()] if inspect.isclass(value) else [value]
    for member in members:
        function = getattr(member, "__func__", member)
        if inspect.isfunction(function):
            yield [*function.__annotations__.values()], inspect.unwrap(function).__globals__


def _plain(annotation: Any) -> str:
    """A type as it would be written, without the modules that names are from."""
    text = re.sub(r"ForwardRef\('(.+?)'\)", r"\1", str(annotation))
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Za-z])", "", text).replace("|", "\\|")


def _imported(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)


def _heading(name: str, value: Any) -> str:
    # GitHub's anchors know no capitals: "lo.baseline" and "lo.Baseline" need headings that differ otherwise too.
    return f"`{name}`" if inspect.isfunction(value) else f"Class `{name}`"


def _link(name: str, value: Any) -> str:
    anchor = re.sub(r"[^\w -]", "", _heading(name, value).lower()).replace(" ", "-")
    return f"[`{name}`](#{anchor})"


def _described(name: str, value: Any) -> Iterator[str]:
    last = name.rpartition(".")[2]
    yield f"## {_heading(name, value)}"
    yield ""
    if inspect.isfunction(value):
        yield from _code(signature(last, value))
    elif inspect.isclass(value) and _is_typed_dict(value):
        yield from _code(_keys(last, value))
    elif inspect.isclass(value):
        yield from _code(f"class {signature(last, value)}")
    yield from docstring(inspect.getdoc(value if callable(value) else type(value)) or "")
    if inspect.isclass(value) and not _is_typed_dict(value):
        yield from _members(last, value)


def _members(owner: str, kind: type) -> Iterator[str]:
    for name, member in vars(kind).items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if (name.startswith("_") and name != "__call__") or not getattr(member, "__doc__", None):
            continue
        if isinstance(member, property | cached_property):
            yield f"### `{owner}.{name}`"
            yield ""
        elif inspect.isfunction(function):
            yield f"### `{owner}.{name}`".replace(".__call__", "()")
            yield ""
            called = owner.lower() if name == "__call__" else f"{owner}.{name}"
            yield from _code(signature(called, function, drop_first=not isinstance(member, staticmethod)))
        else:
            continue
        yield from docstring(inspect.getdoc(member) or "")


def _is_typed_dict(kind: type) -> bool:
    return hasattr(kind, "__total__")


def _keys(name: str, kind: type) -> str:
    hints = {key: _bare(hint) for key, hint in kind.__annotations__.items()}
    return f"class {name}(TypedDict, total=False):\n" + "\n".join(f"    {key}: {hint}" for key, hint in hints.items())


def _bare(hint: Any) -> str:
    """An annotation as it would be written, without what is declared beside the type."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return _type(getattr(hint, "__forward_arg__", hint))


def _code(text: str) -> list[str]:
    return ["```py", text, "```", ""]


def signature(name: str, function: Callable[..., Any], drop_first: bool = False) -> str:
    """A signature as it is written in the code, on one line or one parameter a line."""
    found = inspect.signature(function)
    parameters = [*found.parameters.values()][int(drop_first) :]
    shown, starred = [], False
    for one in parameters:
        if one.kind is one.KEYWORD_ONLY and not starred:
            shown.append("*")
        starred = starred or one.kind in (one.KEYWORD_ONLY, one.VAR_POSITIONAL)
        shown.append(_parameter(one))
    returned = found.empty if inspect.isclass(function) else found.return_annotation
    arrow = "" if returned is found.empty else f" -> {_type(returned)}"
    flat = f"{name}({', '.join(shown)}){arrow}"
    return flat if len(flat) <= 100 else f"{name}(\n" + "".join(f"    {one},\n" for one in shown) + f"){arrow}"


def _parameter(one: inspect.Parameter) -> str:
    stars = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
    text = f"{stars}{one.name}"
    if one.annotation is not one.empty:
        text += f": {_type(one.annotation)}"
    if one.default is one.empty:
        return text
    value = repr(one.default)
    # A default that is made anew each time has no value to show, and one that names the version would age.
    hidden = value == "<factory>" or lookoutcv.__version__ in value
    return f"{text} = {'...' if hidden else value}"


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def docstring(text: str) -> Iterator[str]:
    """A docstring in the project's form as Markdown."""
    for heading, body in _sections(text):
        if heading in ("Args", "Raises"):
            yield f"{heading}:"
            yield ""
            yield from (f"- {_entry(entry)}" for entry in _entries(body))
        elif heading == "Example":
            yield from ["```pycon", inspect.cleandoc("\n".join(body)), "```"]
        elif heading:
            yield f"{heading}: {' '.join(line.strip() for line in body).strip()}"
        else:
            yield "\n".join(_escaped(line) for line in body).strip()
        yield ""


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    heading, body = "", list[str]()
    for line in text.splitlines():
        match = re.fullmatch(rf"({'|'.join(SECTIONS)}):(.*)", line)
        if match:
            yield heading, body
            heading, body = match[1], [match[2].strip()] if match[2].strip() else []
        else:
            body.append(line)
    yield heading, body


def _entries(body: list[str]) -> Iterator[str]:
    """Each `name: text` of a list, its further lines joined to the first."""
    lines = [line for line in inspect.cleandoc("\n".join(body)).splitlines() if line]
    entry = ""
    for line in lines:
        if entry and (line.startswith(" ") or not re.match(r"[A-Za-z_][\w, ]*:", line)):
            entry += " " + line.strip()
            continue
        if entry:
            yield entry
        entry = line
    if entry:
        yield entry


def _entry(text: str) -> str:
    names, colon, meaning = text.partition(":")
    if not colon:
        return _escaped(text)
    return ", ".join(f"`{name.strip()}`" for name in names.split(",")) + f":{_escaped(meaning)}"


def _escaped(text: str) -> str:
    """Text in which Markdown finds no markup but code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([<*|]|(?<!\w)_|_(?!\w))", r"\\\1", part) for part in parts
    )


# The command line.


def cli_page() -> str:
    """Every verb with its arguments and options."""
    lines = ["# Command line", "", f"`lookout`: {app.info.help}", ""]
    lines += ["    lookout [what every verb takes] VERB [its own options]", ""]
    named = [*_verbs(app)]
    links = (f"[`{name}`](#lookout-{name.replace(' ', '-')})" for name, _ in named)
    lines += ["| verb | |", "| --- | --- |"]
    lines += [f"| {link} | {_first_sentence(function)} |" for link, (_, function) in zip(links, named, strict=True)]
    lines.append("")
    lines += [f"{app.info.epilog} 130: stopped with Ctrl-C.", "", "## What every verb takes", ""]
    lines += ["These come before the verb: `lookout --debug measure photos`.", ""]
    everywhere = app.registered_callback.callback if app.registered_callback else None
    lines += _parameters(everywhere) if everywhere else []
    lines += ["| `--install-completion` | | Complete verbs and options in the current shell with the tab key. |"]
    lines += ["| `--show-completion` | | Print what `--install-completion` would install. |"]
    lines += ["| `--help`, `-h` | | Show help; also after a verb. |", ""]
    for name, function in named:
        lines += [f"## `lookout {name}`", "", _usage(name, function), "", inspect.getdoc(function) or "", ""]
        lines += [*_parameters(function), ""]
    return "\n".join(lines)


def _verbs(group: typer.Typer) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each verb with its function; "config check" for one of a group."""
    for command in group.registered_commands:
        if command.callback is not None:
            yield command.name or command.callback.__name__, command.callback
    for below in group.registered_groups:
        inner = below.typer_instance
        if inner is not None:
            yield from ((f"{below.name or inner.info.name} {name}", function) for name, function in _verbs(inner))


def _usage(name: str, function: Callable[..., Any]) -> str:
    words = ["lookout", name]
    for one, info in _typer(function):
        if "Argument" in type(info).__name__:
            words.append(info.metavar or one.name.upper())
        elif one.default is one.empty:
            words.append(f"{_flags(one, info)[0]} {_value(one)}")
    return f"    {' '.join(words)} [OPTIONS]"


def _parameters(function: Callable[..., Any]) -> list[str]:
    lines = ["| | default | |", "| --- | --- | --- |"]
    for one, info in _typer(function):
        if "Argument" in type(info).__name__:
            shown = f"`{info.metavar or one.name.upper()}`"
        else:
            shown = ", ".join(f"`{flag}`" for flag in _flags(one, info))
            value = _value(one)
            shown += f" `{value}`" if value else ""
        lines.append(f"| {shown} | {_default(one)} | {info.help.replace('|', chr(92) + '|')} |")
    return lines if len(lines) > 2 else []


def _typer(function: Callable[..., Any]) -> Iterator[tuple[inspect.Parameter, Any]]:
    """Each parameter with what typer was told of it."""
    for one in inspect.signature(function, eval_str=True).parameters.values():
        if get_origin(one.annotation) is Annotated:
            kind, info, *_ = get_args(one.annotation)
            yield one.replace(annotation=kind), info


def _flags(one: inspect.Parameter, info: Any) -> list[str]:
    declared = [flag for text in info.param_decls or () for flag in text.split("/")]
    # Typer takes a lone "--x" for the default where it stands in the place of the default.
    if isinstance(info.default, str) and info.default.startswith("--"):
        declared = [*info.default.split("/"), *declared]
    return declared or [f"--{one.name.replace('_', '-')}"]


def _value(one: inspect.Parameter) -> str:
    kinds = [kind for kind in get_args(one.annotation) or (one.annotation,) if kind is not type(None)]
    kind = (get_args(kinds[0]) or kinds)[0]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return "\\|".join(str(member.value) for member in kind)
    return {bool: "", int: "N", Path: "FILE"}.get(kind, "TEXT")


def _default(one: inspect.Parameter) -> str:
    if one.default is one.empty:
        return "required"
    if one.default is None or one.default is False:
        return ""
    if one.default is True:
        return "on"
    return f"`{one.default.value if isinstance(one.default, enum.Enum) else one.default}`"


# Metrics and errors.


def metrics_page() -> str:
    """Every shipped metric."""
    shipped = [one for one in registry if registry.origin(one.name).startswith("lookoutcv.")]
    default = sum(one.default for one in shipped)
    lines = [
        "# Metrics",
        "",
        f"{len(shipped)} metrics, {default} of them measured unless others are asked for (●). `--metrics colour,noise` "
        "takes names or families, `--metrics all` everything. `lookout plugins` lists them too, with your own.",
        "",
        "Pixels are upright RGB, 8 bit; luma is ITU-R BT.601. A value falls on the metric's grid in profiles and "
        "baselines; means are exact. [Add a metric](../add-a-metric.md).",
        "",
    ]
    for family in sorted({one.name.partition(".")[0] for one in shipped}):
        lines += [f"## {family.capitalize()}", "", "| | metric | what | unit | range | grid | source |"]
        lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
        lines += [_metric(one) for one in shipped if one.name.startswith(f"{family}.")]
        lines.append("")
    return "\n".join(lines)


def _metric(one: Metric) -> str:
    cells = ["●" if one.default else "", f"`{one.name}`", one.summary, one.unit, _range(one.range), _grid(one.grid)]
    return "| " + " | ".join(_escaped(cell) for cell in [*cells, one.source]) + " |"


def _range(ends: tuple[float | None, float | None]) -> str:
    low, high = ends
    if low is None and high is None:
        return "any"
    if high is None:
        return f"{_number(low)} and more"
    return f"up to {_number(high)}" if low is None else f"{_number(low)} to {_number(high)}"


def _number(value: float | None) -> str:
    if value is not None and value >= 2**53:
        return f"2^{math.log2(value + 1):.0f} - 1"
    return f"{value:.6g}" if value is not None and abs(value) < 1e9 else f"{value:.0e}"


def _grid(grid: Grid | None) -> str:
    if grid is None:
        return "not counted"
    return f"{grid.kind}, {_number(grid.low)} to {_number(grid.high)}, {grid.bins} cells"


def errors_page() -> str:
    """The tree of errors."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    lines = [
        "# Errors",
        "",
        "Everything that LookOutCV raises on purpose is a `LookoutError`; `except lo.LookoutError` catches all.",
        "`str(error)` says what is wrong and, in its last sentence, what to do next. The command line prints just that",
        "(`lookout --debug ...` the traceback too) and ends with the exit code. `error.problem`, `error.remedy`",
        "and the fields below are for programs.",
        "What to do about each: [troubleshooting](../troubleshooting.md#every-error).",
    ]
    lines += ["", "```text", inspect.cleandoc(tree), "```", ""]
    lines += ["| error | exit code | raised when | fields |", "| --- | --- | --- | --- |"]
    for kind in vars(errors).values():
        if inspect.isclass(kind) and issubclass(kind, errors.LookoutError) and kind is not errors.LookoutError:
            meaning, _, fields = " ".join((kind.__doc__ or "").split()).partition(" Fields: ")
            lines.append(f"| `{kind.__name__}` | {kind.exit_code} | {_escaped(meaning)} | {fields.rstrip('.')} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
