"""From a result to a file or a string, in the format that was asked for or that the file name says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import overload

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import UsageError
from lookoutcv.files.outputs import check_output, write_output
from lookoutcv.reports.bare_results import without_thumbnails
from lookoutcv.reports.formats.base import RenderOptions, ReportFormat, registry
from lookoutcv.reports.styling import load_styling
from lookoutcv.reports.views.every_result import Drawable


@overload
def render(
    report: Drawable,
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    thumbnails: bool = True,
    interactive: bool = False,
    width: int | None = None,
    colour: bool | None = None,
    template: str | os.PathLike[str] | None = None,
    logo: str | os.PathLike[str] | bytes | None = None,
    force: bool = False,
) -> Path: ...


@overload
def render(
    report: Drawable,
    path: None = None,
    *,
    format: str | None = None,
    thumbnails: bool = True,
    interactive: bool = False,
    width: int | None = None,
    colour: bool | None = None,
    template: str | os.PathLike[str] | None = None,
    logo: str | os.PathLike[str] | bytes | None = None,
    force: bool = False,
) -> str | bytes: ...


@only_known_keywords()
def render(
    report: Drawable,
    path: str | os.PathLike[str] | None = None,
    *,
    format: str | None = None,
    thumbnails: bool = True,
    interactive: bool = False,
    width: int | None = None,
    colour: bool | None = None,
    template: str | os.PathLike[str] | None = None,
    logo: str | os.PathLike[str] | bytes | None = None,
    force: bool = False,
) -> Path | str | bytes:
    """Draw a report.

    Args:
        report: What to draw: what `monitor`, `compare` or `load` gave.
        path: Where to write it, all of it or nothing; None to have it returned.
        format: A name from `lookout plugins`: "html", "json", "terminal" ... None takes the format from the ending of
            `path`, and "terminal" where there is no path.
        thumbnails: Keep the thumbnails that the report holds.
        interactive: Charts that answer to the mouse (HTML; adds 0.9 MB).
        width, colour: Of text; None asks the terminal.
        template: Of HTML: a Jinja file in place of ours, or a folder of files in place of ours of the same names.
        logo: Of HTML: a PNG, JPEG, WebP or GIF file, or its bytes; shown at the top.
        force: Replace a file that lies there and is no report in this format, too.
    Returns:
        The path; without one, the text of the report, or bytes where the format is not text.
    Raises:
        UsageError: The ending of `path` belongs to no format, or to another than `format`, or `template` or `logo`
            cannot be used; or the format does not draw such a result.
        UnknownPlugin: No format is called `format`.
        OutputUnwritable: `path` cannot be written.
    Example:
        >>> from lookoutcv.results.drift_report import DriftReport, Severity, Side
        >>> side = Side("today", images=9, tested=9)
        >>> few = DriftReport(None, Severity.INSUFFICIENT, None, 0.0, 0.01, None, "Too few images.", side, side, [])
        >>> print(render(few, width=60).splitlines()[0])
        ? Too few images to say
    """
    chosen = _chosen(path, format)
    check_draws(chosen, type(report))
    inputs = [os.fspath(one) for one in (template, logo) if isinstance(one, str | os.PathLike)]
    if path is not None:
        check_output(path, chosen.kind, inputs=inputs, force=force)
    styling = load_styling(template, logo)
    to_file = RenderOptions(interactive, width or FILE_WIDTH, colour or False, styling)
    options = RenderOptions(interactive, width, colour, styling) if path is None else to_file
    drawn = chosen(report if thumbnails else without_thumbnails(report), options)
    if path is None:
        return drawn.decode() if chosen.text else drawn
    write_output(path, drawn, chosen.kind, inputs=inputs, force=force)
    return Path(path)


FILE_WIDTH = 100


def _chosen(path: str | os.PathLike[str] | None, format: str | None) -> ReportFormat:
    if not format:
        return registry.get("terminal") if path is None else format_of(path)
    chosen = registry.get(format)
    if path is not None:
        check_ending_of(chosen, path)
    return chosen


def check_ending_of(chosen: ReportFormat, path: str | os.PathLike[str]) -> None:
    """Refuse a name that says another format than the one that was asked for.

    Raises:
        UsageError: It has an ending, and none of this format.
    """
    suffix = Path(path).suffix.lower()
    if not chosen.suffixes or not suffix or suffix in chosen.suffixes:
        return
    other = next((known for known in registry if suffix in known.suffixes), None)
    meant = "no name of a report" if other is None else f"the name of a report in {other.name}"
    instead = "" if other is None else f", or ask for {other.name} ({option('output', Path(path).name)})"
    raise UsageError(
        f"{os.fspath(path)!r} is {meant}, and {chosen.name} was asked for",
        f"End its name in {chosen.suffixes[0]}{instead}.",
        path=os.fspath(path),
    )


def check_draws(chosen: ReportFormat, kind: type) -> None:
    """Refuse a format that does not draw such a result.

    Raises:
        UsageError: It does not.
    """
    if issubclass(kind, chosen.of):
        return
    others = ", ".join(known.suffixes[0] for known in registry if issubclass(kind, known.of) and known.suffixes)
    noun = getattr(kind, "NOUN", kind.__name__)
    raise UsageError(
        f"{chosen.name} is no form of a result of this kind ({noun})", f"End the name in one of {others}.", key="output"
    )


def format_of(path: str | os.PathLike[str]) -> ReportFormat:
    """The format that the ending of a file name means.

    Raises:
        UsageError: It means none; the message lists the endings there are.
    """
    suffix = Path(path).suffix.lower()
    for known in registry:
        if suffix in known.suffixes:
            return known
    endings = ", ".join(sorted(ending for known in registry for ending in known.suffixes))
    raise UsageError(
        f"{os.fspath(path)!r} does not say which report format is wanted",
        f"End its name in one of {endings}.",
        path=os.fspath(path),
    )
