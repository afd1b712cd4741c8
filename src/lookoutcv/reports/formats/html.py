"""HTML."""

from __future__ import annotations

from lookoutcv.reports.formats.base import Options, document_format
from lookoutcv.reports.parts.document import Document


@document_format("html", suffixes=(".html", ".htm"), media_type="text/html")
def html(document: Document, options: Options) -> bytes:
    """One page for any browser, with everything in it: nothing is loaded from elsewhere."""
    from lookoutcv.reports.page import page  # noqa: PLC0415 - Jinja loads when a page is made

    return page(document, interactive=options.interactive, styling=options.styling).encode()
