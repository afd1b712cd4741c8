"""The three loggers: what a call leaves in the table, whatever it is given."""

from __future__ import annotations

import io
import math
import pickle
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image as PilImage

import lookoutcv as lo
from lookoutcv.errors import ConfigError, LookoutError, UnknownPlugin
from lookoutcv.log.table.log_table import open_table
from lookoutcv.predictions import Classification, Detections, Embedding, Segmentation

PIXELS = np.random.default_rng(3).integers(0, 255, (48, 64, 3), dtype=np.uint8)


def rows(place: Path) -> list[dict[str, Any]]:
    found = pa.Table.from_batches(open_table(place).scan()).sort_by(
        [("writer", "ascending"), ("sequence", "ascending")]
    )
    return found.to_pylist()  # type: ignore[no-any-return]


def one(place: Path) -> dict[str, Any]:
    found = rows(place)
    assert len(found) == 1
    return found[0]


def png(pixels: Any) -> bytes:
    out = io.BytesIO()
    PilImage.fromarray(pixels).save(out, "png")
    return out.getvalue()


def test_the_two_lines_of_the_issue(tmp_path: Path) -> None:
    metrics = [lo.CVMetrics.CONTRAST, lo.CVMetrics.BLUR]
    log = lo.DetectionLogger(model_name="cars", enabled_metrics=metrics, directory=tmp_path)
    assert log.log_prediction(
        image=PIXELS, pred_class="car", confidence=0.9, image_name="a.jpg", bbox_x1=1, bbox_y1=2, bbox_x2=30, bbox_y2=40
    )
    assert log.close()
    row = one(tmp_path)
    assert row["objects"] == [
        {"label": "car", "confidence": pytest.approx(0.9), "x1": 1.0, "y1": 2.0, "x2": 30.0, "y2": 40.0}
    ]
    measured = lo.measure(PIXELS, metrics=metrics)
    assert {name: row[name] for name in metrics} == {name: pytest.approx(value) for name, value in measured.items()}
    assert (row["model"], row["image_state"], row["problems"]) == ("cars", "measured", None)


def test_every_form_of_image_is_measured_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(PIXELS))
    forms: list[tuple[Any, dict[str, Any]]] = [
        (PIXELS, {}),
        (PIXELS[:, :, ::-1], {"bgr": True}),
        (path, {}),
        (str(path), {}),
        (path.read_bytes(), {}),
        (bytearray(path.read_bytes()), {"copy": True}),
        (PilImage.fromarray(PIXELS), {"copy": True}),
    ]
    with lo.ClassificationLogger("m", enabled_metrics="exposure,sharpness", directory=tmp_path / "log") as log:
        for image, how in forms:
            assert log.log_prediction(image, "cat", 0.5, **how)
    found = rows(tmp_path / "log")
    metrics = [name for name in found[0] if name.startswith(("exposure.", "sharpness."))]
    assert len(metrics) > 5
    for row in found:
        assert row["image_state"] == "measured"
        assert [row[name] for name in metrics] == [found[0][name] for name in metrics]


def test_a_reused_buffer_is_copied_when_asked(tmp_path: Path) -> None:
    buffer = np.zeros((400, 400, 3), np.uint8)
    with lo.ClassificationLogger("m", enabled_metrics="exposure.brightness", directory=tmp_path) as log:
        for level in range(0, 250, 10):
            buffer[:] = level
            assert log.log_prediction(buffer, "cat", 0.5, tags={"level": str(level)}, copy=True)
        buffer[:] = 255
    # On a busy machine not all are measured.
    measured = [row for row in rows(tmp_path) if row["image_state"] == "measured"]
    assert measured
    for row in measured:
        assert row["exposure.brightness"] == pytest.approx(int(row["tag.level"]) / 255, abs=1e-6)


