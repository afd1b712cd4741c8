"""PDF."""

from __future__ import annotations

from lookoutcv.reports.formats.base import Options, document_format
from lookoutcv.reports.parts.document import Document


@document_format("pdf", suffixes=(".pdf",), media_type="application/pdf", text=False)
def pdf(document: Document, options: Options) -> bytes:
    """The whole report on A4 pages, with a table of contents (extra `pdf`)."""
    from lookoutcv.reports.paper import pdf as typeset  # noqa: PLC0415 - Typst loads when a page is made

    return typeset(document, options.styling.logo_png)
