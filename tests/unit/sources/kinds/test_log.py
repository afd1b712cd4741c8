"""The log as a source of records: what is compared, whose answers they are, and what is said of what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, NoImages, SourceNotFound, WrongKind
from lookoutcv.sources import RecordSource, open_images, open_source

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LABELS = ["cat", "dog"]


def logged(place: Path, model: str, version: str | None, days: range, *, level: int = 100, blind: int = 0) -> None:
    """Forty rows a day; of every `blind` the image of one is not measured."""
    noise = np.random.default_rng(level)
    metrics = ["exposure", "sharpness"]
    with lo.ClassificationLogger(
        model, model_version=version, labels=LABELS, enabled_metrics=metrics, directory=place
    ) as log:
        for day in days:
            for i in range(40):
                image = None if blind and i % blind == 0 else noise.integers(0, level, (16, 16, 3), dtype=np.uint8)
                sure = float(noise.uniform(0.6, 0.99))
                scores = [sure, 1 - sure] if i % 2 else [1 - sure, sure]
                assert log.log_prediction(
                    image,
                    scores=scores,
                    label=LABELS[(i + 1) % 2],
                    image_name=f"{day}/{i}.png",
                    tags={"camera": "north" if i % 4 else "south"},
                    time=NOON + timedelta(days=day, minutes=i),
                )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    logged(folder, "a/b 'c'*", "1", range(6))
    logged(folder, "a/b 'c'*", "2", range(6, 8), level=30)
    logged(folder, "half", "1", range(2), blind=2)
    return folder


def source(place: Path, options: str = "", model: str = "a/b 'c'*") -> str:
    return f"log:{model}?directory={place}{options}"


def test_a_window_is_compared_with_a_baseline_of_the_log(place: Path) -> None:
    base = lo.baseline(source(place, "&until=2026-05-06"), batch_by="day")
    assert base.profile.count == 120
    assert base.model is not None
    assert (base.model.name, base.model.task, base.model.labels) == ("a/b 'c'* 1", "classification", ("cat", "dog"))
    assert base.calibration is not None
    same = lo.monitor(source(place, "&since=2026-05-07&until=2026-05-09"), baseline=base)
    assert (same.overall_drift_detected, same.window.images) == (False, 120)
    assert same.accuracy is not None
    assert same.accuracy.measured.accuracy == 1.0


def test_another_version_is_another_model(place: Path) -> None:
    base = lo.baseline(source(place, "&version=1"))
    with pytest.raises(ConfigError, match=r"a/b 'c'\* 2 .*not the model"):
        lo.monitor(source(place, "&version=2"), baseline=base)
    report = lo.monitor(source(place, "&version=2"), baseline=base, other_model=True)
    assert report.overall_drift_detected is True
    assert any("those of a/b 'c'* 2" in note for note in report.notes)
    renamed = lo.monitor(source(place, "&version=2&as=a/b 'c'* 1"), baseline=base)
    assert renamed.overall_drift_detected is True


def test_two_versions_side_by_side(place: Path) -> None:
    report = lo.compare(source(place, "&version=1"), source(place, "&version=2"), group_by="camera")
    darker = next(one for one in report.metrics if one.name == "exposure.brightness")
    assert darker.effect < -0.9
    assert {group.name for group in report.groups} == {"north", "south"}


def test_several_versions_at_once_are_told(place: Path) -> None:
    report = lo.compare(source(place, "&version=1"), source(place))
    assert "The rows are of several versions of the model: 1 (240), 2 (80)." in report.notes


def test_images_that_were_not_measured_are_no_drift(place: Path) -> None:
    whole = source(place, "&until=2026-05-05")
    report = lo.compare(whole, source(place, model="half"))
    assert report.overall_drift_detected is False, report.summary
    assert (report.baseline.images, report.window.images) == (80, 40)
    assert any(
        "Of 80 logged predictions the image of 40 was measured (40 logged without an image)" in n for n in report.notes
    )
    assert report.accuracy is not None
    assert report.accuracy.measured.images == 80  # answers of all


def test_a_tag_narrows_and_labels_are_known_all_the_same(place: Path) -> None:
    found = open_source(source(place, "&tag=camera=south&since=2026-05-04T12:05Z&until=2026-05-04"))
    assert isinstance(found, RecordSource)
    rows = [row for batch in found.records() for row in batch.to_pylist()]
    assert len(rows) == 8
    assert {row["camera"] for row in rows} == {"south"}
    assert found.model is not None
    assert found.model.labels == ("cat", "dog")


def test_columns_of_other_models_are_no_missing_values(place: Path, tmp_path: Path) -> None:
    logged(tmp_path, "one", None, range(1))
    with lo.DetectionLogger("two", enabled_metrics="noise", directory=tmp_path) as log:
        assert log.log_prediction(np.zeros((8, 8, 3), np.uint8), boxes=[])
        assert log.log_prediction(None, boxes=[])
    two = open_source(f"log:two?directory={tmp_path}")
    assert isinstance(two, RecordSource)
    (batch,) = two.records()
    names = set(batch.schema.names)
    assert {"noise.sigma", "objects", "output.objects"} <= names
    assert not {"exposure.brightness", "scores", "embedding", "output.confidence"} & names
    assert batch.column("objects").to_pylist() == [[], []]


def test_it_is_a_record_source_and_no_source_of_images(place: Path) -> None:
    log = open_source(source(place))
    assert isinstance(log, RecordSource)
    assert not hasattr(log, "__iter__")
    assert open_source(log) is log
    with pytest.raises(WrongKind, match="measured already"):
        open_images(log)


def test_it_is_not_measured_anew(place: Path) -> None:
    with pytest.raises(WrongKind, match="measured already"):
        lo.measure(source(place))
    with pytest.raises(ConfigError, match="not sampled"):
        lo.baseline(source(place), sample=3)


def test_what_is_not_there_is_told(place: Path) -> None:
    with pytest.raises(SourceNotFound, match="Did you mean 'half'"):
        open_source(source(place, model="halv"))
    with pytest.raises(SourceNotFound, match="several models"):
        open_source(source(place, model=""))
    with pytest.raises(NoImages, match="lookout log list"):
        lo.baseline(source(place, "&since=2030-01-01"))
    with pytest.raises(ConfigError, match="no option 'sinse'"):
        open_source(source(place, "&sinse=1"))
    with pytest.raises(ConfigError, match="tag=camera=north"):
        open_source(source(place, "&tag=camera"))
    with pytest.raises(SourceNotFound, match="flush"):
        open_source(f"log:m?directory={place}/none")


def test_labels_that_contradict_are_not_taken(tmp_path: Path) -> None:
    for labels in (["a", "b"], ["b", "a"]):
        with lo.ClassificationLogger("m", labels=labels, enabled_metrics=[], directory=tmp_path) as log:
            assert log.log_prediction(None, scores=[0.25, 0.75])
    found = open_source(f"log:m?directory={tmp_path}")
    assert isinstance(found, RecordSource)
    assert found.model is not None
    assert found.model.labels == ()
    assert any("different orders" in note for note in found.notes)