def test_arguments_may_be_written_to_after_the_call(tmp_path: Path) -> None:
    scores, tags, boxes = np.array([0.25, 0.75], np.float32), {"a": "1"}, [[0, 0, 5, 5]]
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path / "c") as log:
        assert log.log_prediction(None, "dog", 0.75, scores=scores, tags=tags, embedding=scores)
        scores[:], tags["a"] = 9, "2"
    row = one(tmp_path / "c")
    assert (row["scores"], row["embedding"], row["tag.a"]) == ([0.25, 0.75], [0.25, 0.75], "1")
    with lo.DetectionLogger("m", enabled_metrics=[], directory=tmp_path / "d") as finder:
        assert finder.log_prediction(None, "dog", 0.75, boxes=boxes)
        boxes.append([1, 1, 2, 2])
    assert len(one(tmp_path / "d")["objects"]) == 1


STRANGE: list[tuple[dict[str, Any], str]] = [
    ({"confidence": math.nan}, "confidence is nan"),
    ({"confidence": 17}, "confidence is 17"),
    ({"confidence": -math.inf}, "confidence is -inf"),
    ({"confidence": "sure"}, "no number"),
    ({"confidence": 10**400}, "no number"),
    ({"pred_class": "x" * 10_000}, "10000 characters"),
    ({"pred_class": None}, "no class"),
    ({"scores": object()}, "scores cannot be read"),
    ({"scores": [0.1, math.nan]}, "NaN"),
    ({"embedding": "text"}, "embedding cannot be read"),
    ({"image": b"junk"}, "image cannot be read"),
    ({"image": "missing.jpg"}, "image cannot be read"),
    ({"image": object()}, "image cannot be read"),
    ({"image": "https://example.invalid/a.jpg"}, "fetches nothing"),
    ({"image": np.zeros((0, 5, 3), np.uint8)}, "image cannot be read"),
    ({"image": np.full((4, 4), np.nan)}, "image cannot be read"),
    ({"time": "yesterday"}, "time cannot be read"),
    ({"time": math.nan}, "time cannot be read"),
    ({"time": math.inf}, "time cannot be read"),
    ({"time": 1e300}, "outside the years"),
    ({"time": datetime(2026, 1, 1)}, "no zone"),
    ({"time": datetime(1, 1, 1, tzinfo=UTC)}, "outside the years"),
    ({"tags": ["camera"]}, "no mapping"),
    ({"tags": {"t": "x" * 5000}}, "cut to 1024"),
    ({"image_name": "n" * 5000}, "cut to 1024"),
]


@pytest.mark.parametrize(("given", "noted"), STRANGE, ids=[note for _, note in STRANGE])
def test_what_is_wrong_is_noted_and_logged_all_the_same(given: dict[str, Any], noted: str, tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics="exposure.contrast", directory=tmp_path) as log:
        assert log.log_prediction(**{"pred_class": "cat", "confidence": 0.5, **given})
        assert log.flush()
    row = one(tmp_path)
    assert any(noted in problem for problem in row["problems"]), row["problems"]
    if given.keys().isdisjoint({"pred_class"}):
        assert row["prediction"] == "cat"


def test_half_characters_and_odd_types_become_text(tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, labels=["cat", "dog"]) as log:
        assert log.log_prediction(None, "\ud800", 0.5, "\udfff.jpg", tags={1: 2, "n": None})
        assert log.log_prediction(None, np.int64(1), np.float32(0.5))
        assert log.log_prediction(None, 7, 0.5)
        assert log.log_prediction(scores={"dog": 0.75, "cat": 0.25})
    found = rows(tmp_path)
    assert [row["prediction"] for row in found] == ["?", "dog", "7", "dog"]
    assert found[0]["id"] == "?.jpg"
    assert found[0]["tag.1"] == "2"
    assert found[3]["scores"] == [0.25, 0.75]
    assert found[3]["confidence"] == pytest.approx(0.75)


