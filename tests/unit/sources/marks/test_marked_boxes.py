"""Marked objects: each once, counted, laid on the picture that they were marked in, and told to the user."""

import json

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.predictions import Detections, TrueObjects
from lookoutcv.sources.marks.marked_boxes import DOUBLE, MarkedCount, marked_objects
from marked_pictures import MarkedRef

BOX = [10, 5, 30, 25]
LYING = 6


def test_each_object_is_there_once():
    found = marked_objects([BOX, BOX, BOX, [0, 0, 1, 1]], ["a", "b", "a", "a"], uncounted=[True, False, False, False])
    assert (found.labels, found.crowd) == (("a", "b", "a"), (True, False, False))
    assert (found.boxes.tolist(), found.left_out) == ([BOX, BOX, [0, 0, 1, 1]], {DOUBLE: 1})


def test_what_was_read_and_left_out_is_counted():
    count = MarkedCount()
    for name, boxes in (("1", [BOX, BOX]), ("2", []), ("3", [BOX])):
        count.counted(MarkedRef(name, None, marked_objects(boxes, ["a"] * len(boxes))))
    count.counted(MarkedRef("4", None))
    assert count.read == ("Marked objects: 2 boxes in 3 images, in 1 of them nothing is marked.",)
    assert count.notes == (f"Left out of the marked objects: 1 {DOUBLE}, the first in 1.",)
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
    assert found.notes[-1].startswith(f"Left out of the marked objects: 4 {DOUBLE}")


@pytest.mark.parametrize("twice", [False, True])
def test_records_have_the_turned_boxes_and_the_notes(voc, tmp_path, twice):
    options = {"cache": tmp_path / "cache"} if twice else {}
    for _ in range(1 + twice):
        records = lo.measure(voc, metrics=["noise"], workers=1, **options)
    (true,) = {json.dumps(row[0], default=str) for row in records.table.column("true_objects").to_pylist()}
    assert [json.loads(true)[side] for side in ("x1", "y1", "x2", "y2")] == TURNED
    assert (records.count, records.skipped_count) == (2, 2)
    assert records.notes == (
        "Marked objects: 4 boxes in 4 images.",
        f"Left out of the marked objects: 4 {DOUBLE}, the first in JPEGImages/0.jpg.",
    )


def test_measure_and_baseline_say_how_many_were_read(voc, tmp_path, capsys):
    main(["measure", str(voc), "--metrics", "noise"])
    main(["baseline", str(voc), "--metrics", "noise", "-o", str(tmp_path / "b.parquet")])
    said = capsys.readouterr().out
    assert said.count("Marked objects: 4 boxes in 4 images.") == 2
    assert lo.Baseline.load(tmp_path / "b.parquet").notes[0] == "Marked objects: 4 boxes in 4 images."


def test_turned_objects_stay_objects():
    assert TrueObjects.of([], [], size=(64, 48)).in_pixels(48, 64, LYING).labels == ()
