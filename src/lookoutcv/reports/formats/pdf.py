"""PDF."""

from __future__ import annotations

from lookoutcv.drift.report import DriftReport
from lookoutcv.reports.formats.base import Options, report_format
from lookoutcv.reports.views import drift_document


@report_format("pdf", suffixes=(".pdf",), media_type="application/pdf", text=False)
def pdf(report: DriftReport, options: Options) -> bytes:
    """The whole report on A4 pages, with a table of contents (extra `pdf`)."""
    from lookoutcv.reports.paper import pdf as typeset  # noqa: PLC0415 - Typst loads when a page is made

    return typeset(drift_document(report))
