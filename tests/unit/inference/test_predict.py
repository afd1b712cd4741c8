"""A model asked about sources: the result, files of it, and what cannot be read."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import ConfigError, NoImages, OutputUnwritable, UnreadableImage
from lookoutcv.inference.prediction_file import _counts
from lookoutcv.inference.propose_card import card as propose_card
from lookoutcv.models import Card
from lookoutcv.predictions import Classification, Embedding, Segmentation
from tiny_models import BLUE, GREEN, RED, onnx_classifier, onnx_constant

COLOURS = {"red": RED, "green": GREEN, "blue": BLUE}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eight red, eight green and eight blue images, a folder a class."""
    for name, pixels in COLOURS.items():
        (tmp_path / "images" / name).mkdir(parents=True)
        for index in range(8):
            PilImage.fromarray(pixels).save(tmp_path / "images" / name / f"{index}.png")
    return tmp_path / "images"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = onnx_classifier(tmp_path / "net.onnx")
    (tmp_path / "net.card.yaml").write_text("labels: [red, green, blue]\ninput: {colour: RGB}\n")
    return path


def test_a_folder(model: Path, folder: Path) -> None:
    said = lo.predict(model, folder)
    assert (said.task, said.labels, len(said), said.skipped, said.undefined) == (
        "classification",
        ("red", "green", "blue"),
        24,
        (),
        0,
    )
    assert all(one.label == one.prediction.label for one in said)
    assert (said.items[0].id, said.items[0].width, said.items[0].height) == ("blue/0.png", 8, 6)


def test_many_kinds_of_images(model: Path, folder: Path) -> None:
    assert lo.predict(model, RED).items[0].prediction.label == "red"
    assert [one.prediction.label for one in lo.predict(model, [RED, BLUE])] == ["red", "blue"]
    several = lo.predict(model, [folder / "red", str(folder / "blue" / "0.png")])
    assert [one.prediction.label for one in several] == ["red"] * 8 + ["blue"]
    assert len({one.id for one in several}) == 9


