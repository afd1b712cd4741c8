"""Every labelled source becomes samples, and what is left out of it is counted and named."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drawn_classes import draw_classes, drawn
from lookoutcv.errors import NoImages, TrainingError, UnsafeArchive
from lookoutcv.training.data.labelled_samples import LabelledSamples, read_samples
from tiny_sources import imagefolder, manifest, put, tarred


def read(target: object) -> LabelledSamples:
    return read_samples(target, {"workers": 1})


def png(pixels: np.ndarray, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def test_a_folder_a_class_in_a_folder_twice_nested(tmp_path: Path) -> None:
    draw_classes(tmp_path / "photos" / "photos", ("10", "2", "1", "猫", "con"), 3)
    samples = read(tmp_path)
    assert samples.classes == ("1", "2", "10", "con", "猫")
    assert len(samples.samples) == 15
    assert {sample.id for sample in samples.samples} >= {"photos/photos/con/000.png", "photos/photos/猫/002.png"}
    assert samples.records.num_rows == 15
    assert not samples.parts


@pytest.mark.parametrize("pack", ["zip", "gztar", None])
def test_an_empty_folder_among_the_classes_is_named(tmp_path: Path, pack: str | None) -> None:
    data = draw_classes(tmp_path / "data", ("cat", "dog"), 2)
    (data / "owl").mkdir()
    (data / ".trash").mkdir()
    target = shutil.make_archive(str(tmp_path / "packed"), pack, data) if pack else data
    samples = read(target)
    assert samples.empty_classes == ("owl",)
    assert "The folder 'owl' holds no image: it is no class." in samples.notes


def test_what_cannot_be_read_is_counted_by_class_and_named(tmp_path: Path) -> None:
    data = draw_classes(tmp_path, ("cat", "dog"), 3)
    (data / "cat" / "broken.png").write_bytes((data / "cat" / "000.png").read_bytes()[:100])
    (data / "owl").mkdir()
    (data / "owl" / "empty.jpg").write_bytes(b"")
    samples = read(data)
    assert (samples.skipped_count, samples.unreadable) == (2, {"cat": 1, "owl": 1})
    assert {one.id for one in samples.skipped} == {"cat/broken.png", "owl/empty.jpg"}
    assert "No image of 'owl' can be read: no class of that name is learnt." in samples.notes
    assert samples.classes == ("cat", "dog")


def test_labels_of_a_table_are_taken_as_they_are(tmp_path: Path) -> None:
    lines = ["path,label,split"]
    for number, label in enumerate(("../x", "con", "../x", "con", "a/b", "")):
        png(drawn(number, number), tmp_path / f"{number}.png")
        lines.append(f"{number}.png,{label},{'test' if number > 3 else 'train'}")
    (tmp_path / "list.csv").write_text("\n".join(lines))
    samples = read(tmp_path / "list.csv")
    assert samples.classes == ("../x", "a/b", "con")
    assert samples.unlabelled == 1
    assert samples.parts == {f"{n}.png": "test" if n > 3 else "train" for n in range(5)}


def test_folders_that_are_parts_give_them(tmp_path: Path) -> None:
    for part, first in (("train", 0), ("valid", 10), ("test", 20)):
        draw_classes(tmp_path / part, ("cat", "dog"), 2, first=first)
    samples = read(tmp_path)
    assert samples.classes == ("cat", "dog")
    assert samples.parts["valid/dog/010.png"] == "validation"
    assert sorted(set(samples.parts.values())) == ["test", "train", "validation"]


def test_a_part_to_learn_from_must_be_among_them(tmp_path: Path) -> None:
    draw_classes(tmp_path / "val", ("cat", "dog"), 2)
    draw_classes(tmp_path / "test", ("cat", "dog"), 2, first=5)
    samples = read(tmp_path)
    assert samples.parts == {}
    assert any("none of them is called train: all images are taken together" in note for note in samples.notes)


def test_the_same_label_in_two_spellings_is_one_class(tmp_path: Path) -> None:
    lines = ["path,label"]
    for number, label in enumerate(("caf\u00e9", "cafe\u0301", "bar")):
        png(drawn(number, number), tmp_path / f"{number}.png")
        lines.append(f"{number}.png,{label}")
    (tmp_path / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    samples = read(tmp_path / "list.csv")
    assert samples.classes == ("bar", "caf\u00e9")
    assert any("taken for one" in note for note in samples.notes)


def objects_in(path: Path) -> Path:
    """A COCO file: two images with two classes, a crowd, a small object; and one in which nothing is marked."""
    for number in range(3):
        png(drawn(number, number, 100), path / "images" / f"{number}.png")
    boxes = [(0, 1, [10, 10, 40, 30]), (0, 2, [50, 50, 20, 20]), (0, 1, [0, 0, 8, 8]), (1, 2, [70, 0, 30, 100])]
    annotations = [
        {"id": number, "image_id": image, "category_id": kind, "bbox": box, "iscrowd": 0}
        for number, (image, kind, box) in enumerate(boxes)
    ]
    annotations.append({"id": 9, "image_id": 1, "category_id": 1, "bbox": [0, 0, 90, 90], "iscrowd": 1})
    data = {
        "images": [{"id": n, "file_name": f"{n}.png", "width": 100, "height": 100} for n in range(3)],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
    }
    (path / "instances.json").write_text(json.dumps(data))
    return path / "instances.json"


def test_objects_are_cut_out_and_those_that_are_not_are_counted(tmp_path: Path) -> None:
    samples = read(objects_in(tmp_path))
    assert {sample.id: (sample.label, sample.box) for sample in samples.samples} == {
        "0.png": ("cat", (10.0, 10.0, 50.0, 40.0)),
        "0.png#2": ("dog", (50.0, 50.0, 70.0, 70.0)),
        "1.png": ("dog", (70.0, 0.0, 100.0, 100.0)),
    }
    told = " ".join(samples.notes)
    assert "cut out of one of 3 images. In 1 of them there is none." in told
    assert "1 of the marked objects are no samples: those smaller than 16 x 16 px, the first in 0.png." in told
    assert "those that stand for many at once or are difficult, the first in 1.png" in told
    assert "`lookout package`" in told


def test_categories_without_a_place_are_labels_of_whole_images(tmp_path: Path) -> None:
    file = objects_in(tmp_path)
    data = json.loads(file.read_text())
    kinds = [(0, 1), (0, 1), (1, 2), (2, 1), (2, 2), (2, 7)]
    data["annotations"] = [{"id": n, "image_id": image, "category_id": kind} for n, (image, kind) in enumerate(kinds)]
    file.write_text(json.dumps(data))
    samples = read(file)
    assert [(sample.id, sample.label, sample.box) for sample in samples.samples] == [
        ("0.png", "cat", None),
        ("1.png", "dog", None),
    ]
    assert samples.unlabelled == 1
    assert samples.notes == (
        f"{file} marks no places: its categories are taken for labels of whole images.",
        f"1 image has several categories in {file}, and no label.",
    )


def yolo_of(path: Path, parts: tuple[str, ...]) -> Path:
    for place, part in enumerate(parts):
        for number in range(2):
            name = f"{part}{number}"
            png(drawn(number, place, 60), path / part / "images" / f"{name}.png")
            put(path / part / "labels", {f"{name}.txt": f"{number} 0.5 0.5 0.6 0.4\n".encode()})
    lines = [f"{part.replace('valid', 'val')}: {part}/images" for part in parts]
    (path / "data.yaml").write_text("\n".join([*lines, "names: [cat, dog]"]))
    return path


@pytest.mark.parametrize("as_folder", [True, False])
def test_all_parts_of_yolo_are_read(tmp_path: Path, as_folder: bool) -> None:
    folder = yolo_of(tmp_path, ("train", "valid"))
    samples = read(folder if as_folder else folder / "data.yaml")
    assert samples.parts == {
        "train/images/train0.png": "train",
        "train/images/train1.png": "train",
        "valid/images/valid0.png": "validation",
        "valid/images/valid1.png": "validation",
    }
    assert samples.samples[0].box == pytest.approx((12, 18, 48, 42))


def test_an_export_with_an_annotation_file_a_part_is_read_whole(tmp_path: Path) -> None:
    for part in ("train", "valid", "test"):
        objects_in(tmp_path / part).rename(tmp_path / part / "_annotations.coco.json")
        for image in (tmp_path / part / "images").iterdir():
            image.rename(tmp_path / part / image.name)
    samples = read(tmp_path)
    assert len(samples.samples) == 9
    assert samples.parts["valid/0.png#2"] == "validation"


def test_several_sources_have_names_of_their_own(tmp_path: Path) -> None:
    one, two = draw_classes(tmp_path / "one", each=2), draw_classes(tmp_path / "two", each=2, first=7)
    samples = read([str(one), str(two)])
    assert len({sample.id for sample in samples.samples}) == 12
    assert samples.samples[0].id == f"{one}/bar/000.png"


def test_other_forms(tmp_path: Path) -> None:
    for make in (manifest, tarred, imagefolder):
        place = tmp_path / make.__name__
        place.mkdir()
        if make is imagefolder:
            with pytest.raises(TrainingError, match=r"no object marked in .* can be cut out"):
                read(make(place))
        else:
            assert read(make(place)).classes == ("cat", "dog")


def test_what_cannot_be_learnt_from_is_refused_in_a_sentence(tmp_path: Path) -> None:
    data = draw_classes(tmp_path / "one", ("cat",), 3)
    with pytest.raises(TrainingError, match=r"none of the 3 images .* all lie in one folder, 'cat'"):
        read(data)
    (data / "dog").mkdir()
    (data / "dog" / "broken.png").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(TrainingError, match=r"one class, 'cat'; no image of 'dog' can be read\. .* two classes"):
        read(data)
    draw_classes(tmp_path / "nested" / "animals", ("cat", "dog"), 1)
    draw_classes(tmp_path / "nested" / "things", ("cup", "pen"), 1)
    with pytest.raises(TrainingError, match=r"none of the 4 images .* If 'cat', 'cup', 'dog', 'pen' are, put"):
        read(tmp_path / "nested")
    loose = draw_classes(tmp_path / "loose", ("cat", "dog"), 2)
    shutil.copy(loose / "cat" / "000.png", loose / "cover.png")
    with pytest.raises(TrainingError, match=r"some images lie beside them\. If 'cat', 'dog' are, put \?labels=parent"):
        read(loose)
    assert read(f"{loose}?labels=parent").unlabelled == 1
    broken = tmp_path / "broken"
    for label in ("cat", "dog"):
        (broken / label).mkdir(parents=True)
        (broken / label / "1.jpg").write_bytes(b"no image")
    with pytest.raises(NoImages, match="none of the 2 files"):
        read(broken)
    (tmp_path / "void").mkdir()
    with pytest.raises(TrainingError, match="there are no images in"):
        read(tmp_path / "void")


def test_a_zip_that_unpacks_beyond_reason_or_leads_outside_is_refused(tmp_path: Path) -> None:
    for name, member in (("bomb.zip", "cat/1.png"), ("outside.zip", "../../cat/1.png")):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(member, bytes(40 << 20) if name == "bomb.zip" else b"1")
        with pytest.raises(UnsafeArchive):
            read(tmp_path / name)
    assert not (tmp_path.parent / "cat").exists()


def test_ten_thousand_classes(tmp_path: Path) -> None:
    png(drawn(0, 0, 16), tmp_path / "1.png")
    data = (tmp_path / "1.png").read_bytes()
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as file:
        for number in range(10_000):
            file.writestr(f"{number}/1.png", data)
    samples = read(tmp_path / "many.zip")
    assert samples.classes == tuple(map(str, range(10_000)))


@pytest.mark.parametrize(
    ("header", "cells", "told", "remedy"),
    [
        ("path,lable", "x", "its columns are path, lable", "'lable' is near: call it label."),
        ("path,site,Catagory", "n,x", "its columns are path, site, Catagory", "'Catagory' is near: call it label."),
        ("path,species", "x", "its columns are path, species", "Call the one with the classes label."),
        ("path,label", "", "its column 'label' is empty", "Write the class of each image there."),
    ],
)
def test_a_table_without_labels_is_told_its_columns_and_the_nearest_name(
    tmp_path: Path, header: str, cells: str, told: str, remedy: str
) -> None:
    draw_classes(tmp_path, ("a",), 2)
    (tmp_path / "list.csv").write_text("\n".join([header, f"a/000.png,{cells}", f"a/001.png,{cells}"]))
    with pytest.raises(TrainingError) as refused:
        read(tmp_path / "list.csv")
    assert told in refused.value.problem
    assert refused.value.remedy == remedy


def test_lines_of_json_without_labels_are_told_their_keys(tmp_path: Path) -> None:
    draw_classes(tmp_path, ("a",), 2)
    (tmp_path / "list.jsonl").write_text('{"path": "a/000.png", "labels": "x"}\n{"path": "a/001.png", "labels": "x"}')
    with pytest.raises(TrainingError, match=r"its columns are path, labels\. 'labels' is near: call it label"):
        read(tmp_path / "list.jsonl")


def test_the_lists_of_voc_are_the_parts(tmp_path: Path, rng: np.random.Generator) -> None:
    marks = (
        "<annotation><object><name>{}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>30</xmax><ymax>30</ymax></bndbox>"
        "</object></annotation>"
    )
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "ImageSets" / "Main").mkdir(parents=True)
    lists = {"train": ["a", "b", "c", "d"], "val": ["e", "f"], "test": ["g"]}
    for number, name in enumerate("abcdefgh"):
        png(rng.integers(0, 255, (40, 40, 3), np.uint8), tmp_path / "JPEGImages" / f"{name}.png")
        (tmp_path / "Annotations" / f"{name}.xml").write_text(marks.format("cat" if number % 2 else "dog"))
    for part, names in lists.items():
        (tmp_path / "ImageSets" / "Main" / f"{part}.txt").write_text("\n".join(names))
    (tmp_path / "ImageSets" / "Main" / "cat_val.txt").write_text("e 1\nf -1\n")
    samples = read(tmp_path)
    called = {"train": "train", "val": "validation", "test": "test"}
    wanted = {f"{part}/JPEGImages/{name}.png": called[part] for part, names in lists.items() for name in names}
    assert {sample.ref.id: samples.parts[sample.id] for sample in samples.samples} == wanted
    said = f"1 image is in none of the lists train.txt, val.txt, test.txt of {tmp_path}, and not used."
    assert said in samples.notes
    # Asked for by itself, a part is all there is; without the lists all images are.
    assert not read(f"{tmp_path}?split=train").parts
    shutil.rmtree(tmp_path / "ImageSets")
    assert len(read(tmp_path).samples) == 8
    assert not read(tmp_path).parts
