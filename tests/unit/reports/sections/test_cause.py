import pytest

from lookoutcv.drift.cause.classify import classify, fitted
from lookoutcv.drift.describe.metadata_changes import ValueChanged
from lookoutcv.drift.wording.cause_sentences import cause_in_words
from lookoutcv.reports.rendering import render
from lookoutcv.reports.sections.cause import cause_sections
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.probable_cause import ProbableCause
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

STILL = dict.fromkeys(fitted().metrics, 0.0)


def report(cause: ProbableCause | None) -> DriftReport:
    side = Side("a", 100, 100)
    return DriftReport(True, Severity.HIGH, 0.0, 0.5, 0.01, 0.2, "Drift.", side, side, [], cause=cause)


def test_without_a_cause_there_is_no_section() -> None:
    assert cause_sections(report(None)) == ()


@pytest.mark.parametrize("format", ["html", "terminal"])
def test_the_cause_is_shown_with_what_speaks_for_it(format: str) -> None:
    changes = [ValueChanged("camera", "a", 1.0, "b", 1.0)]
    cause = cause_in_words(classify({**STILL, "compression.blockiness": 4.0}), changes)
    drawn = " ".join(str(render(report(cause), format=format)).split())
    assert "Probable cause" in drawn
    assert "stronger JPEG compression. Check the quality" in drawn
    assert "On record: The camera changed: " in drawn
    assert "What speaks for it: the images are blockier" in drawn
    assert "for jpeg;" in drawn
