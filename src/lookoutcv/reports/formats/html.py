"""HTML."""

from __future__ import annotations

from lookoutcv.drift.report import DriftReport
from lookoutcv.reports.formats.base import Options, report_format
from lookoutcv.reports.views import drift_document


@report_format("html", suffixes=(".html", ".htm"), media_type="text/html")
def html(report: DriftReport, options: Options) -> bytes:
    """One page for any browser, with everything in it: nothing is loaded from elsewhere."""
    from lookoutcv.reports.page import page  # noqa: PLC0415 - Jinja loads when a page is made

    return page(drift_document(report), interactive=options.interactive).encode()
