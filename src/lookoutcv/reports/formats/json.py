"""JSON."""

from __future__ import annotations

import json as standard_json

from lookoutcv.reports.formats.base import RenderOptions, report_format
from lookoutcv.results.drift_report import DriftReport

JSON_MARK = r'\A\s*\{\s*"format":\s*"lookoutcv\.report"'


@report_format("json", suffixes=(".json",), media_type="application/json", mark=JSON_MARK)
def json(report: DriftReport, options: RenderOptions) -> bytes:
    """Everything the report holds, for programs; reads back into the same report."""
    return (standard_json.dumps(report.to_dict(), indent=2, allow_nan=False) + "\n").encode()
