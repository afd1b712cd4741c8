"""Markdown."""

from __future__ import annotations

from lookoutcv.drift.report import DriftReport
from lookoutcv.reports.formats.base import Options, report_format
from lookoutcv.reports.views import drift_document


@report_format("markdown", suffixes=(".md", ".markdown"), media_type="text/markdown")
def markdown(report: DriftReport, options: Options) -> bytes:
    """The whole report for pull requests, wikis and chat; pictures are named, not shown."""
    from lookoutcv.reports.markdown import markdown as written  # noqa: PLC0415 - loads when one is written

    return written(drift_document(report)).encode()