def test_boxes_in_every_form(tmp_path: Path) -> None:
    with lo.DetectionLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        assert log.log_prediction(PIXELS, "a", 0.5, boxes=[[-5, 0, 900, 10]])
        assert log.log_prediction(None, ["a", "b"], [0.5, 0.75], boxes=np.array([[0, 0, 1, 1], [1, 1, 3, 3]]))
        assert log.log_prediction(
            None, ["a", "b"], None, bbox_x1=[0, 1], bbox_y1=[0, 1], bbox_x2=[1, 3], bbox_y2=[1, 3]
        )
        assert log.log_prediction(None, boxes=[])
        assert log.log_prediction(None, ["a"], [0.5, 0.6], boxes=[[5, 5, 1, 1], [math.nan, 0, 1, 1]])
        assert log.log_prediction(None, "a", 0.5, bbox_x1=3)
        assert log.log_prediction(None, "a", 0.5, boxes=[1, 2, 3])
    outside, two, corners, none, odd, part, three = rows(tmp_path)
    assert outside["problems"] == ["a box reaches beyond the image"]
    assert [box["label"] for box in two["objects"]] == ["a", "b"]
    assert two["confidence"] == pytest.approx(0.75)
    assert [box["x2"] for box in corners["objects"]] == [1, 3]
    assert (none["objects"], none["problems"], none["output.objects"]) == ([], None, 0)
    assert (odd["objects"][0]["x1"], odd["objects"][1]["label"], len(odd["problems"])) == (1, "", 3)
    assert part["problems"] == ["no boxes were given"]
    assert three["problems"] == ["boxes are not four numbers each"]


def test_masks_in_every_form(tmp_path: Path) -> None:
    plane = np.zeros((4, 6), np.uint8)
    plane[1:3, 1:4] = 1
    with lo.SegmentationLogger("m", enabled_metrics=[], directory=tmp_path, labels=["background", "road"]) as log:
        assert log.log_prediction(mask=plane)
        assert log.log_prediction(mask=plane.astype(bool), pred_class="road")
        assert log.log_prediction(mask={"size": [4, 6], "counts": [5, 2, 2, 2, 2, 2, 9]}, pred_class="road")
        assert log.log_prediction(mask=[1, 1, 3, 1, 3, 2, 1, 2], pred_class="road", size=(4, 6))
        assert log.log_prediction(np.zeros((4, 6, 3), np.uint8), ["road"], 0.5, mask=[[[1, 1, 3, 1, 3, 2, 1, 2]]])
        assert log.log_prediction(mask=plane, pred_class="tree")
        assert log.log_prediction(mask=np.zeros((2, 2)))
        assert log.log_prediction()
    found = rows(tmp_path)
    expected = [4, 6, *Segmentation(plane, ("background", "road")).run_lengths()]
    assert [row["mask"] for row in found[:5]] == [expected] * 5
    assert found[5]["mask"][:2] == [4, 6]
    assert found[5]["labels"] is None or '"tree"' in found[5]["labels"]
    assert "no class indices" in found[6]["problems"][0]
    assert found[7]["problems"] == ["no mask was given"]
    assert found[0]["output.foreground"] == pytest.approx(0.25)


def test_predictions_that_are_objects_already(tmp_path: Path) -> None:
    with lo.DetectionLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        assert log.log(Detections.of([[0, 0, 1, 1]], ["x" * 10_000], [0.5]), image_name="a")
        assert log.log(Classification("cat", 0.5), image_name="b")
        assert log.log(Embedding(np.ones(3, np.float32)), image_name="c")
        assert log.log("nonsense", image_name="d")
    a, b, c, d = rows(tmp_path)
    assert len(a["objects"][0]["label"]) == 256
    assert (b["prediction"], b["problems"]) == ("cat", ["a prediction of classification in a log of detection"])
    assert c["embedding"] == [1, 1, 1]
    assert d["problems"] == ["str is no result that is known"]