def test_progress_is_told(model: Path, folder: Path) -> None:
    told: list[Any] = []
    lo.predict(model, folder, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == 24


def test_what_cannot_be_read_is_named(model: Path, folder: Path) -> None:
    (folder / "red" / "broken.png").write_bytes((folder / "red" / "0.png").read_bytes()[:40])
    said = lo.predict(model, folder)
    assert (len(said), [one.id for one in said.skipped]) == (24, ["red/broken.png"])
    with pytest.raises(UnreadableImage):
        lo.predict(model, folder, strict=True)
    with pytest.raises(NoImages, match=r"the only file in .* cannot be read \(truncated\)"):
        lo.predict(model, folder / "red" / "broken.png")


def test_where_nothing_can_be_read_the_reasons_are_told(model: Path, folder: Path) -> None:
    with pytest.raises(NoImages, match=r"none of the 24 files .* \(24 x larger than 10 pixels\)"):
        lo.predict(model, folder, max_pixels=10)


def test_csv(model: Path, folder: Path, tmp_path: Path) -> None:
    said = lo.predict(model, folder, output=tmp_path / "said.csv", top=2)
    assert (said.count, said.items) == (24, ())
    rows = list(csv.DictReader((tmp_path / "said.csv").read_text().splitlines()))
    assert len(rows) == 48
    assert list(rows[0]) == ["id", "rank", "label", "confidence"]
    assert (rows[0]["id"], rows[0]["rank"], rows[0]["label"]) == ("blue/0.png", "1", "blue")


def test_json(model: Path, folder: Path, tmp_path: Path) -> None:
    lo.predict(model, folder, output=tmp_path / "said.json", top=1)
    said = json.loads((tmp_path / "said.json").read_text())
    assert len(said) == 24
    assert said[0]["label"] == said[0]["predictions"][0]["label"] == "blue"


def test_scores_that_are_no_numbers_are_null(tmp_path: Path) -> None:
    said = lo.predict(lambda pixels: Classification("cat", float("nan")), [RED, RED], output=tmp_path / "a.json")
    assert said.undefined == 2
    assert json.loads((tmp_path / "a.json").read_text())[1]["predictions"][0]["confidence"] is None


def test_coco_boxes(tmp_path: Path) -> None:
    outputs = [[[[0.0, 0.0, 1.0, 0.5]]], [[1.0]], [[0.75]]]
    path = onnx_constant(tmp_path / "net.onnx", [np.asarray(one, np.float32) for one in outputs])
    card = {"labels": ["cat", "dog"], "head": "ssd"}
    lo.predict(path, [RED, RED], card=card, output=tmp_path / "said.coco.json")
    said = json.loads((tmp_path / "said.coco.json").read_text())
    assert [one["name"] for one in said["categories"]] == ["cat", "dog"]
    assert said["images"][1] == {"id": 2, "file_name": "0001", "width": 8, "height": 6}
    assert said["annotations"][1] == {
        "id": 2,
        "image_id": 2,
        "category_id": 2,
        "bbox": [0.0, 0.0, 4.0, 6.0],
        "area": 24.0,
        "score": 0.75,
        "iscrowd": 0,
    }


def test_coco_masks(tmp_path: Path) -> None:
    classes = np.array([[0, 1], [0, 0]], np.uint8)
    lo.predict(lambda pixels: Segmentation(classes, ("ground", "cat")), RED, card={"labels": ["ground", "cat"]},
               output=tmp_path / "said.coco")  # fmt: skip
    _, cat = json.loads((tmp_path / "said.coco").read_text())["annotations"]
    assert (cat["bbox"], cat["area"], cat["iscrowd"]) == ([4, 0, 4, 3], 12, 1)
    assert cat["segmentation"] == {"size": [6, 8], "counts": [24, 3, 3, 3, 3, 3, 3, 3, 3]}


def test_cocos_run_lengths_go_down_the_columns() -> None:
    assert _counts(np.array([[True, False], [True, True]])) == [0, 2, 1, 1]
    assert _counts(np.array([[False, False]])) == [2]


def test_embeddings_and_maps_in_json_and_csv(tmp_path: Path) -> None:
    vector = Embedding(np.float32([1, 2.5]))
    lo.predict(lambda pixels: vector, [RED], output=tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())[0]["embedding"] == [1.0, 2.5]
    lo.predict(lambda pixels: vector, [RED], output=tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines() == ["id,e0,e1", "0000,1.0,2.5"]
    plane = Segmentation(np.array([[0, 1], [0, 0]], np.uint8), ("ground", "cat"))
    lo.predict(lambda pixels: plane, [RED], output=tmp_path / "b.json")
    (said,) = json.loads((tmp_path / "b.json").read_text())
    assert said["predictions"][0] == {"rank": 1, "label": "ground", "share": 0.75, "regions": 1}
    assert said["map"] == {"size": [2, 2], "runs": [0, 1, 1, 1, 0, 2]}


def test_outputs_that_cannot_be(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"End its name in one of .coco.json, .coco, .csv, .json"):
        lo.predict(model, RED, output=tmp_path / "said.txt")
    with pytest.raises(ConfigError, match="COCO holds boxes and masks"):
        lo.predict(model, RED, output=tmp_path / "said.coco.json")
    with pytest.raises(OutputUnwritable):
        lo.predict(model, RED, output=tmp_path / "none" / "said.csv")
    assert not (tmp_path / "said.coco.json").exists()


# Cards.


def test_a_card_is_proposed_from_the_file_alone(model: Path) -> None:
    found = propose_card(model)
    assert found.card.input.size == (4, 4)
    assert (found.check, found.shown) == (None, ())
    assert any("input.scale 1/255 is assumed" in note for note in found.notes)


def test_a_card_is_corrected_by_labelled_images(model: Path, folder: Path) -> None:
    card = {"labels": ["red", "green", "blue"], "input": {"colour": "BGR"}}
    found = propose_card(model, folder, card=card)
    assert found.check is not None
    assert found.check.accuracy == pytest.approx(1 / 3)
    assert found.card.input.colour == "RGB"
    assert [one.prediction.label for one in found.shown] == ["blue", "green", "red"]
    assert [note for note in found.notes if note.startswith("input")] == []


# The command line.


def test_predict_prints_a_line_an_image(model: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(model), str(folder / "red"), str(folder / "blue" / "1.png"), "--top", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("red/0.png  red 1.00")
    assert lines[8].endswith("blue/1.png  blue 1.00")
    assert lines[9].startswith("Not in the card: input.scale 1/255 is assumed")


def test_predict_writes_and_prints_json(
    model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "said.csv"
    assert main(["predict", str(model), str(folder), "-o", str(out), "--set", "input.scale=0.0039"]) == 0
    assert f"says of 24 images to {out}" in capsys.readouterr().out
    assert main(["predict", str(model), str(folder / "red" / "0.png"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["predictions"][0]["predictions"][0]["label"] == "red"
    assert len(said["sha256"]) == 64


def test_card_writes_once_and_tries(
    model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = tmp_path / "net.card.yaml"
    assert main(["card", str(model)]) == 2
    assert "Add --force to replace it" in capsys.readouterr().err
    assert main(["card", str(model), "--force", "--try", str(folder), "--set", "input.colour=BGR"]) == 0
    printed = capsys.readouterr().out
    assert "Right on 33.3% of 24 labelled images (guessing: 33.3%)." in printed
    assert "Better: RGB. The card has it." in printed
    written = Card.of(beside)
    assert (written.input.colour, written.names) == ("RGB", ("red", "green", "blue"))
    assert main(["card", str(model), "-o", str(tmp_path / "b.yaml"), "--try", str(folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["check"]["accuracy"], said["check"]["better"]) == (1.0, None)


def test_a_card_names_its_labels_from_where_it_is(model: Path, tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "names.txt").write_text("red\ngreen\nblue\n")
    target = tmp_path / "cards" / "net.card.yaml"
    assert main(["card", str(model), "-o", str(target), "--set", f"labels={tmp_path / 'names.txt'}"]) == 0
    assert "labels: ../names.txt" in target.read_text()
    assert Card.of(target).names == ("red", "green", "blue")


def test_plugins_lists_formats_and_heads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins"]) == 0
    printed = capsys.readouterr().out
    assert "model formats (3)" in printed
    assert "yolo" in printed
