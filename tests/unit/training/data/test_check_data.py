"""The check finds what was put into the data, says what to do, and is quiet about data with nothing wrong."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from drawn_classes import draw_classes, drawn
from lookoutcv.results.data_check import DataCheck, DataFinding
from lookoutcv.scores import wilson_interval
from lookoutcv.training.data.check_data import check_data, parts_of, with_suspicious
from lookoutcv.training.data.divide import divide
from lookoutcv.training.data.labelled_samples import read_samples
from lookoutcv.training.data.noticed.unusual_images import metric_columns, telltales, unusual_images
from lookoutcv.training.data.sample_groups import grouped


def check_of(target: Path) -> DataCheck:
    check = check_data(read_samples(target, {"workers": 1}))
    schema = json.loads(files("lookoutcv.results").joinpath("data_check.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(check.to_dict(), allow_nan=False)))
    return check


def of_kind(check: DataCheck, kind: str) -> list[DataFinding]:
    return [one for one in check.findings if one.kind == kind]


def test_sound_data_have_nothing_but_their_number_told(tmp_path: Path) -> None:
    check = check_of(draw_classes(tmp_path, each=40))
    assert [(one.label, one.images, one.unreadable, one.copies) for one in check.classes] == [
        ("bar", 40, 0, 0),
        ("ring", 40, 0, 0),
        ("square", 40, 0, 0),
    ]
    assert check.sizes == {"short": [48.0] * 5, "long": [48.0] * 5}
    low, middle, high = (check.quality["exposure.brightness"][place] for place in (0, 2, 4))
    assert 0 < low < middle < high < 1
    assert "identity.phash" not in check.quality
    (few,) = of_kind(check, "few images")
    assert few.problem == (
        "Where a fifth of the images, 24, tests a model that is right on 90% of them, its accuracy lies between "
        f"{wilson_interval(22, 24)[0]:.0%} and {wilson_interval(22, 24)[1]:.0%}."
    )
    assert {(one.kind, one.severity) for one in check.findings} <= {("few images", "low"), ("quality", "low")}


def test_copies_leaks_and_wrong_labels(tmp_path: Path) -> None:
    train, test = (draw_classes(tmp_path / part, each=6, first=first) for part, first in (("train", 0), ("test", 50)))
    shutil.copy(train / "bar" / "000.png", train / "bar" / "copy.png")
    Image.open(train / "ring" / "001.png").save(test / "ring" / "leak.jpg", quality=95)
    shutil.copy(train / "square" / "002.png", train / "ring" / "wrong.png")
    check = check_of(tmp_path)
    assert check.duplicates is not None
    assert (check.duplicates.images, check.duplicates.searched) == (3, 39)
    assert {(tuple(one.parts), tuple(one.labels)) for one in check.leaks} == {
        (("test", "train"), ("ring",)),
        (("train",), ("ring", "square")),
    }
    leaks = of_kind(check, "leak")
    assert [one.severity for one in leaks] == ["high", "high"] == [one.severity for one in check.findings[:2]]
    assert "'test/ring/leak.jpg', 'train/ring/001.png'" in leaks[0].problem
    assert "1 picture, with its copies, is under several labels" in leaks[1].problem
    assert next(one.copies for one in check.classes if one.label == "bar") == 1
    samples = read_samples(tmp_path / "train", {"workers": 1})
    parts = {one.id: "test" if one.id == "bar/copy.png" else "train" for one in samples.samples}
    division = divide(samples.samples, grouped(samples.samples, samples.records), parts=parts)
    assert ["test", "train"] in [leak.parts for leak in check_data(samples, division).leaks]


def test_what_is_unreadable_few_uneven_and_unlabelled(tmp_path: Path) -> None:
    draw_classes(tmp_path, ("cat", "Dog"), 44)
    draw_classes(tmp_path, ("dog",), 2, first=60)
    (tmp_path / "cat" / "broken.png").write_bytes(b"\x89PNG")
    for name in ("loose1.png", "loose2.png"):
        Image.fromarray(drawn(1, 77)).save(tmp_path / name)
    with pytest.raises(Exception, match="label"):  # loose images beside folders are no folder per class
        check_of(tmp_path)
    for name in ("loose1.png", "loose2.png"):
        (tmp_path / name).unlink()
    check = check_of(tmp_path)
    assert (check.skipped_count, [one.id for one in check.skipped]) == (1, ["cat/broken.png"])
    assert [(one.label, one.unreadable) for one in check.classes] == [("Dog", 0), ("cat", 1), ("dog", 0)]
    assert of_kind(check, "unreadable")[0].severity == "medium"
    assert of_kind(check, "few images")[0].problem.startswith("Of 'dog' there are one or two images")
    (uneven,) = of_kind(check, "imbalance")
    assert (uneven.severity, uneven.problem) == ("medium", "There are 44 images of 'cat' and 2 of 'dog'.") or (
        uneven.problem == "There are 44 images of 'Dog' and 2 of 'dog'."
    )
    assert "'Dog', 'dog' differ in how they are written alone" in of_kind(check, "labels")[0].problem


def test_a_class_that_its_format_or_size_gives_away_is_told(tmp_path: Path) -> None:
    draw_classes(tmp_path, ("cat", "dog"), 24)
    for path in (tmp_path / "dog").iterdir():
        Image.open(path).save(path.with_suffix(".jpg"))
        path.unlink()
    (told,) = (one for one in of_kind(check_of(tmp_path), "quality") if one.severity == "medium")
    assert told.problem.startswith("Images of 'cat' are all png, and no others are, and another class can be told")
    labels = ["a"] * 30 + ["b"] * 30 + ["c"] * 5
    sizes = np.concatenate((np.linspace(100, 200, 30), np.linspace(190, 300, 30), np.full(5, 900.0)))
    found = telltales(labels, {"geometry.size": sizes}, ["png"] * 65)
    assert [(one.label, one.words) for one in found] == [("a", "smaller")]
    assert found[0].share == pytest.approx(np.mean([x < y for x in sizes[:30] for y in sizes[30:]]))


def test_images_unlike_all_others(tmp_path: Path) -> None:
    data = draw_classes(tmp_path, ("cat", "dog"), 40, side=96)
    picture = drawn(0, 100, 96)
    Image.fromarray(picture // 50).save(data / "cat" / "dark.png")
    Image.fromarray(cv2.resize(picture, (12, 12))).save(data / "cat" / "tiny.png")
    check = check_of(data)
    by_id = {one.id: one.reasons for one in check.unusual}
    assert "darker" in by_id["cat/dark.png"]
    assert "smaller" in by_id["cat/tiny.png"]
    assert check.unusual[0].score == max(one.score for one in check.unusual)
    few = read_samples(draw_classes(tmp_path / "few", ("cat", "dog"), 5), {"workers": 1})
    ids = few.records.column("id").to_pylist()
    assert unusual_images(ids, metric_columns(few.records)) == []


def test_labels_that_a_model_takes_for_wrong_are_added(tmp_path: Path) -> None:
    samples = read_samples(draw_classes(tmp_path, ("cat", "dog"), 6), {"workers": 1})
    check = check_data(samples)
    order = samples.samples
    scores = np.array([[0.9, 0.1] if one.label == "cat" else [0.2, 0.8] for one in order])
    scores[2] = scores[2][::-1]
    more = with_suspicious(check, order, scores, ("cat", "dog"))
    assert [one.id for one in more.suspicious] == [order[2].id]
    assert more.suspicious[0].reasons == ["labelled 'cat', looks like 'dog' (90%)"]
    assert of_kind(more, "labels")[0].problem == (
        f"1 label looks wrong to a model that did not learn them, of 12: first {order[2].id}."
    )
    assert check.suspicious == []


def test_nothing_leaks_through_a_division_that_is_drawn(tmp_path: Path) -> None:
    data = draw_classes(tmp_path, each=20)
    for number in range(12):
        shutil.copy(data / "ring" / f"{number:03d}.png", data / "ring" / f"copy{number}.png")
    samples = read_samples(data, {"workers": 1})
    division = divide(samples.samples, grouped(samples.samples, samples.records))
    parts = parts_of(division)
    assert all(parts[f"ring/{n:03d}.png"] == parts[f"ring/copy{n}.png"] for n in range(12))


def test_objects_are_measured_by_their_boxes(tmp_path: Path) -> None:
    Image.fromarray(drawn(0, 0, 100)).save(tmp_path / "1.png")
    lines = ["path,label,x1,y1,x2,y2", "1.png,cat,0,0,40,20", "1.png,dog,50,50,80,100"]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    check = check_of(tmp_path / "list.csv")
    assert (check.images, check.sizes["short"][0], check.sizes["long"][4]) == (2, 20.0, 50.0)
    assert not check.leaks
