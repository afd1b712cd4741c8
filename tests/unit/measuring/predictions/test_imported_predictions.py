"""Predictions that were made elsewhere, in the place of a model."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.errors import BadPredictions, ConfigError
from lookoutcv.measuring.predictions.imported_predictions import import_predictions
from lookoutcv.predictions import Classification, Detections
from lookoutcv.records.prediction_columns import OBJECTS, objects_of
from marked_pictures import CARD, finder, marked, stored

PIXELS = np.zeros((4, 4, 3), np.uint8)


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows]), path)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def said(imported: Any, *ids: str) -> list[Any]:
    return list(imported.for_images(ids).predict(ids, [PIXELS] * len(ids)))


FORMS = ("csv", "parquet", "jsonl", "json")


@pytest.mark.parametrize("form", FORMS)
def test_classes_in_every_form(form: str, tmp_path: Path) -> None:
    rows = [
        {"id": "a.jpg", "label": "dog", "confidence": 0.75, "score.dog": 0.75, "score.cat": 0.25},
        {"id": "b.jpg", "label": "cat", "confidence": 0.5, "score.dog": 0.5, "score.cat": 0.5},
    ]
    found = import_predictions(written(tmp_path / f"p.{form}", rows))
    assert (found.identity.task, found.identity.labels, found.identity.imported) == (
        "classification",
        ("cat", "dog"),
        True,
    )
    one, two = said(found, "a.jpg", "b.jpg")
    assert isinstance(one, Classification)
    assert (one.label, one.confidence, one.scores.tolist()) == ("dog", 0.75, [0.25, 0.75])
    assert two.label == "cat"


@pytest.mark.parametrize("form", FORMS)
def test_boxes_in_every_form(form: str, tmp_path: Path) -> None:
    rows = [
        {"image": "a.jpg", "label": "dog", "confidence": 0.5, "x1": 1, "y1": 2, "x2": 3, "y2": 4},
        {"image": "b.jpg", "label": "cat", "confidence": 0.25, "x1": 0, "y1": 0, "x2": 9, "y2": 9},
        {"image": "a.jpg", "label": "cat", "confidence": 0.75, "x1": 5, "y1": 5, "x2": 6, "y2": 6},
    ]
    found = import_predictions(written(tmp_path / f"p.{form}", rows))
    one, two = said(found, "a.jpg", "b.jpg")
    assert isinstance(one, Detections)
    assert (one.boxes.tolist(), one.labels) == ([[1, 2, 3, 4], [5, 5, 6, 6]], ("dog", "cat"))
    assert two.confidences.tolist() == [0.25]


def test_results_of_coco(tmp_path: Path) -> None:
    names = {
        "images": [{"id": 7, "file_name": "a.jpg"}, {"id": 9, "file_name": "b.jpg"}],
        "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": "car"}],
        "annotations": [],
    }
    (tmp_path / "names.json").write_text(json.dumps(names), encoding="utf-8")
    results = [{"image_id": 7, "category_id": 18, "bbox": [10, 20, 30, 40], "score": 0.5}]
    path = written(tmp_path / "results.json", results)
    found = import_predictions(path, tmp_path / "names.json", "yolo")
    assert (found.identity.name, found.identity.labels) == ("yolo", ("car", "dog"))
    one, two, three = said(found, "val/a.jpg", "val/b.jpg", "val/c.jpg")
    assert (one.boxes.tolist(), one.labels) == ([[10, 20, 40, 60]], ("dog",))
    assert len(two) == 0, "named, and nothing found"
    assert three is None, "not named: nobody asked"
    with pytest.raises(BadPredictions, match="nothing names the category '18'"):
        import_predictions(path)
    whole = names | {"annotations": results}
    (tmp_path / "whole.json").write_text(json.dumps(whole), encoding="utf-8")
    assert said(import_predictions(tmp_path / "whole.json"), "a.jpg")[0].labels == ("dog",)
    assert (
        said(import_predictions(written(tmp_path / "empty.json", []), tmp_path / "names.json"), "a.jpg")[0].labels == ()
    )


def test_images_are_found_by_their_whole_name_or_the_last_part(tmp_path: Path) -> None:
    rows = [{"id": name, "label": name} for name in ("x/1.jpg", "x/2.jpg", "y/2.jpg", ".\\z\\3.jpg", "5.jpg")]
    found = import_predictions(written(tmp_path / "p.csv", rows))
    ids = ("x/1.jpg", "y/1.jpg", "w/2.jpg", "w/3.jpg", "a/5.jpg", "b/5.jpg")
    answers = [None if one is None else one.label for one in said(found, *ids)]
    assert answers == ["x/1.jpg", None, None, ".\\z\\3.jpg", None, None]
    notes = found.for_images(ids).notes
    assert notes == (
        f"4 images have no prediction in {tmp_path / 'p.csv'}: no answer.",
        f"3 images in {tmp_path / 'p.csv'} are not in the source.",
    )
    with pytest.raises(ConfigError, match=r"no image is in .*: it names 'x/1.jpg', .*, the source 'q.png'"):
        found.for_images(["q.png"])


def test_of_several_answers_the_best_counts(tmp_path: Path) -> None:
    ranked = [{"id": "a", "rank": r, "label": name, "confidence": 0.1} for r, name in ((2, "cat"), (1, "dog"))]
    sure = [{"id": "a", "label": name, "confidence": c} for name, c in (("cat", 0.2), ("dog", 0.7))]
    for rows in (ranked, sure):
        assert said(import_predictions(written(tmp_path / "p.csv", rows)), "a")[0].label == "dog"
    named = [{"id": "a", "scores": {"cat": 0.25, "dog": 0.75}}]
    (one,) = said(import_predictions(written(tmp_path / "p.jsonl", named)), "a")
    assert (one.label, one.confidence) == ("dog", 0.75)
    truth = [{"id": "a", "label": "cat", "prediction": "dog"}]
    (one,) = said(import_predictions(written(tmp_path / "p.csv", truth)), "a")
    assert (one.label, np.isnan(one.confidence)) == ("dog", True)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("p.csv", "label\ndog\n", "line 2: it names no image; it has 'label'"),
        ("p.csv", "id,label,confidence\na,dog,high\n", "line 2: confidence is 'high', which is no number"),
        ("p.csv", "id,label,x1,y1,x2,y2\na,dog,5,5,1,1\n", "line 2: a box of negative size"),
        ("p.csv", "id,label,x1,y1,x2,y2\na,dog,nan,5,1,1\n", "line 2: a box has a coordinate beyond reason"),
        ("p.csv", "id,label,x1,y1,x2,y2\na,dog,1,1,2,2\nb,cat,,,,\n", "boxes for some answers and none for others"),
        ("p.csv", "", "holds no predictions"),
        ("p.csv", "id,label\n\xff\xfe", "line 2: 1 cells where the header has 2"),
        ("p.jsonl", '{"id": 1}\n{"id"', "line 2: not JSON"),
        ("p.jsonl", "[1]\n", "not an object"),
        ("p.jsonl", "[" * 100_000, "line 1: not JSON"),
        ("p.json", "[{", "not JSON, or cut off"),
        ("p.json", "{}", "holds no predictions"),
        (
            "p.json",
            '{"a.jpg": [{"label": "cat", "score": 0.9}]}',
            r'in a list\. Write .*"image": "a.jpg"',
        ),
        ("p.parquet", "PAR1 nothing", "cannot be read"),
        ("p.txt", "a dog", "does not say in which form"),
        ("p.csv", "id,content_hash\na,1\n", "a record of LookOutCV"),
    ],
)
def test_what_cannot_be_read_says_where(name: str, content: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(BadPredictions, match=why):
        import_predictions(path)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "p.csv", [{"id": str(i), "label": "a"} for i in range(20)])
    with pytest.raises(BadPredictions, match="cannot be read"):
        import_predictions(tmp_path / "none.csv")
    for limit, name in ((10, "_MOST_IMAGES"), (10, "_MOST_ROWS")):
        with monkeypatch.context() as patched:
            patched.setattr(f"lookoutcv.measuring.predictions.prediction_table.{name}", limit)
            with pytest.raises(BadPredictions, match="more than 10"):
                import_predictions(path)
    monkeypatch.setattr("lookoutcv.measuring.predictions.read_entries._MOST_BYTES", 10)
    with pytest.raises(BadPredictions, match="10 are read"):
        import_predictions(path)


@pytest.mark.parametrize("form", ["csv", "json", "coco.json"])
def test_what_predict_wrote_gives_the_records_of_the_model(form: str, tmp_path: Path) -> None:
    source = stored(marked(100), tmp_path / "pictures")
    files = [ref.picture for ref in source.refs]
    lo.predict(finder, files, card=CARD, output=tmp_path / f"p.{form}")
    how: dict[str, Any] = {"metrics": "exposure"}
    asked = lo.measure(source, model=finder, card=CARD, workers=1, **how).table
    imported = lo.measure(source, predictions=tmp_path / f"p.{form}", workers=2, **how)
    assert imported.model is not None
    assert (imported.model.task, imported.model.imported) == ("detection", True)
    for one, other in zip(objects_of(asked, OBJECTS), objects_of(imported.table, OBJECTS), strict=True):
        assert one is not None
        assert other is not None
        assert one.labels == other.labels
        np.testing.assert_allclose(one.boxes, other.boxes, atol=0.01)
    counts = [table.column("output.objects").to_pylist() for table in (asked, imported.table)]
    assert counts[0] == counts[1]
