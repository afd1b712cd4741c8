"""Answers compared where no image was measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import IncompatibleProfiles
from lookoutcv.reports.rendering import render

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
WEIGHTS = {"usual": [4, 2], "turned": [1, 6]}


def classified(place: Path, model: str, of: str, seed: int, *, measured: bool = False) -> None:
    """A log of 120 answers; without `measured` it has no image."""
    noise = np.random.default_rng(seed)
    metrics = ["exposure"] if measured else []
    with lo.ClassificationLogger(model, labels=["cat", "dog"], enabled_metrics=metrics, directory=place) as log:
        for i in range(120):
            image = noise.integers(0, 99, (8, 8, 3), dtype=np.uint8) if measured else None
            scores = noise.dirichlet(WEIGHTS[of])
            moment = NOON + timedelta(minutes=i)
            log.log_prediction(image, scores=scores, image_name=f"{i}", tags={"site": "x"}, time=moment)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    classified(folder, "before", "usual", 1)
    classified(folder, "same", "usual", 2)
    classified(folder, "other", "turned", 3)
    classified(folder, "seen", "turned", 4, measured=True)
    return folder


def log(place: Path, model: str) -> str:
    return f"log:{model}?directory={place}&as=m"


def test_a_log_without_images_is_compared_by_its_answers(place: Path) -> None:
    base = lo.baseline(log(place, "before"))
    assert base.check is not None
    assert any("none was measured" in one for one in base.check.sentences)
    same = lo.monitor(log(place, "same"), baseline=base)
    assert (same.overall_drift_detected, same.severity, same.metrics) == (False, "none", [])
    assert same.p_value is not None
    found = lo.monitor(log(place, "other"), baseline=base)
    assert found.overall_drift_detected
    assert found.p_value == found.outputs.p_value <= 0.01  # type: ignore[union-attr]
    assert {one.name for one in found.outputs.metrics} >= {"score.cat", "output.confidence"}  # type: ignore[union-attr]
    assert "less often cat" in found.summary
    assert "No image was measured: only the answers are compared." in found.notes


def test_every_form_of_the_report_is_drawn_and_speaks_of_predictions(place: Path) -> None:
    report = lo.compare(log(place, "before"), log(place, "other"))
    page = str(render(report, format="html"))
    assert "120 predictions of the window against 120 of the baseline" in page
    assert "Measured and compared" not in page
    for form in ("terminal", "markdown", "json", "junit"):
        assert render(report, format=form)


def test_a_side_that_was_measured_is_named(place: Path) -> None:
    found = lo.compare(log(place, "before"), log(place, "seen"))
    assert found.overall_drift_detected
    assert "No image was measured in the baseline: only the answers are compared." in found.notes


def test_groups_are_not_compared_and_that_is_said(place: Path) -> None:
    found = lo.compare(log(place, "before"), log(place, "same"), group_by="site")
    assert found.groups == []
    assert any("nothing is said by site" in note for note in found.notes)


def test_fixed_limits_judge_answers_alone(place: Path) -> None:
    found = lo.compare(log(place, "before"), log(place, "other"), policy="fixed")
    assert found.overall_drift_detected
    assert found.p_value is None


def test_a_few_answers_are_too_few(place: Path) -> None:
    found = lo.compare(log(place, "before"), f"{log(place, 'other')}&until=2026-05-04T12:10Z")
    assert (found.overall_drift_detected, found.severity) == (None, "insufficient")
    assert "The window has 10 images; at least 30 are needed" in found.summary


def test_exported_records_without_metrics_are_compared(place: Path, tmp_path: Path) -> None:
    for model in ("before", "other"):
        lo.open_log(place).export(tmp_path / f"{model}.parquet", model=model)
    assert lo.compare(tmp_path / "before.parquet", tmp_path / "other.parquet").overall_drift_detected


def test_where_nothing_is_common_the_remedy_is_right(place: Path) -> None:
    images = [np.full((8, 8, 3), level, np.uint8) for level in range(40)]
    with pytest.raises(IncompatibleProfiles, match=r"no image of the window was measured.*enabled_metrics"):
        lo.compare(images, log(place, "before"))
    with pytest.raises(IncompatibleProfiles, match=r"no metric in common\. Measure both with the same metrics"):
        lo.compare(lo.baseline(images, metrics="exposure"), lo.baseline(images, metrics="sharpness"))
