"""The fixed report that tests of reports draw, a file of version 1, and what they ask of sections."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity

FILE = Path(__file__).parents[1] / "golden/data/report-to-draw.json"
REPORT = DriftReport.from_dict(json.loads(FILE.read_text("utf-8")))
TOO_FEW = replace(REPORT, overall_drift_detected=None, severity=Severity.INSUFFICIENT, p_value=None)
NO_DRIFT = replace(REPORT, overall_drift_detected=False, severity=Severity.NONE, p_value=0.4)


def only(section: Section, kind: type[Block]) -> Block:
    """The one block of its kind."""
    (block,) = (block for block in section.blocks if isinstance(block, kind))
    return block


def words(section: Section) -> str:
    """What its paragraphs say."""
    return " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))


def of_day(number: int, severity: Severity = Severity.NONE, effect: float = 0.1, **changes: object) -> DriftReport:
    """The report of a day in November, with other fields changed."""
    window = replace(REPORT.window, name=f"day-{number}", last_time=f"2026-11-{number:02d}T20:00:00Z")
    drifted = None if severity == Severity.INSUFFICIENT else severity > Severity.NONE
    report = replace(REPORT, window=window, severity=severity, overall_drift_detected=drifted, effect=effect)
    return replace(report, **changes)  # type: ignore[arg-type]
