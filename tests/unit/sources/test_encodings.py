"""Small texts as Windows and macOS save them: the boxes and images are those of plain UTF-8."""

import json
import unicodedata

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.sources import open_source

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
NFC, NFD = "bär.jpg", unicodedata.normalize("NFD", "bär.jpg")
XML = (
    "<annotation><object><name>dog</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>5</xmax><ymax>5</ymax>"
    "</bndbox></object></annotation>"
)


def put(folder, name, text, encoding="utf-8"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def read(target):
    return [(ref.id, ref.objects and ref.objects.labels, getattr(ref, "trouble", "")) for ref in open_source(target)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_yolo_set(encoding, tmp_path):
    put(tmp_path, "images/val/bär.jpg", "x")
    put(tmp_path, "labels/val/bär.txt", "0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.5 0.5\n", encoding)
    put(tmp_path, "val.txt", "images/val/bär.jpg\n", encoding)
    for part in ("val.txt", "images/val"):
        data = put(tmp_path, "data.yaml", f"val: {part}\nnames: [käfer, dog]\n", encoding)
        assert read(data) == [("images/val/bär.jpg", ("käfer", "dog"), "")]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_voc_list(encoding, tmp_path):
    put(tmp_path, "JPEGImages/bär.jpg", "x")
    put(tmp_path, "Annotations/bär.xml", XML)
    put(tmp_path, "ImageSets/Main/val.txt", "bär\n", encoding)
    assert read(f"{tmp_path}?split=val") == [("JPEGImages/bär.jpg", ("dog",), "")]


@pytest.mark.parametrize("encoding", ENCODINGS[:4])
def test_coco(encoding, tmp_path):
    put(tmp_path, NFC, "x")
    coco = {
        "images": [{"id": 1, "file_name": NFC}],
        "categories": [{"id": 1, "name": "käfer"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
    }
    assert read(put(tmp_path, "a.json", json.dumps(coco, ensure_ascii=False), encoding)) == [(NFC, ("käfer",), "")]


@pytest.mark.parametrize(("listed", "there"), [(NFC, NFD), (NFD, NFC), (NFC, NFC)])
def test_names_are_found_in_the_spelling_that_the_disk_has(listed, there, tmp_path):
    put(tmp_path, f"images/{there}", "x")
    table = put(tmp_path, "a.csv", f"path,label\nimages/{listed},dog\n")
    assert [(ref.id, ref.load()) for ref in open_source(table)] == [
        (f"images/{there}", str(tmp_path / "images" / there))
    ]
    put(tmp_path, f"labels/{listed[:-4]}.txt", "0 0.5 0.5 0.5 0.5\n")
    assert read(put(tmp_path, "data.yaml", "val: images\nnames: [dog]\n")) == [(f"images/{there}", ("dog",), "")]


def test_a_name_on_disk_that_is_not_utf8_is_found(tmp_path):
    name = b"b\xe4r.jpg".decode("utf-8", "surrogateescape")
    try:
        put(tmp_path, name, "x")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    (tmp_path / "a.csv").write_bytes(b"path\nb\xe4r.jpg\n")
    assert [(ref.id, ref.load()) for ref in open_source(tmp_path / "a.csv")] == [("b\\xe4r.jpg", str(tmp_path / name))]


def test_predictions_find_an_image_in_the_other_spelling(tmp_path, rng):
    (tmp_path / "p").mkdir()
    for name in (NFD, "b.jpg"):
        Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8)).save(tmp_path / "p" / name)
    file = put(tmp_path, "p.csv", f"sep=;\nid;label;confidence\n{NFC};dog;0.5\nb.jpg;käfer;0.25\n", "utf-16")
    table = lo.measure(tmp_path / "p", predictions=file, metrics="exposure", workers=1).table
    assert sorted(table["prediction"].to_pylist()) == ["dog", "käfer"]
