from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.decision import decide_on_window
from lookoutcv.drift.rules.notes import TooFewImages
from lookoutcv.drift.rules.policy import DEFAULT, FIXED
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.samples import Samples
from lookoutcv.drift.wording.summary import report_notes, summarise
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

SIDES = Side("May", 1000, 1000), Side("June", 200, 200)
DRIFT = Verdict(True, Severity.HIGH, 0.9, (), 1e-9, 0.2)
LOW = Verdict(True, Severity.LOW, 0.3, ())
CLEAN = Verdict(False, Severity.NONE, 0.05, (), 0.4321, 0.2)


def moved(name: str, related: list[str] | None = None) -> MetricDrift:
    return MetricDrift(
        name,
        name,
        "1",
        0.9,
        0.9,
        0.0,
        1e-9,
        True,
        0.0,
        1.0,
        "median",
        Severity.HIGH,
        f"Told of {name}.",
        related=related or [],
    )


def samples(count: int) -> Samples:
    names = tuple(f"my.m{j}" for j in range(count))
    columns = tuple(pool(np.zeros((40, count)), np.zeros((40, count))))
    return Samples(names, columns, columns, (), (), (pa.table({}), pa.table({})))


def test_drift_tells_the_three_strongest_stories_once_each() -> None:
    rows = [moved("a", ["b"]), moved("b"), moved("c"), moved("d"), moved("e")]
    text = summarise(decide_on_window(DRIFT), rows, SIDES, DEFAULT)
    assert text.startswith(
        "Drift: the window differs from the baseline (severity high, p < 0.0001; 200 images against 1,000). "
    )
    assert "Told of a. Told of c. Told of d. 2 further metrics moved." in text


@pytest.mark.parametrize(
    ("verdict", "start"),
    [
        (CLEAN, "No drift found (p = 0.43; 200 images against 1,000). Effects of 0.20 and more"),
        (
            replace(CLEAN, p_value=0.001),
            "The window differs from the baseline, but negligibly: the largest effect is 0.05",
        ),
        (
            Verdict(None, Severity.INSUFFICIENT, 0.5, (), notes=(TooFewImages("window", 1, 30),)),
            "Not enough to say whether there is drift. The window has 1 image; at least 30 are needed for a test. ",
        ),
    ],
)
def test_no_drift_is_three_different_things(verdict: Verdict, start: str) -> None:
    assert summarise(decide_on_window(verdict), [], SIDES, DEFAULT).startswith(start)


def test_fixed_limits_have_no_p_value_to_show() -> None:
    assert "p " not in summarise(decide_on_window(LOW), [moved("a")], SIDES, FIXED).partition(")")[0]
    answers = summarise(decide_on_window(LOW), [], SIDES, FIXED)
    assert "The share of the model's answers changed." in answers


def test_long_lists_of_metrics_are_cut() -> None:
    found = report_notes(decide_on_window(CLEAN), samples(15), SIDES, DEFAULT)
    assert "my.m11 and 3 more." in found[0]
    assert found[-1].startswith("The baseline is one unordered set")


def test_the_reader_is_told_on_what_severity_rests() -> None:
    assert any("input effect" in note for note in report_notes(decide_on_window(DRIFT), samples(1), SIDES, DEFAULT))
    assert not any("input effect" in note for note in report_notes(decide_on_window(CLEAN), samples(1), SIDES, DEFAULT))
