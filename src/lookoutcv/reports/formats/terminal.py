"""Terminal."""

from __future__ import annotations

from lookoutcv.reports.formats.base import Options, document_format
from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.views import drift_brief


@document_format("terminal", suffixes=(".txt",), media_type="text/plain", view=drift_brief)
def terminal(document: Document, options: Options) -> bytes:
    """The answer and the largest changes, as wide as the terminal."""
    from lookoutcv.reports.console import console_text  # noqa: PLC0415 - rich loads when text is made

    return console_text(document, width=options.width, colour=options.colour).encode()
