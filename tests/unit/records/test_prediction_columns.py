"""Answers as columns of records, there and back through every form of file."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.outputs import for_task
from lookoutcv.predictions import TASKS, Classification, Detections, Embedding, Segmentation, Task
from lookoutcv.profiles.codec import decode as decode_profile
from lookoutcv.profiles.codec import encode as encode_profile
from lookoutcv.profiles.profile import ProfileBuilder
from lookoutcv.records.codec import decode, described, encode
from lookoutcv.records.prediction_columns import (
    embedding_matrix,
    object_counts,
    prediction_fields,
    prediction_row,
    scores_matrix,
)
from lookoutcv.records.schema import schema_for
from lookoutcv.records.text import CsvWriter, JsonWriter

SAID: dict[Task, list[Any]] = {
    "classification": [
        Classification.of_scores(
            [0.1, 0.9],
            ["cat", 'a "dog",\n'],
        ),
        Classification("cat", 0.5),
        Classification.of_scores([math.nan, 1.0], ["cat", "dog"]),
    ],
    "detection": [
        Detections.of([[0.1, 1, 2, 3], [1, 1, 4, 4]], ["cat", 'a "dog",\n'], [0.1, math.nan]),
        Detections.none(),
        Detections.of([[0, 0, 9, 9]], ["cat"], [0.7]),
    ],
    "segmentation": [
        Segmentation(np.array([[0, 1], [1, 1]], np.uint8), ("background", "cat")),
        Segmentation(np.array([[0]], np.uint8), ("background", "cat")),
    ],
    "embedding": [Embedding(np.array([0.1, -2], np.float32)), Embedding(np.array([math.inf, 1], np.float32))],
}
every_task = pytest.mark.parametrize("task", TASKS)


def table(task: Task) -> pa.Table:
    schema = schema_for(for_task(task), task)
    rows = [
        {"id": f"{i}.jpg", "width_px": 4, "height_px": 4, **prediction_row(one)} for i, one in enumerate(SAID[task])
    ]
    return pa.Table.from_pylist(rows, schema=schema)


@every_task
def test_records_come_back_from_parquet_as_they_were(task: Task) -> None:
    before = table(task)
    data = encode(before, {"model": {"name": "m"}})
    after, told = decode(data)
    assert told == described(data) == {"model": {"name": "m"}}
    name = prediction_fields(task)[0].name
    assert repr(after.column(name).to_pylist()) == repr(before.column(name).to_pylist())
    assert after.column("prediction").to_pylist() == before.column("prediction").to_pylist()


@every_task
def test_records_come_back_from_a_baseline_file_as_they_were(task: Task) -> None:
    builder = ProfileBuilder(for_task(task), task=task)
    for batch in table(task).to_batches():
        builder.add(batch)
    before = builder.build()
    after, _ = decode_profile(encode_profile(before))
    name = prediction_fields(task)[0].name
    assert repr(after.sample.column(name).to_pylist()) == repr(before.sample.column(name).to_pylist())
    assert after.counts == before.counts


@every_task
def test_csv_and_json_hold_the_same_numbers(task: Task) -> None:
    rows = table(task)
    written = {}
    for writer in (CsvWriter, JsonWriter):
        sink = io.BytesIO()
        made = writer(sink, rows.schema)
        for batch in rows.to_batches():
            made.write(batch)
        made.close()
        written[writer] = sink.getvalue().decode()
    name = prediction_fields(task)[0].name
    objects = json.loads(written[JsonWriter])
    cells = list(csv.DictReader(io.StringIO(written[CsvWriter], newline="")))
    assert len(objects) == len(cells) == len(SAID[task])
    for one, cell in zip(objects, cells, strict=True):
        assert (json.loads(cell[name]) if cell[name] else None) == one[name]
    if task == "detection":
        assert objects[0]["objects"][0]["x1"] == 0.1
        assert objects[0]["objects"][1]["confidence"] is None
        assert objects[1]["objects"] == []
    if task == "embedding":
        assert objects[0]["embedding"] == [0.1, -2]
        assert objects[1]["embedding"][0] is None


def test_a_segmented_image_can_be_drawn_again_from_its_record() -> None:
    said = Segmentation(np.random.default_rng(3).integers(0, 2, (5, 7), dtype=np.uint8), ("background", "cat"))
    rows, _ = decode(
        encode(pa.Table.from_pylist([{"id": "a", **prediction_row(said)}], schema=schema_for((), "segmentation")))
    )
    height, width, *runs = rows.column("mask")[0].as_py()
    assert np.array_equal(Segmentation.of_run_lengths(runs, (height, width), said.labels).classes, said.classes)
    assert rows.column("regions")[0].as_py() == said.components.tolist()


def test_profiles_keep_no_masks() -> None:
    builder = ProfileBuilder(for_task("segmentation"), task="segmentation")
    for batch in table("segmentation").to_batches():
        builder.add(batch)
    names = builder.build().sample.column_names
    assert "mask" not in names
    assert {"scores", "regions"} <= set(names)


def test_scores_without_a_largest_are_no_answer_and_a_bare_label_is_one() -> None:
    assert prediction_row(Classification.of_scores([math.nan, 1.0], ["cat", "dog"]))["prediction"] is None
    assert prediction_row(Classification("cat", math.nan))["prediction"] == "cat"


def test_matrices_know_which_rows_had_no_answer() -> None:
    scores = pa.array([[0.5, 0.5], None, [], [None, 1.0]], pa.list_(pa.float32()))
    found = scores_matrix(pa.table({"scores": scores}))
    assert np.isnan(found).tolist() == [[False, False], [True, True], [True, True], [True, False]]
    assert scores_matrix(pa.table({"scores": scores}).slice(3)).shape == (1, 2)
    assert scores_matrix(pa.table({"scores": pa.array([[1.0], [0.5, 0.5]], pa.list_(pa.float32()))})) is None
    assert scores_matrix(pa.table({"id": ["a"]})) is None
    assert embedding_matrix(table("embedding"))[0, 1] == -2


def test_objects_are_counted_by_image_and_label() -> None:
    rows = table("detection")
    assert object_counts(rows, ["cat"]).tolist() == [[1, 1], [0, 0], [1, 0]]
    assert object_counts(rows.slice(2), ["dog"]).tolist() == [[0, 1]]
    assert object_counts(table("embedding"), ["cat"]) is None
    assert object_counts(rows.slice(0, 0), ["cat"]).shape == (0, 2)


def test_a_file_of_records_is_written_with_its_model(tmp_path: Path) -> None:
    import lookoutcv as lo

    def light(pixels: Any) -> Classification:
        return Classification.of_scores([0.25, 0.75], ["day", "night"])

    path = tmp_path / "records.parquet"
    grey = [np.full((4, 4, 3), i, np.uint8) for i in range(3)]
    lo.measure(grey, model=light, card={"labels": ["day", "night"]}, output=path, workers=1)
    model = lo.load(path).model
    assert (model.name, model.task, model.labels, model.sha256) == ("light", "classification", ("day", "night"), None)
