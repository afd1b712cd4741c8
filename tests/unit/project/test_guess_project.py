"""What a folder seems to hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lookoutcv.project.find_data_sets import content_of
from lookoutcv.project.guess_project import Guess, guess

SUFFIXES = (".onnx", ".pt")


def no_package(path: Path) -> bool:
    return False


def folder(root: Path, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], Guess()),
        (["val/a.jpg", "today/b.PNG"], Guess("val", "today")),
        (["train/cat/a.jpg", "validation/cat/a.jpg", "production/a.jpg"], Guess("validation", "production")),
        (["data/val/a.jpg", "data/new/a.jpg"], Guess("data/val", "data/new")),
        (["val.zip", "incoming/a.webp"], Guess("val.zip", "incoming")),
        (["val/readme.txt", "test/a.jpg"], Guess("test")),
        (["validation/a.jpg", "test/a.jpg"], Guess("validation", "test")),
        (["net.onnx"], Guess(model="net.onnx")),
        (["a.pt", "models/net.onnx", "models/net.card.yaml"], Guess(model="models/net.onnx")),
        (["net.onnx", "pets.zip"], Guess(model="pets.zip")),
        (["net.onnx", "runs/pets/package/package.json"], Guess(model="runs/pets/package")),
        (["models/pets/package.json", "models/net.onnx"], Guess(model="models/pets")),
        ([".hidden/a.jpg", "val/.thumbs/a.jpg"], Guess()),
    ],
)
def test_names_say_what_a_folder_is(tmp_path: Path, files: list[str], expected: Guess) -> None:
    assert guess(folder(tmp_path, *files), SUFFIXES, lambda path: path.name != "val.zip") == expected


@pytest.mark.parametrize(
    ("days", "pattern"),
    [
        (("20261119", "20261120"), "%Y%m%d"),
        (("2026-11-19", "2026-11-20", "notes"), "%Y-%m-%d"),
        (("2026_11_20",), "%Y_%m_%d"),
    ],
)
def test_folders_with_dates_become_a_pattern(tmp_path: Path, days: tuple[str, ...], pattern: str) -> None:
    files = [f"{above}/{day}/a.jpg" for above in ("production", "reference") for day in days]
    folder(tmp_path, *files)
    found = guess(tmp_path, SUFFIXES, no_package)
    assert found == Guess(f"reference/{pattern}", f"production/{pattern}?last=1d", batch_by="day")


def test_a_folder_is_looked_at_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.project.find_data_sets.MOST_ENTRIES", 5)
    folder(tmp_path, *(f"val/{number}/{deep}.txt" for number in range(9) for deep in range(9)))
    (tmp_path / "val" / "0" / "round").symlink_to(tmp_path / "val")
    assert guess(tmp_path, SUFFIXES, no_package) == Guess()


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert guess(tmp_path / "none", SUFFIXES, no_package) == Guess()


BOX = {"image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4]}
COCO = {"annotations": [BOX], "categories": [{"id": 1, "name": "cat"}]}


def data_set(root: Path, kind: str) -> Path:
    """A small data set of one kind, with a part for validation and one for tests where the kind has parts."""
    xml = "<annotation><object><name>a</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox>"
    files = {
        "coco": {
            f"annotations/instances_{part}2017.json": json.dumps(
                {"images": [{"id": 1, "file_name": f"{part}.jpg"}], **COCO}
            )
            for part in ("test", "train", "val")
        },
        "yolo": {
            "data.yaml": "path: .\ntrain: train/images\nval: valid/images\ntest: test/images\nnames: [cat]\n",
            **{f"{part}/labels/a.txt": "0 .5 .5 .2 .2\n" for part in ("train", "valid", "test")},
            **{f"{part}/images/a.jpg": "" for part in ("train", "valid", "test")},
        },
        "voc": {
            "VOCdevkit/VOC2012/JPEGImages/a.jpg": "",
            "VOCdevkit/VOC2012/Annotations/a.xml": xml + "</object></annotation>",
            "VOCdevkit/VOC2012/ImageSets/Main/val.txt": "a\n",
        },
        "imagefolder": {
            **{f"{part}/metadata.csv": "file_name,label\na.jpg,cat\n" for part in ("train", "test")},
            **{f"{part}/a.jpg": "" for part in ("train", "test")},
        },
        "manifest": {
            "march.csv": "path,label,time\n" + "".join(f"{day}.jpg,cat,2026-03-0{day}\n" for day in range(1, 7)),
            "predictions.csv": "path,label,confidence\n1.jpg,cat,0.5\n",
            "prices.csv": "item,price\ncat,3\n",
            "package.json": "{}",
            "1.jpg": "",
        },
    }[kind]
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("kind", "good", "watched", "said"),
    [
        ("coco", "annotations/instances_val2017.json", "annotations/instances_test2017.json", ("boxes", False)),
        ("yolo", "data.yaml?split=val", "data.yaml?split=test", ("boxes", False)),
        ("voc", "VOCdevkit?split=val", None, ("boxes", False)),
        ("imagefolder", ".?split=test", None, ("labels", False)),
        ("manifest", "march.csv", None, ("labels", True)),
    ],
)
def test_data_sets_bring_their_labels_and_parts(
    tmp_path: Path, kind: str, good: str, watched: str | None, said: tuple[str, bool]
) -> None:
    data_set(tmp_path, kind)
    assert guess(tmp_path, SUFFIXES, no_package) == Guess(good, watched)
    assert content_of(str(tmp_path / good)) == said


def test_named_folders_go_before_data_sets_deeper_down_and_before_tables(tmp_path: Path) -> None:
    data_set(tmp_path / "downloads", "yolo")
    data_set(tmp_path, "manifest")
    assert guess(tmp_path, SUFFIXES, no_package).good == "march.csv"
    folder(tmp_path, "reference/a.jpg", "production/a.jpg")
    assert guess(tmp_path, SUFFIXES, no_package) == Guess("reference", "production")


def test_what_cannot_be_opened_says_nothing(tmp_path: Path) -> None:
    assert content_of(str(tmp_path / "nowhere")) == ("", False)
