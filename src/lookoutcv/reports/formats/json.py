"""JSON."""

from __future__ import annotations

import json as standard_json

from lookoutcv.reports.formats.base import RenderOptions, report_format
from lookoutcv.reports.views.every_result import DRAWABLE, Drawable
from lookoutcv.results.drift_report import DriftReport

_FORMATS = "|".join(kind.FORMAT.removeprefix("lookoutcv.") for kind in DRAWABLE)
JSON_MARK = rf'\A\s*\{{\s*"format":\s*"lookoutcv\.(?:{_FORMATS})"'


@report_format("json", suffixes=(".json",), media_type="application/json", mark=JSON_MARK, of=DRAWABLE)
def json(result: Drawable, options: RenderOptions) -> bytes:
    """Everything the report holds, for programs; reads back into the same report."""
    # A confusion matrix with a line a number is five times as large, and nobody reads it so.
    indent = 2 if isinstance(result, DriftReport) else None
    return (standard_json.dumps(result.to_dict(), indent=indent, allow_nan=False) + "\n").encode()