def test_a_tag_adds_a_column_and_old_rows_lack_it(tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        assert log.log_prediction(None, "a", 0.5)
        assert log.flush()
        assert log.log_prediction(None, "a", 0.5, tags={"site": "north"})
    assert [row["tag.site"] for row in rows(tmp_path)] == [None, "north"]


def test_a_tag_named_by_data_does_not_add_columns_for_ever(tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        for number in range(80):
            assert log.log_prediction(None, "a", 0.5, tags={f"t{number}": "x"})
    table = open_table(tmp_path)
    assert len([name for name in table.schema.names if name.startswith("tag.")]) == 50
    records = pa.Table.from_batches(table.records())
    assert sorted(tags[0][0] for tags in records.column("tags").to_pylist()) == sorted(f"t{n}" for n in range(80))


def test_the_arrays_of_an_answer_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.log.writing.worker.Worker._gather", lambda self, rows, waiters: time.sleep(0.01))
    log = lo.SegmentationLogger("m", enabled_metrics=[], directory=tmp_path, max_bytes=25_000)
    plane = np.zeros((100, 100), np.uint8)
    assert log.log_prediction(mask=plane)
    assert log.log(Segmentation(plane, ("a",)))
    assert log._engine.calls.bytes == 20_000
    assert not log.log_prediction(mask=[plane], pred_class=["a"])
    assert log.stats().dropped == 1
    monkeypatch.undo()
    assert log.close()
    assert log._engine.calls.bytes == 0
    assert len(rows(tmp_path)) == 2


def test_a_closed_logger_refuses(tmp_path: Path) -> None:
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path)
    assert log.close()
    assert log.close()
    assert not log.log_prediction(None, "cat", 0.5)
    assert log.stats().failed == 1


def test_a_logger_is_pickled_as_its_settings(tmp_path: Path) -> None:
    with lo.ClassificationLogger(
        "m", enabled_metrics="exposure", directory=tmp_path, labels=["a"], tags={"s": "1"}, durability="record"
    ) as log:
        with pickle.loads(pickle.dumps(log)) as twin:
            assert twin.writer != log.writer
            assert twin.log_prediction(None, 0, 0.5)
        assert log.log_prediction(None, "b", 0.5)
    assert {(row["prediction"], row["tag.s"]) for row in rows(tmp_path)} == {("a", "1"), ("b", "1")}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"model_name": ""}, "name"),
    ({"model_name": "m" * 101}, "100"),
    ({"model_name": "a\nb"}, "name"),
    ({"durability": "maybe"}, "batch"),
    ({"when_full": "panic"}, "block"),
    ({"max_rows": 0}, "above 0"),
    ({"commit_seconds": math.nan}, "above 0"),
]


@pytest.mark.parametrize(("given", "told"), WRONG, ids=[str(given)[:30] for given, _ in WRONG])
def test_settings_that_mean_nothing_are_refused(given: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=told):
        lo.ClassificationLogger(**{"model_name": "m", "directory": tmp_path, **given})


def test_a_metric_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPlugin):
        lo.ClassificationLogger("m", enabled_metrics=["exposure.contrst"], directory=tmp_path)


def test_a_share_of_the_images_is_measured_and_flagged_ones_always(tmp_path: Path) -> None:
    pixels = np.full((8, 8, 3), 100, np.uint8)
    metrics = "exposure.brightness"
    with lo.ClassificationLogger("m", enabled_metrics=metrics, directory=tmp_path, measure_share=0.0) as log:
        for number in range(6):
            assert log.log_prediction(pixels, "cat", 0.5, str(number), flagged=number == 3)
            log.flush()
    found = rows(tmp_path)
    assert [row["image_state"] for row in found] == ["measured" if i == 3 else "sampled out" for i in range(6)]
    assert [row["exposure.brightness"] is not None for row in found] == [i == 3 for i in range(6)]
    with pytest.raises(ConfigError, match="measure_share"):
        lo.ClassificationLogger("m", directory=tmp_path, measure_share=2.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": 3},
        {"labels": "cat"},
        {"tags": "north"},
        {"tags": 3},
        {"directory": 3},
        {"spool": 3},
        {"storage_options": "AWS_REGION"},
        {"model_version": 1.2},
        {"measure_share": "a fifth"},
        {"measure_share": True},
        {"max_rows": "many"},
        {"commit_seconds": None},
        {"image_retention": 3},
        {"measurers": 3},
        {"measurers": ["gate"]},
        {"enabled_metrics": 3},
    ],
)
def test_another_type_is_refused_where_a_logger_is_made(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(LookoutError):
        lo.ClassificationLogger("m", **{"directory": tmp_path, **wrong})


def test_another_type_of_time_to_wait_is_refused(tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        for wait in (log.flush, log.close):
            with pytest.raises(ConfigError, match="seconds"):
                wait("soon")  # type: ignore[arg-type]
        assert log.log_prediction(None, "cat", 0.5)  # it is open still
