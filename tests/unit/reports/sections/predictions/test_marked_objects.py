"""A detector where people marked the objects, as a section of a report."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

SIDE = Side("a", 100, 100)
PLAIN = DriftReport(False, Severity.NONE, 0.5, 0.0, 0.01, None, "No drift.", SIDE, SIDE, [])
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e & \"'"
DETECTION: dict[str, Any] = {
    "detection": {
        "window": {"images": 150, "objects": 400, "map": 0.4125, "map50": 0.6, "low": 0.38, "high": 0.45,
                   "classes": [{"label": HOSTILE, "ap": 0.4125, "ap50": 0.6, "precision": 0.7, "recall": 0.5,
                                "confidence": 0.4, "most_recall": 0.8, "objects": 400, "found": 500}]},
        "baseline": {"images": 300, "objects": 800, "map": 0.5, "map50": 0.7, "low": 0.48, "high": 0.52,
                     "classes": [{"label": "gone", "ap": 0.515, "ap50": 0.6, "precision": 0.7, "recall": 0.5,
                                  "confidence": None, "most_recall": 0.8, "objects": 9, "found": 10}]},
        "change": {"measure": "mAP", "before": 0.5, "after": 0.4125, "drop": 0.0875, "low": 0.05, "high": 0.125,
                   "fell": True, "severity": "high", "classes": 3},
    },
}  # fmt: skip


@pytest.mark.parametrize("form", ["html", "terminal"])
def test_a_detectors_classes_stand_side_by_side(form: str) -> None:
    page = lo.render(replace(PLAIN, accuracy=ModelAccuracy.from_dict(DETECTION)), format=form)
    assert form == "terminal" or "<script>alert" not in page
    assert "\x1b[31m" not in page
    shown = " ".join(html.unescape(page).split())
    for text in ("0.412", "−8.8 points", "70.0%", "gone", "0.515", "alert(1)"):
        assert text in shown
    few = replace(PLAIN, accuracy=ModelAccuracy.from_dict({"detection": {**DETECTION["detection"], "change": None}}))
    assert "Too few images or objects are marked" in " ".join(lo.render(few, format=form).split())
