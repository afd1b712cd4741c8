"""What all results share."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from lookoutcv.errors import CorruptFile
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.result import Result
from lookoutcv.results.severity import DRIFTED, Severity

READ = """
import json, sys
from lookoutcv.results.drift_report import DriftReport
import lookoutcv.results.evaluation, lookoutcv.results.detection_evaluation, lookoutcv.results.self_check
DriftReport.from_dict(json.load(open("tests/golden/data/report-to-draw.json", encoding="utf-8")))
print(sorted({"numpy", "scipy", "pyarrow", "pandas"} & set(sys.modules)))
"""


@dataclass(frozen=True)
class Whole(Result):
    pair: tuple[int, float]
    names: tuple[str, ...]
    by_number: dict[int, Skipped]
    severity: Severity = Severity.NONE


WHOLE = Whole((1, 0.5), ("a", "b"), {3: Skipped("x", "why")}, Severity.HIGH)


def test_fields_of_every_kind_read_back() -> None:
    values = WHOLE.to_dict()
    assert values == {
        "pair": [1, 0.5],
        "names": ["a", "b"],
        "by_number": {"3": {"id": "x", "reason": "why"}},
        "severity": "high",
    }
    assert Whole.from_dict(values) == WHOLE


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"pair": [1]}, "pair is not a list of 2"),
        ({"pair": [1, "x"]}, r"pair\[1\] is not of type float"),
        ({"pair": [10**400, 10**400]}, r"pair\[1\] is not of type float"),
        ({"names": "ab"}, "names is not a list"),
        ({"by_number": {"x": {}}}, "by_number.x is not under a whole number"),
        ({"by_number": {"3": {"id": "x"}}}, "by_number.3.reason is missing"),
        ({"severity": "dire"}, "severity is not one of insufficient, none, low, medium, high"),
        ({"severity": []}, "severity is not one of"),
    ],
)
def test_the_place_of_what_is_wrong_is_named(change: dict[str, object], problem: str) -> None:
    with pytest.raises(CorruptFile, match=f"this result is damaged: {problem}"):
        Whole.from_dict(WHOLE.to_dict() | change)


def test_severities_are_in_order() -> None:
    assert sorted(Severity, reverse=True) == ["high", "medium", "low", "none", "insufficient"]
    assert [one for one in Severity if one >= Severity.LOW] == list(DRIFTED)
    assert max(Severity.INSUFFICIENT, Severity.NONE) == "none"
    # Words take part: what the command line is given is one.
    assert (Severity.HIGH >= "low", Severity.HIGH > "low", Severity.LOW > "medium") == (True, True, False)
    assert (f"{Severity.LOW}", repr(Severity.LOW), hash(Severity.LOW)) == ("low", "'low'", hash("low"))
    with pytest.raises(ValueError, match="dire"):
        assert Severity.LOW < "dire"


def test_a_report_is_read_without_any_numerical_library() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
