"""What a model predicted, as sections of a report, whatever the JSON of the report holds."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lookoutcv as lo
from lookoutcv.errors import CorruptFile
from lookoutcv.reports.sections.predictions.model_predictions import prediction_sections
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

SIDE = Side("a", 100, 100)
PLAIN = DriftReport(False, Severity.NONE, 0.5, 0.0, 0.01, None, "No drift.", SIDE, SIDE, [])
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e & \"'"
OUTPUTS: dict[str, Any] = {
    "drift_detected": True,
    "severity": "low",
    "p_value": 1e-9,
    "alpha": 0.01,
    "effect": 0.3,
    "metrics": [
        {"name": "output.confidence", "title": "t", "effect": -0.3, "p_value": 1e-9, "before": 0.9, "after": 0.8,
         "statistic": "median", "severity": "low", "text": f"Images are scored lower for {HOSTILE}."}
    ],
    "classes": {"p_value": 1e-9, "distance": 0.2, "new": {HOSTILE: 3}, "absent": {},
                "changes": {HOSTILE: 0.2, "b": -0.2}},
    "notes": [HOSTILE],
}  # fmt: skip
PREDICTION_DRIFT = PredictionDrift.from_dict(OUTPUTS)
CLASS = {"label": HOSTILE, "precision": 0.5, "recall": 0.25, "f1": 0.333, "support": 40, "predicted": 20}
ACCURACY: dict[str, Any] = {
    "estimated": {"status": "unreliable", "reason": HOSTILE, "images": 9, "baseline_accuracy": 0.9, "estimate": 0.8,
                  "low": 0.7, "high": 0.85, "assumption": HOSTILE},
    "measured": {"images": 1200, "accuracy": 0.75, "classes": [CLASS],
                 "mistakes": [{"label": HOSTILE, "prediction": "b", "images": 12}]},
}  # fmt: skip


def test_without_a_model_there_is_no_section() -> None:
    assert prediction_sections(PLAIN) == ()


@pytest.mark.parametrize("form", ["html", "terminal"])
def test_names_of_classes_are_text_and_nothing_else(form: str) -> None:
    page = lo.render(replace(PLAIN, outputs=PREDICTION_DRIFT, accuracy=ModelAccuracy.from_dict(ACCURACY)), format=form)
    assert form == "terminal" or "<script>alert" not in page
    assert "\x1b[31m" not in page
    assert "\u202e" not in page
    shown = " ".join(html.unescape(page).split())
    for text in ("75.0%", "80.0%", "40", "alert(1)"):
        assert text in shown


def test_the_classes_with_the_most_images_come_first_and_the_rest_is_counted() -> None:
    classes = [{**CLASS, "label": f"class {i}", "support": i} for i in range(60)]
    (section,) = prediction_sections(
        replace(PLAIN, accuracy=ModelAccuracy.from_dict({"measured": {**ACCURACY["measured"], "classes": classes}}))
    )
    page = repr(section)
    assert page.index("'class 59'") < page.index("'class 40'")
    assert "'class 39'" not in page
    assert "The 20 with the most images, of 60." in page


def test_what_was_not_tested_has_no_p_value() -> None:
    (section,) = prediction_sections(
        replace(
            PLAIN, outputs=PredictionDrift.from_dict({**OUTPUTS, "classes": {**OUTPUTS["classes"], "p_value": None}})
        )
    )
    assert "Total variation 0.200; not tested." in repr(section)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def damaged(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = damaged(value[path[0]], path[1:], junk)
    return copy


@given(st.data(), JUNK)
def test_whatever_a_report_holds_a_page_comes_out_or_it_is_refused(data: st.DataObject, junk: Any) -> None:
    key, whole = data.draw(st.sampled_from([("outputs", OUTPUTS), ("accuracy", ACCURACY)]))
    place = data.draw(st.sampled_from(places(whole)[1:]))
    try:
        report = DriftReport.from_dict({**json.loads(json.dumps(PLAIN.to_dict())), key: damaged(whole, place, junk)})
    except CorruptFile:
        return
    for section in prediction_sections(report):
        assert repr(section)
