"""What a report format is: a function from a report to bytes, with the file names it is chosen by.

Most formats draw any `Document`, and a drift report as one (`document_format`); some hold a drift report itself, for
programs (`report_format`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from lookoutcv.files.outputs import FileKind, marked
from lookoutcv.plugins import REPORT_FORMATS, Registry, first_line
from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.styling import PLAIN, Styling
from lookoutcv.reports.views import drift_document
from lookoutcv.results.drift_report import DriftReport


@dataclass(frozen=True)
class RenderOptions:
    """How a report is to be drawn; a format ignores what does not concern it.

    Args:
        interactive: Charts that answer to the mouse, where the format can.
        width: Columns of text; None for the width of the terminal.
        colour: Colours in text; None where standard output is a terminal that shows them.
        styling: A customer's own templates and logo, of pages.
    """

    interactive: bool = False
    width: int | None = None
    colour: bool | None = None
    styling: Styling = PLAIN


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
        draw_document: How any document is drawn; None where the format is of drift reports alone.
        mark: A regular expression for what stands near the beginning or the end of each of its files, and of nobody
            else's: by it a file that lies there is known, and replaced. "" where there is none: `--force` replaces it.
    """

    name: str
    draw: Callable[[DriftReport, RenderOptions], bytes]
    suffixes: tuple[str, ...]
    media_type: str
    text: bool = True
    draw_document: Callable[[Document, RenderOptions], bytes] | None = None
    mark: str = ""

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return first_line(self.draw)

    @cached_property
    def kind(self) -> FileKind:
        """The kind of file that it writes."""
        noun = f"a report ({self.name})"
        return marked(noun, self.mark) if self.mark else FileKind(noun, lambda path: False)

    def __call__(self, report: DriftReport, options: RenderOptions | None = None) -> bytes:
        """The report in this format."""
        return self.draw(report, options or RenderOptions())


def report_format(
    name: str, *, suffixes: tuple[str, ...], media_type: str, text: bool = True, mark: str = ""
) -> Callable[[Callable[[DriftReport, RenderOptions], bytes]], ReportFormat]:
    """Make a report format of a function. The arguments are those of `ReportFormat`.

    Example:
        >>> @report_format("line", suffixes=(".line",), media_type="text/plain")
        ... def line(report, options):
        ...     "One line with the severity."
        ...     return f"{report.severity}\\n".encode()
        >>> line.summary
        'One line with the severity.'
    """

    def decorate(function: Callable[[DriftReport, RenderOptions], bytes]) -> ReportFormat:
        return ReportFormat(name, function, suffixes, media_type, text, mark=mark)

    return decorate


def document_format(
    name: str,
    *,
    suffixes: tuple[str, ...],
    media_type: str,
    text: bool = True,
    mark: str = "",
    view: Callable[[DriftReport], Document] = drift_document,
) -> Callable[[Callable[[Document, RenderOptions], bytes]], ReportFormat]:
    """Make a report format of a function that draws documents.

    Args:
        name, suffixes, media_type, text, mark: As of `ReportFormat`.
        view: What the format shows of a drift report.
    Example:
        >>> @document_format("title", suffixes=(".title",), media_type="text/plain")
        ... def title(document, options):
        ...     "The title alone."
        ...     return document.title.encode()
        >>> title.summary
        'The title alone.'
    """

    def decorate(function: Callable[[Document, RenderOptions], bytes]) -> ReportFormat:
        def draw(report: DriftReport, options: RenderOptions) -> bytes:
            return function(view(report), options)

        draw.__doc__ = function.__doc__
        return ReportFormat(name, draw, suffixes, media_type, text, function, mark)

    return decorate


registry: Registry[ReportFormat] = Registry(REPORT_FORMATS, ReportFormat)
