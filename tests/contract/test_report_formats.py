"""What every report format must do, shipped or installed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lookoutcv.errors import UsageError
from lookoutcv.reports.formats.base import RenderOptions, ReportFormat, registry
from lookoutcv.reports.rendering import format_of, render
from lookoutcv.reports.views.every_result import Drawable
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.applied_policy import AppliedPolicy
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT as FULL
from run_to_draw import DETECTION, RUN, SMALL_RUN, evaluation

NOTHING = Side("", 0, 0)
EMPTY = DriftReport(None, "insufficient", None, 0.0, 0.01, None, "", NOTHING, NOTHING, [])
REPORTS = {
    "full": FULL,
    "empty": EMPTY,
    "no drift": replace(FULL, overall_drift_detected=False, severity=Severity.NONE, p_value=0.4),
    "negligible": replace(FULL, overall_drift_detected=False, severity=Severity.NONE, p_value=1e-9),
    "insufficient": replace(FULL, overall_drift_detected=None, severity=Severity.INSUFFICIENT, p_value=None),
    "fixed policy": replace(FULL, p_value=None, smallest_detectable_effect=None, policy=AppliedPolicy("fixed")),
    "one metric": replace(FULL, metrics=FULL.metrics[:1]),
    "sixty metrics": replace(FULL, metrics=FULL.metrics[:1] + [FULL.metrics[4]] * 59),
    "no duplicates searched": replace(FULL, duplicates=None),
    "huge names": replace(FULL, window=replace(FULL.window, name="y" * 5000)),
}

OTHERS: dict[str, Drawable] = {
    "run": RUN,
    "small run": SMALL_RUN,
    "classifier": evaluation(),
    "hundred classes": evaluation(tuple(f"class {i}" for i in range(100)), 1000),
    "no mistakes": evaluation(("a", "b"), 10, accuracy=1.0),
    "detector": DETECTION,
}


@pytest.fixture(params=list(registry), ids=lambda spec: spec.name)
def spec(request: pytest.FixtureRequest) -> ReportFormat:
    found: ReportFormat = request.param
    return found


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_every_report_is_drawn_and_always_the_same_way(spec: ReportFormat, report: DriftReport) -> None:
    drawn = spec(report, RenderOptions(width=80, colour=False))
    assert drawn
    assert drawn == spec(report, RenderOptions(width=80, colour=False))


@pytest.mark.parametrize("result", OTHERS.values(), ids=OTHERS.keys())
def test_other_results_are_drawn_too_or_refused_in_words(spec: ReportFormat, result: Drawable, tmp_path: Path) -> None:
    if isinstance(result, spec.of):
        drawn = render(result, format=spec.name, width=80, colour=False)
        assert drawn
        assert drawn == render(result, format=spec.name, width=80, colour=False)
        assert b"****" not in (drawn.encode() if isinstance(drawn, str) else b""), "an empty heading"
        # Written twice: its own mark lets it be replaced.
        for _ in range(2):
            render(result, tmp_path / f"result{spec.suffixes[0]}")
    else:
        with pytest.raises(UsageError, match=rf"{spec.name} is no form of a result of this kind .*\.html"):
            render(result, tmp_path / f"result{spec.suffixes[0]}")
        assert not list(tmp_path.iterdir())


def test_the_report_is_left_as_it_was(spec: ReportFormat) -> None:
    before = repr(FULL)
    spec(FULL)
    assert repr(FULL) == before


def test_text_is_utf_8_without_control_characters(spec: ReportFormat) -> None:
    if spec.text:
        hostile = replace(FULL, summary="\x1b[2J\u202ex\ud800", notes=["\x07"])
        text = spec(hostile, RenderOptions(width=80, colour=False)).decode()
        assert not set("\x1b\u202e\x07") & set(text)


def test_it_says_what_it_is(spec: ReportFormat) -> None:
    assert spec.name == spec.name.lower()
    assert spec.name.isidentifier()
    assert spec.summary.endswith(".")
    assert "/" in spec.media_type
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in spec.suffixes)


def test_a_suffix_means_one_format() -> None:
    suffixes = [suffix for spec in registry for suffix in spec.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_the_suffix_chooses_the_format(spec: ReportFormat, tmp_path: Path) -> None:
    for suffix in spec.suffixes:
        path = tmp_path / f"report{suffix.upper()}"
        assert format_of(path) is spec
        assert render(FULL, path) == path
        assert path.read_bytes()


def test_without_thumbnails_none_is_left(spec: ReportFormat) -> None:
    drawn = render(FULL, format=spec.name, thumbnails=False, width=80)
    thumbnail = FULL.most_shifted[0].thumbnail
    assert thumbnail is not None
    if isinstance(drawn, str):
        assert thumbnail not in drawn
    for result in (RUN, evaluation(), DETECTION):
        if isinstance(result, spec.of) and spec.text:
            assert "/9j/" not in str(render(result, format=spec.name, thumbnails=False, width=80))


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.html.*\.json"):
        render(FULL, tmp_path / "report.docx")
    assert not list(tmp_path.iterdir())
