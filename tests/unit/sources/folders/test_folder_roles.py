"""Folders that are no classes: no label comes from their names, and it is said what they were taken for."""

import json
import tarfile
import zipfile

import pytest

from lookoutcv.sources import notes_of, open_source
from lookoutcv.sources.folders.folder_roles import role_of


def put(folder, *names, text="x"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("train", "valid", "test"), "parts of a data set"),
        (("Train", "VAL"), "parts of a data set"),
        (("dev", "test"), "parts of a data set"),
        (("train", "test", "unlabelled"), "parts of a data set"),
        (("images", "labels"), "pictures and their annotations"),
        (("images", "masks"), "pictures and their annotations"),
        (("JPEGImages", "SegmentationClass"), "pictures and their annotations"),
        (("cam1", "cam2", "cam12"), "cameras"),
        (("camera_north", "camera_2"), "cameras"),
        (("fold_0", "fold_1"), "parts of a data set"),
        (("clip1", "clip2"), "recordings"),
        (("2026/03/01", "2026/03/02"), "dates"),
        (("2026/3", "2026/4"), "dates"),
        (("2026/03/01", "2026/04/01"), "dates"),
        (("camel", "cameo"), None),
        (("Camera 01", "Camera 02"), "cameras"),
        (("2026-03-01", "2026-03-02"), "dates"),
        (("20260301", "20260302"), "dates"),
        (("2025", "2026"), "dates"),
        (("01.03.2026", "02.03.2026"), "dates"),
        (("day1", "day2"), "dates"),
        (("cat", "dog"), None),
        (("train", "bus", "car"), None),
        (("test", "probe"), None),
        (("0", "1", "9"), None),
        (("n01440764", "n01443537"), None),
        (("class_1", "class_2"), None),
        (("images", "texts"), None),
        (("train",), None),
    ],
)
def test_what_folders_are_by_their_names(names, what, tmp_path):
    if not any("/" in name for name in names):
        role = role_of(names)
        assert (role and role.what) == what
    put(tmp_path / "set", *(f"{name}/{number}.jpg" for name in names for number in (1, 2)))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed, tarfile.open(tmp_path / "a.tar", "w") as taped:
        for file in sorted((tmp_path / "set").rglob("*.jpg")):
            packed.write(file, file.relative_to(tmp_path / "set"))
            taped.add(file, str(file.relative_to(tmp_path / "set")))
    for target in (tmp_path / "set", tmp_path / "a.zip", tmp_path / "a.tar"):
        source = open_source(target)
        labels = {ref.label for ref in source}
        assert labels == ({None} if what or len(names) == 1 else set(names))
        notes = notes_of(source)
        assert len(notes) == bool(what)
        assert all(f"taken for {what}, not for classes: no labels" in note for note in notes)


def test_classes_below_parts_are_classes_and_it_is_said(tmp_path):
    put(tmp_path, *(f"{part}/{name}/1.jpg" for part in ("train", "val") for name in ("cat", "dog")))
    source = open_source(tmp_path)
    assert [ref.label for ref in source] == ["cat", "dog"] * 2
    assert notes_of(source) == (
        "The folders 'train', 'val' are taken for parts of a data set, those in them, 'cat', 'dog', for classes.",
    )
    part = open_source(tmp_path / "val")
    assert ({ref.label for ref in part}, notes_of(part)) == ({"cat", "dog"}, ())


def test_annotations_beside_images_are_named(tmp_path):
    put(tmp_path, "train/1.jpg", "valid/1.jpg")
    put(tmp_path, "train/_annotations.coco.json", text=json.dumps({"info": {}, "images": [], "annotations": []}))
    put(tmp_path, "data.yaml", text="names: [a]\ntrain: train\n")
    put(tmp_path, "settings.json", text="{}")
    put(tmp_path, "compose.yaml", text="services: {}\n")
    _, note = notes_of(open_source(tmp_path))
    assert note.startswith(
        f"Annotations that lie in {tmp_path} are not read: data.yaml, train/_annotations.coco.json. Give"
    )


@pytest.mark.parametrize(
    "text",
    [
        [{"image": "1.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 1}}]}],  # Create ML
        [{"id": 1, "data": {"image": "/data/upload/1.jpg"}, "annotations": [{"result": []}]}],  # Label Studio
        {"classes": ["cat", "dog"], "labels": {"1": 0}},  # FiftyOne's classes of images
    ],
)
def test_a_file_that_is_refused_is_not_proposed(text, tmp_path):
    put(tmp_path, "1.jpg")
    put(tmp_path, "labels.json", text=json.dumps(text))
    (note,) = notes_of(open_source(tmp_path))
    assert note.startswith(f"Annotations that lie in {tmp_path} are not read: labels.json. CVAT, LabelMe")


@pytest.mark.parametrize("texts", [("1.xml", "2.xml"), ("labels/1.txt", "labels/2.txt"), ("1.txt", "2.txt", "c.txt")])
def test_files_of_single_images_are_counted(texts, tmp_path):
    put(tmp_path, "1.jpg", "2.jpg", *texts)
    (note,) = notes_of(open_source(tmp_path))
    assert note.startswith(f"2 text, XML or JSON files in {tmp_path}, beside images of their names, are not read.")


def test_yolo_labels_of_a_part(tmp_path):
    put(tmp_path, "images/train/1.jpg", "images/train/2.jpg", "labels/train/1.txt")
    (note,) = notes_of(open_source(tmp_path))
    assert note.startswith("1 text, XML or JSON files")


def test_a_folder_of_images_alone_has_nothing_to_say(tmp_path):
    put(tmp_path, "cat/1.jpg", "dog/1.jpg", "notes.txt", "README.md", "LICENSE")
    assert notes_of(open_source(tmp_path)) == ()
