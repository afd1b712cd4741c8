"""What a report format is: a function from a result to bytes, with the file names it is chosen by.

Most formats draw any `Document`, and a result as one (`document_format`); some hold a result itself, for programs
(`report_format`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.files.outputs import FileKind, marked
from lookoutcv.plugins import REPORT_FORMATS, Registry, first_line
from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.styling import PLAIN, Styling
from lookoutcv.reports.views.every_result import DRAWABLE, Drawable, document_of
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
        draw: The function. Pure but for asking a terminal its width: the same result gives the same bytes.
        suffixes: Endings of file names that mean this format, with their dot, lower case; the first is the usual one.
            Empty where the format is not for files.
        media_type: For mail and the web.
        text: Whether the bytes are UTF-8 text.
        draw_document: How any document is drawn; None where the format is of results alone.
        mark: A regular expression for what stands near the beginning or the end of each of its files, and of nobody
            else's: by it a file that lies there is known, and replaced. "" where there is none: `--force` replaces it.
        of: The classes of the results that it draws.
    """

    name: str
    draw: Callable[[Any, RenderOptions], bytes]
    suffixes: tuple[str, ...]
    media_type: str
    text: bool = True
    draw_document: Callable[[Document, RenderOptions], bytes] | None = None
    mark: str = ""
    of: tuple[type, ...] = (DriftReport,)

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return first_line(self.draw)

    @cached_property
    def kind(self) -> FileKind:
        """The kind of file that it writes."""
        noun = f"a report ({self.name})"
        return marked(noun, self.mark) if self.mark else FileKind(noun, lambda path: False)

    def __call__(self, result: Drawable, options: RenderOptions | None = None) -> bytes:
        """The result in this format."""
        return self.draw(result, options or RenderOptions())


def report_format(
    name: str,
    *,
    suffixes: tuple[str, ...],
    media_type: str,
    text: bool = True,
    mark: str = "",
    of: tuple[type, ...] = (DriftReport,),
) -> Callable[[Callable[[Any, RenderOptions], bytes]], ReportFormat]:
    """Make a report format of a function. The arguments are those of `ReportFormat`.

    Example:
        >>> @report_format("line", suffixes=(".line",), media_type="text/plain")
        ... def line(report, options):
        ...     "One line with the severity."
        ...     return f"{report.severity}\\n".encode()
        >>> line.summary
        'One line with the severity.'
    """

    def decorate(function: Callable[[Any, RenderOptions], bytes]) -> ReportFormat:
        return ReportFormat(name, function, suffixes, media_type, text, mark=mark, of=of)

    return decorate


def document_format(
    name: str,
    *,
    suffixes: tuple[str, ...],
    media_type: str,
    text: bool = True,
    mark: str = "",
    view: Callable[[Drawable], Document] = document_of,
) -> Callable[[Callable[[Document, RenderOptions], bytes]], ReportFormat]:
    """Make a report format of a function that draws documents.

    Args:
        name, suffixes, media_type, text, mark: As of `ReportFormat`.
        view: What the format shows of a result.
    Example:
        >>> @document_format("title", suffixes=(".title",), media_type="text/plain")
        ... def title(document, options):
        ...     "The title alone."
        ...     return document.title.encode()
        >>> title.summary
        'The title alone.'
    """

    def decorate(function: Callable[[Document, RenderOptions], bytes]) -> ReportFormat:
        def draw(result: Drawable, options: RenderOptions) -> bytes:
            return function(view(result), options)

        draw.__doc__ = function.__doc__
        return ReportFormat(name, draw, suffixes, media_type, text, function, mark, DRAWABLE)

    return decorate


registry: Registry[ReportFormat] = Registry(REPORT_FORMATS, ReportFormat)
