"""What to type in place of a command line that is not understood: the last line after what is wrong with it."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from enum import EnumMeta
from pathlib import Path
from typing import Any

from lookoutcv.calls.keywords import nearest_keyword

# What other tools call our verbs: by likeness alone `ls` would be nothing and `test` nothing.
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "monitor": ("check", "drift", "watch", "run", "detect-drift"),
    "compare": ("diff",),
    "show": ("view", "open", "report", "render", "cat"),
    "predict": ("infer", "detect", "classify", "inference"),
    "explain": ("gradcam", "grad-cam", "heatmap", "saliency", "cam", "visualize", "interpret"),
    "evaluate": ("eval", "test", "validate", "val", "score"),
    "measure": ("stats", "metrics", "analyse", "analyze"),
    "log": ("logs",),
    "config": ("settings", "configure"),
    "plugins": ("plugin",),
    "list": ("ls", "models"),
    "query": ("sql", "select"),
    "erase": ("delete", "rm", "remove", "forget"),
    "retain": ("prune", "purge", "expire"),
    "compact": ("optimize", "optimise"),
    "vacuum": ("clean", "gc"),
    "--help": ("help",),
    "--version": ("version", "-v"),
}


def what_to_type(error: Any, root: Any, arguments: Sequence[str]) -> str:
    """The sentence after an error of a command line.

    Args:
        error: Of click, whichever typer brings.
        root: The command `lookout`, with its verbs.
        arguments: As typed.
    """
    context = getattr(error, "ctx", None)
    path, command = (context.command_path, context.command) if context else _typed_command(root, arguments)
    said = _sentence(error, path, command, root, arguments)
    return " ".join(filter(None, (said, f"`{path} --help` lists what it takes.")))


def _sentence(error: Any, path: str, command: Any, root: Any, arguments: Sequence[str]) -> str:
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    message = str(getattr(error, "message", ""))
    if option is not None and "does not take a value" in message:
        return f"type {option} alone."
    if option is not None and "requires an argument" in message:
        return f"type a value after it: {option} {_example(_parameter(command, option))}."
    if option is not None:
        return _unknown_option(option, path, command, root, arguments)
    if message.startswith("No such command"):
        return _unknown_verb(message.split("'")[1], path, command, root, arguments)
    if type(error).__name__ == "MissingParameter":
        return f"type `{_usage(path, command)}`."
    if parameter is not None:
        return _wrong_value(message, parameter)
    extra = re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", message)
    if extra:
        return f"leave out {extra[1]}, or put a name with spaces in quotes: `{_usage(path, command)}`."
    verbs = _verbs(command)
    return f"type a verb after it: `{path} {next(iter(verbs))}`." if verbs else ""


def _unknown_option(option: str, path: str, command: Any, root: Any, arguments: Sequence[str]) -> str:
    if any(one.param_type_name == "argument" and option == f"--{one.name}" for one in command.params):
        return f"leave {option} out and put its value in its place: `{_usage(path, command)}`."
    nearest = _nearest_option(option, command)
    if nearest:
        return f"type {nearest} in place of {option}."
    verb = next((word for word in arguments if word in _verbs(command)), None)
    if verb is not None and (nearest := _nearest_option(option, _verbs(command)[verb])):
        value = _value_of(_parameter(_verbs(command)[verb], nearest))
        return f"type {nearest} after the verb: `{path} {verb} ... {nearest}{value}`."
    takers = [f"`{name}`" for name, one in _leaves("lookout", root) if _parameter(one, option)]
    return f"{option} is an option of {' and '.join(takers[:3])}." if takers else ""


def _nearest_option(option: str, command: Any) -> str | None:
    known = [name for one in command.params for name in (*one.opts, *one.secondary_opts) if name.startswith("--")]
    if option in known:
        return option
    names = {name[2:].replace("-", "_"): name for name in known}
    if not option.startswith("--"):
        return next((name for name in known if option in _ALSO_CALLED.get(name, ())), None)
    found = nearest_keyword(option.lstrip("-").replace("-", "_"), names)
    return None if found is None else names[found]


def _unknown_verb(name: str, path: str, command: Any, root: Any, arguments: Sequence[str]) -> str:
    rest = list(arguments[arguments.index(name) + 1 :]) if name in arguments else []
    verbs = _verbs(command)
    if name == "lookout":
        return f"type `{shlex.join([path, *rest])}`."
    elsewhere = {one.rpartition(" ")[2]: one for one, _ in _leaves("lookout", root)}
    # What is a verb of another group is no misspelt one of this.
    known = name.lower() in elsewhere and name.lower() not in verbs
    meant = _nearest_verb(name, [*verbs, "--help", "--version"] if path == "lookout" else verbs)
    if meant is not None and not known:
        return f"type `{path} {shlex.join([meant, *rest])}`."
    # A verb of another group may erase things: what is only a little like it is not meant.
    inner = _nearest_verb(name, elsewhere, likeness=0.75)
    if inner is not None:
        return f"type `{shlex.join([*elsewhere[inner].split(), *rest])}`."
    return f"the verbs are {', '.join(verbs)}."


def _nearest_verb(name: str, known: Any, likeness: float = 0.6) -> str | None:
    written = name.lower()
    for meant, others in _ALSO_CALLED.items():
        if meant in known and written in others:
            return meant
    return next(iter(difflib.get_close_matches(written, known, n=1, cutoff=likeness)), None)


def _wrong_value(message: str, parameter: Any) -> str:
    option = next(
        (name for name in parameter.opts if name.startswith("--")), parameter.metavar or str(parameter.name).upper()
    )
    quoted = re.findall(r"'([^']*)'", message)
    if "is not one of" in message and len(quoted) > 1:
        value, *choices = quoted
        nearest = next(iter(difflib.get_close_matches(value, choices, n=1)), None)
        return f"type {option} {nearest}." if nearest else f"type {option} with one of {', '.join(choices)}."
    least = re.search(r"greater than or equal to (\S+)|x>=(\S+)", message)
    kind = {int: "a whole number", float: "a number"}.get(_type_of(parameter))
    if kind is None:
        return ""
    bound = f" of at least {next(filter(None, least.groups()))}" if least else ""
    return f"type {kind}{bound} after {option}."


def _usage(path: str, command: Any) -> str:
    """How a verb is typed: what it needs, in order."""
    words = []
    for one in command.params:
        shown = one.metavar or str(one.name).upper()
        if one.param_type_name == "argument":
            words.append(shown if one.required else f"[{shown}]")
        elif one.required:
            words.append(f"{one.opts[0]} {_example(one)}")
    return " ".join([path, *words])


def _example(parameter: Any) -> str:
    """A value, as it is typed."""
    if parameter is None:
        return "VALUE"
    if "--html" in parameter.opts:
        return "report.html"
    if parameter.metavar:
        return str(parameter.metavar)
    kind = _type_of(parameter)
    if isinstance(kind, EnumMeta):
        return str(next(iter(kind)).value)
    return {int: "100", float: "0.5", Path: "FILE"}.get(kind, "VALUE")


def _type_of(parameter: Any) -> Any:
    """The type of its value; earlier versions of typer tell its name alone."""
    declared = getattr(parameter, "type_descriptor", None)
    if declared is not None:
        return declared.annotation
    name = str(parameter.type.name).split()[0]
    return {"integer": int, "float": float, "path": Path}.get(name)


def _value_of(parameter: Any) -> str:
    return "" if parameter is None or parameter.is_flag else f" {_example(parameter)}"


def _parameter(command: Any, option: str) -> Any:
    return next((one for one in command.params if option in (*one.opts, *one.secondary_opts)), None)


def _verbs(command: Any) -> Mapping[str, Any]:
    return getattr(command, "commands", {})


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    verbs = _verbs(command)
    if not verbs:
        yield path, command
    for name, one in verbs.items():
        yield from _leaves(f"{path} {name}", one)


def _typed_command(root: Any, arguments: Sequence[str]) -> tuple[str, Any]:
    """The verb that was typed, where the error does not say."""
    path, command = "lookout", root
    for word in arguments:
        if word in _verbs(command):
            path, command = f"{path} {word}", _verbs(command)[word]
    return path, command
