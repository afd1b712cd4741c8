"""How good a detector is on images whose objects are marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import ConfigError, NoImages
from lookoutcv.predictions import Detections, TrueObjects
from lookoutcv.scores import score_detections
from marked_pictures import CARD, SIDE, Marked, MarkedRef, finder, marked

GREY = np.full((SIDE, SIDE, 3), 100, np.uint8)


def ref(id: str, objects: TrueObjects | None) -> MarkedRef:
    return MarkedRef(id, GREY, objects)


def always(*boxes: tuple[list[float], str, float]) -> Any:
    corners, labels, sure = zip(*boxes, strict=True) if boxes else ((), (), ())
    return lambda pixels: Detections.of(list(corners), list(labels), list(sure))


def test_the_figures_are_those_of_all_images() -> None:
    source = marked(50, light=0.62, unmarked=3)
    found = lo.evaluate(finder, source, card=CARD)
    assert isinstance(found, lo.DetectionEvaluation)
    known = [r for r in source.refs if r.objects is not None]
    expected = score_detections([r.objects.in_pixels(SIDE, SIDE) for r in known], [finder(r.picture) for r in known])
    assert (found.map, found.map50, found.classes) == (expected.map, expected.map50, list(expected.classes))
    assert 0.1 < found.map < 0.95, "dark pictures hide some objects"
    assert (found.images, found.unlabelled) == (47, 3)
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert lo.DetectionEvaluation.from_dict(told) == found
    assert (told["map"], told["worst"][0]["id"]) == (found.map, found.worst[0].id)


def test_relative_boxes_mean_the_same() -> None:
    pixels, shares = (lo.evaluate(finder, marked(20, relative=r), card=CARD) for r in (False, True))
    assert pixels.map == shares.map > 0.8


def test_a_detector_that_finds_nothing_of_what_is_marked_says_so() -> None:
    refs = Marked([ref(name, TrueObjects.of([[0, 0, 9, 9], [20, 20, 29, 29]], ["tomato"] * 2)) for name in "abc"])
    found = lo.evaluate(always(), refs, card=CARD)
    assert "It finds nothing at all in 3 images with 6 marked objects" in found.notes[-1]
    assert "`lookout card MODEL --try IMAGES` searches for what fits" in found.notes[-1]
    beside = lo.evaluate(always(([40, 40, 45, 45], "tomato", 0.9)), refs, card=CARD)
    assert beside.notes[-1].startswith("Of 3 objects that it finds in 3 images with 6 marked objects, none lies on one")
    one = lo.evaluate(always(([0, 0, 9, 9], "tomato", 0.9)), refs, card=CARD)
    assert not any("finds" in note for note in one.notes)


def test_names_are_matched_and_others_left_out() -> None:
    objects = TrueObjects.of([[0, 0, 9, 9], [20, 20, 30, 30], [40, 40, 60, 60]], ["TOMATO", "fox", "fox"])
    model = always(([0, 0, 9, 9], "tomato", 0.9), ([0, 30, 9, 39], "plum", 0.4))
    found = lo.evaluate(model, Marked([ref("a", objects), ref("b", TrueObjects.none())]), card=CARD)
    assert (found.map, found.objects, found.images) == (1, 1, 2)
    assert found.unknown_labels == {"fox": 2}
    assert found.never_true == {"plum": 2}
    assert [one.label for one in found.classes] == ["tomato"]


def test_the_worst_images_come_first() -> None:
    one, two = [0, 0, 9, 9], [20, 20, 30, 30]
    model = always((one, "tomato", 0.75))
    refs = [
        ref("right", TrueObjects.of([one], ["tomato"])),
        ref("missed", TrueObjects.of([one, two], ["tomato", "plum"])),
        ref("false", TrueObjects.none()),
    ]
    found = lo.evaluate(model, Marked(refs), card=CARD)
    assert [(w.id, w.objects, w.missed, w.false, w.doubt) for w in found.worst] == [
        ("missed", 2, 1, 0, 1.25),
        ("false", 0, 0, 1, 0.75),
        ("right", 1, 0, 0, 0.25),
    ]
    many = lo.evaluate(model, Marked([ref(str(i), TrueObjects.of([two], ["plum"])) for i in range(50)]), card=CARD)
    assert [w.id for w in many.worst] == [str(i) for i in range(20)]


def test_crowds_and_boxes_without_area() -> None:
    objects = TrueObjects.of(
        [[0, 0, 9, 9], [20, 20, 60, 60], [70, 70, 90, 90]], ["tomato"] * 3, crowd=[False, True, False]
    )
    model = always(([0, 0, 9, 9], "tomato", 0.5), ([30, 30, 40, 40], "tomato", 0.9))
    found = lo.evaluate(model, Marked([ref("a", objects)]), card=CARD)
    assert (found.map, found.objects) == (1, 1), "the third lies outside the picture"


def test_confidences_that_are_no_numbers_are_counted() -> None:
    found = lo.evaluate(
        always(([0, 0, 9, 9], "tomato", np.nan)),
        Marked([ref("a", TrueObjects.of([[0, 0, 9, 9]], ["tomato"]))]),
        card=CARD,
    )
    assert (found.undefined, found.map50) == (1, 1)


@pytest.mark.parametrize(
    ("refs", "why"),
    [
        ([ref("a", None)], "no object is marked in marked"),
        ([ref("a", TrueObjects.none())], "no object is marked in marked"),
        ([ref("a", TrueObjects.of([[0, 0, 1, 1]], ["fox"]))], "'fox'; the model has 'tomato', 'plum'"),
    ],
)
def test_nothing_to_rest_on_is_an_error(refs: list[MarkedRef], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        lo.evaluate(finder, Marked(refs), card=CARD)


def test_no_image_is_an_error() -> None:
    with pytest.raises(NoImages):
        lo.evaluate(finder, Marked([MarkedRef("a", b"nothing", TrueObjects.none())]), card=CARD)


def test_what_a_terminal_shows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sources with boxes are other files' business: here the images are handed over."""
    source = marked(30, light=0.62)
    real = lo.evaluate
    monkeypatch.setattr(lo, "evaluate", lambda model, _, **how: real(finder, source, card=CARD, top=how["top"]))
    out = tmp_path / "e.json"
    assert main(["evaluate", "finder.py:finder", "x", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "mean average precision (mAP) of 0." in said
    assert "from confidence" in said
    assert "worst images" in said
    assert isinstance(lo.load(out), lo.DetectionEvaluation)
    assert main(["show", str(out)]) == 0
    assert "worst images" in capsys.readouterr().out
    assert main(["evaluate", "finder.py:finder", "x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["map"] == real(finder, source, card=CARD).map
