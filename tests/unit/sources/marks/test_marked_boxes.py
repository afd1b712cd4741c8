"""Marked objects: each once, counted, laid on the picture that they were marked in, and told to the user."""

import json

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.predictions import Detections, TrueObjects
from lookoutcv.sources.marks.marked_boxes import DOUBLE, MarkedCount, marked_objects

BOX = [10, 5, 30, 25]
LYING = 6


def test_each_object_is_there_once():
    found = marked_objects([BOX, BOX, BOX, [0, 0, 1, 1]], ["a", "b", "a", "a"], uncounted=[True, False, False, False])
    assert (found.labels, found.crowd) == (("a", "b", "a"), (True, False, False))
    assert (found.boxes.tolist(), found.left_out) == ([BOX, BOX, [0, 0, 1, 1]], {DOUBLE: 1})


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_read_and_left_out_is_counted(workers, tmp_path):
    """Of images that are read: what is marked in one that is broken is not among the objects."""
    names = ("twice", "empty", "one", "broken", "unseen")
    for name in names:
        picture(tmp_path / f"{name}.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    row = {"box": BOX, "label": "a"}
    marks = {"twice": [row, row], "empty": [], "one": [row], "broken": [row] * 2}
    lines = [{"path": f"{name}.jpg"} | ({"objects": marks[name]} if name in marks else {}) for name in names]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    found = lo.measure(tmp_path / "a.jsonl", metrics=["noise"], workers=workers, cache=False)
    assert (found.count, found.skipped_count) == (4, 1)
    assert found.notes == (
        "Marked objects: 2 boxes in 3 images, in 1 of them nothing is marked.",
        f"Left out of the marked objects: 1 {DOUBLE}, the first in twice.jpg.",
    )
    assert MarkedCount().read == ()


@pytest.fixture
def voc(tmp_path, rng):
    """Two lying pictures and two of another size than their annotations say."""
    root = tmp_path / "v"
    for name in ("JPEGImages", "Annotations"):
        (root / name).mkdir(parents=True)
    corners = "".join(f"<{side}>{at}</{side}>" for side, at in zip(("xmin", "ymin", "xmax", "ymax"), BOX, strict=True))
    marked = f"<object><name>a</name><bndbox>{corners}</bndbox></object>"
    for number, declared in enumerate((64, 64, 80, 80)):
        picture = Image.fromarray(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
        exif = Image.Exif()
        exif[0x0112] = LYING
        picture.save(root / "JPEGImages" / f"{number}.jpg", exif=exif)
        size = f"<size><width>{declared}</width><height>48</height></size>"
        (root / "Annotations" / f"{number}.xml").write_text(f"<annotation>{size}{marked * 2}</annotation>")
    return root


TURNED = [48 - 25, 9, 48 - 4, 30]


def test_boxes_of_the_stored_picture_are_laid_on_the_upright_one(voc):
    def right(pixels):
        return Detections.of([TURNED], ["a"], [0.9])

    found = lo.evaluate(right, voc, card={"task": "detection", "labels": ["a"]})
    assert (found.map, found.objects, found.images, found.skipped_count) == (1, 2, 2, 2)
    assert found.skipped[0].reason == "its boxes are of a picture of 80 x 48 px, and it is of 48 x 64"
    assert found.notes[-1].startswith(f"Left out of the marked objects: 2 {DOUBLE}")


@pytest.mark.parametrize("twice", [False, True])
def test_records_have_the_turned_boxes_and_the_notes(voc, tmp_path, twice):
    options = {"cache": tmp_path / "cache"} if twice else {}
    for _ in range(1 + twice):
        records = lo.measure(voc, metrics=["noise"], workers=1, **options)
    (true,) = {json.dumps(row[0], default=str) for row in records.table.column("true_objects").to_pylist()}
    assert [json.loads(true)[side] for side in ("x1", "y1", "x2", "y2")] == TURNED
    assert (records.count, records.skipped_count) == (2, 2)
    assert records.notes == (
        "Marked objects: 2 boxes in 2 images.",
        f"Left out of the marked objects: 2 {DOUBLE}, the first in JPEGImages/0.jpg.",
    )


def test_measure_and_baseline_say_how_many_were_read(voc, tmp_path, capsys):
    main(["measure", str(voc), "--metrics", "noise"])
    main(["baseline", str(voc), "--metrics", "noise", "-o", str(tmp_path / "b.parquet")])
    said = capsys.readouterr().out
    assert said.count("Marked objects: 2 boxes in 2 images.") == 2
    assert lo.Baseline.load(tmp_path / "b.parquet").notes[0] == "Marked objects: 2 boxes in 2 images."


def test_one_is_said_as_one(tmp_path, capsys):
    picture(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    (tmp_path / "a.csv").write_text("path,label,x1,y1,x2,y2\na.jpg,dog,1,2,30,4\nb.jpg,dog,1,2,30,4\n")
    assert main(["measure", str(tmp_path / "a.csv"), "--metrics", "noise"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 image in ")
    assert "Marked objects: 1 box in 1 image." in said
    assert "1 image was skipped:" in said


def test_turned_objects_stay_objects():
    assert TrueObjects.of([], [], size=(64, 48)).in_pixels(48, 64, LYING).labels == ()


def picture(path, width=40, height=20, orientation=None):
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height)).save(path, exif=exif)


def boxes_of(records):
    return {
        row["id"]: [[one[side] for side in ("x1", "y1", "x2", "y2")] for one in row["true_objects"] or ()]
        for row in records
    }


TABLE = "filename,width,height,class,xmin,ymin,xmax,ymax\n"


@pytest.mark.parametrize("workers", [1, 2])
def test_boxes_wholly_outside_their_image_are_counted_and_named(workers, tmp_path):
    """What reaches in is cut at the edge; what touches it from outside, and what is elsewhere, is no object."""
    for name in "ab":
        picture(tmp_path / f"{name}.jpg")
    rows = [
        "a.jpg,dog,30,10,50,30",
        "a.jpg,dog,40,10,50,15",
        "a.jpg,dog,-9,0,-1,5",
        "b.jpg,cat,0,25,9,30",
        "b.jpg,cat,5,5,5,5",
    ]
    (tmp_path / "a.csv").write_text("path,label,x1,y1,x2,y2\n" + "\n".join(rows))
    baseline = lo.baseline(tmp_path / "a.csv", metrics=["noise"], workers=workers, cache=False)
    assert (
        "Left out of the marked objects: 3 that lie wholly outside their image, the first in a.jpg." in baseline.notes
    )
    records = lo.measure(tmp_path / "a.csv", metrics=["noise"], cache=False).table.to_pylist()
    assert boxes_of(records) == {"a.jpg": [[30, 10, 40, 20]], "b.jpg": [[5, 5, 5, 5]]}


def test_a_size_in_a_table_is_compared_with_that_of_the_file(tmp_path, capsys):
    picture(tmp_path / "same.jpg")
    picture(tmp_path / "lying.jpg", orientation=LYING)
    picture(tmp_path / "other.jpg")
    rows = ["same.jpg,40,20,dog,1,2,3,4", "lying.jpg,40,20,dog,1,2,3,4", "other.jpg,80,40,dog,1,2,3,4"]
    (tmp_path / "a.csv").write_text(TABLE + "\n".join(rows))
    assert main(["measure", str(tmp_path / "a.csv"), "--metrics", "noise", "-o", str(tmp_path / "r.parquet")]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "its boxes are of a picture of 80 x 40 px, and it is of 40 x 20" in told
    # The boxes are those of the stored picture, which is turned to the right: x is counted from the bottom.
    import pandas as pd

    read = pd.read_parquet(tmp_path / "r.parquet")
    assert boxes_of(read.to_dict("records")) == {"same.jpg": [[1, 2, 3, 4]], "lying.jpg": [[16, 1, 18, 3]]}


def test_shares_of_the_stored_picture_are_turned_with_it(tmp_path):
    picture(tmp_path / "lying.jpg", orientation=LYING)
    (tmp_path / "a.csv").write_text(TABLE + "lying.jpg,40,20,dog,0.025,0.1,0.075,0.2\n")
    (row,) = lo.measure(tmp_path / "a.csv", metrics=["noise"], cache=False).table.to_pylist()
    assert boxes_of([row])["lying.jpg"][0] == pytest.approx([16, 1, 18, 3])


@pytest.mark.parametrize("form", ["table", "coco"])
def test_other_sizes_where_nothing_is_marked_are_counted(form, tmp_path):
    for name, orientation in (("same", None), ("lying", LYING), ("other", None), ("more", None)):
        picture(tmp_path / f"{name}.jpg", orientation=orientation)
    sizes = [("same.jpg", 40, 20), ("lying.jpg", 40, 20), ("other.jpg", 20, 40), ("more.jpg", 41, 20)]
    path = tmp_path / ("a.csv" if form == "table" else "a.json")
    if form == "table":
        path.write_text("path,label,Width,Height\n" + "".join(f"{name},cat,{w},{h}\n" for name, w, h in sizes))
    else:
        images = [{"id": i, "file_name": name, "width": w, "height": h} for i, (name, w, h) in enumerate(sizes)]
        path.write_text(json.dumps({"images": images, "categories": [{"id": 1, "name": "cat"}]}))
    notes = lo.baseline(path, metrics=["noise"], cache=False).notes
    assert "2 images have another size than their list declares, the first is other.jpg." in notes


def test_rows_of_one_image_that_declare_two_sizes_are_refused(tmp_path):
    picture(tmp_path / "a.jpg")
    (tmp_path / "a.csv").write_text(TABLE + "a.jpg,40,20,dog,1,2,3,4\na.jpg,41,20,dog,1,2,3,5\n")
    with pytest.raises(lo.errors.BadManifestLine, match="line 3: another size of its image than line 2 has"):
        lo.measure(tmp_path / "a.csv")
