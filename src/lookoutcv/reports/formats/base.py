"""What a report format is: a function from a drift report to bytes, with the file names it is chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lookoutcv.drift.report import DriftReport
from lookoutcv.plugins import Registry


@dataclass(frozen=True)
class Options:
    """How a report is to be drawn; a format ignores what does not concern it.

    Args:
        interactive: Charts that answer to the mouse, where the format can.
        width: Columns of text; None for the width of the terminal.
        colour: Colours in text; None where standard output is a terminal that shows them.
    """

    interactive: bool = False
    width: int | None = None
    colour: bool | None = None


@dataclass(frozen=True)
class ReportFormat:
    """A format: its function and what a chooser must know of it.

    Args:
        name: One word, lower case: what `render(..., format=)` takes.
        draw: The function. Pure but for asking a terminal its width: the same report gives the same bytes.
        suffixes: Endings of file names that mean this format, with their dot, lower case; the first is the usual one.
            Empty where the format is not for files.
        media_type: For mail and the web.
        text: Whether the bytes are UTF-8 text.
    """

    name: str
    draw: Callable[[DriftReport, Options], bytes]
    suffixes: tuple[str, ...]
    media_type: str
    text: bool = True

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (self.draw.__doc__ or "").strip().partition("\n")[0]

    def __call__(self, report: DriftReport, options: Options | None = None) -> bytes:
        """The report in this format."""
        return self.draw(report, options or Options())


def report_format(
    name: str, *, suffixes: tuple[str, ...], media_type: str, text: bool = True
) -> Callable[[Callable[[DriftReport, Options], bytes]], ReportFormat]:
    """Make a report format of a function. The arguments are those of `ReportFormat`.

    Example:
        >>> @report_format("line", suffixes=(".line",), media_type="text/plain")
        ... def line(report, options):
        ...     "One line with the severity."
        ...     return f"{report.severity}\\n".encode()
        >>> line.summary
        'One line with the severity.'
    """

    def decorate(function: Callable[[DriftReport, Options], bytes]) -> ReportFormat:
        return ReportFormat(name, function, suffixes, media_type, text)

    return decorate


registry: Registry[ReportFormat] = Registry("lookoutcv.reports.formats", ReportFormat, "report format")
