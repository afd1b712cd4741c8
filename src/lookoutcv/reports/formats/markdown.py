"""Markdown."""

from __future__ import annotations

from lookoutcv.reports.formats.base import Options, document_format
from lookoutcv.reports.parts.document import Document


@document_format("markdown", suffixes=(".md", ".markdown"), media_type="text/markdown")
def markdown(document: Document, options: Options) -> bytes:
    """The whole report for pull requests, wikis and chat; pictures are named, not shown."""
    from lookoutcv.reports.markdown import markdown as written  # noqa: PLC0415 - loads when one is written

    return written(document).encode()
