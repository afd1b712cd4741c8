"""Terminal."""

from __future__ import annotations

from lookoutcv.drift.report import DriftReport
from lookoutcv.reports.formats.base import Options, report_format
from lookoutcv.reports.views import drift_brief


@report_format("terminal", suffixes=(".txt",), media_type="text/plain")
def terminal(report: DriftReport, options: Options) -> bytes:
    """The answer and the largest changes, as wide as the terminal."""
    from lookoutcv.reports.console import console_text  # noqa: PLC0415 - rich loads when text is made

    return console_text(drift_brief(report), width=options.width, colour=options.colour).encode()
