"""A detector that finds nothing anywhere, or the same everywhere, is suspicious at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.measuring.predictions.constant_objects import ConstantObjects
from lookoutcv.predictions import Detections, TrueObjects
from lookoutcv.records.model_identity import ModelIdentity
from marked_pictures import CARD, SIDE, Marked, MarkedRef, finder, marked

MODEL = ModelIdentity("m", None, "detection", ("dog", "cat"))
NOTHING = Detections.none()
DOG = Detections.of([[0, 0, 5, 5]], ["dog"], [0.5])


def said(counted: ConstantObjects) -> list[str]:
    return list(counted.sentences())


def test_nothing_in_any_image() -> None:
    counted = ConstantObjects(MODEL)
    for _ in range(29):
        counted.add(NOTHING, (9, 9))
    assert said(counted) == [], "so few say nothing"
    counted.add(NOTHING, (9, 9))
    (found,) = said(counted)
    assert found.startswith("Suspicious: m finds nothing in any of 30 images.")
    assert "`lookout card MODEL --try IMAGES`" in found
    counted.add(DOG, (9, 9))
    assert said(counted) == [], "a watch over an empty yard finds something once"


def test_images_that_are_marked_as_empty_are_not_suspicious() -> None:
    counted = ConstantObjects(MODEL)
    for _ in range(40):
        counted.add(NOTHING, (9, 9), NOTHING)
    assert said(counted) == []
    counted.add(NOTHING, (9, 9), DOG)
    assert len(said(counted)) == 1


@pytest.mark.parametrize(("objects", "said_so"), [(9, False), (10, True)])
def test_a_few_images_tell_where_objects_are_marked(objects: int, said_so: bool) -> None:
    counted = ConstantObjects(MODEL)
    for number in range(5):
        boxes = [[i, 0, i + 5, 5] for i in range(objects - 4 if number == 0 else 1)]
        counted.add(NOTHING, (9, 9), Detections.of(boxes, ["dog"] * len(boxes), [1.0] * len(boxes)))
    wanted = "Suspicious: m finds nothing in any of 5 images, in which 10 objects are marked."
    assert [sentence.startswith(wanted) for sentence in said(counted)] == [True] * said_so


def test_a_baseline_of_a_few_marked_images_says_that_nothing_is_found() -> None:
    def silent(pixels: Any) -> Detections:
        return NOTHING

    few = lo.baseline(marked(12, seed=1), model=silent, card=CARD, metrics="exposure", workers=1)
    assert any(note.startswith("Suspicious: silent finds nothing in any of 12 images, in which") for note in few.notes)


def test_the_same_everywhere_at_any_size_of_images() -> None:
    counted = ConstantObjects(MODEL)
    for number in range(200):
        side = 10 * (1 + number % 3)
        counted.add(Detections.of([[0, 0, side / 2, side / 2]], ["dog"], [0.5]), (side, side))
    counted.add(NOTHING, (9, 9))
    (found,) = said(counted)
    assert found.startswith("Suspicious: m finds the same at the same place in 200 of 201 images: 'dog' 0.50.")


@pytest.mark.parametrize("other", ["place", "class", "confidence"])
def test_what_differs_is_not_the_same(other: str) -> None:
    counted = ConstantObjects(MODEL)
    for number in range(100):
        left = number / 2 if other == "place" else 0
        label = "cat" if other == "class" and number % 2 else "dog"
        sure = 0.3 + number / 200 if other == "confidence" else 0.5
        counted.add(Detections.of([[left, 0, left + 10, 10]], [label], [sure]), (100, 100))
    assert said(counted) == []


def test_copies_of_one_image_get_the_same() -> None:
    counted = ConstantObjects(MODEL)
    for number in range(100):
        counted.add(DOG, (9, 9), content=number % 5)
    assert said(counted) == []


def test_baseline_monitor_and_evaluate_say_it(rng: Any) -> None:
    refs = [
        MarkedRef(
            f"{i}.png",
            rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8),
            TrueObjects.of([[i, 2, i + 9, 9]], ["tomato"]),
        )
        for i in range(40)
    ]

    def constant(pixels: Any) -> Detections:
        return Detections.of([[1, 1, 9, 9]], ["tomato"], [0.5])

    how: dict[str, Any] = {"model": constant, "card": CARD, "metrics": "exposure", "workers": 1}
    report = lo.monitor(Marked(refs), baseline=lo.baseline(Marked(refs), **how), **how)
    wanted = "constant finds the same at the same place in 40 of 40 images: 'tomato' 0.50."
    assert any(wanted in note for note in report.notes)
    assert any(wanted in note for note in lo.evaluate(constant, Marked(refs), card=CARD).notes)

    def silent(pixels: Any) -> Detections:
        return NOTHING

    base = lo.baseline(Marked(refs), **{**how, "model": silent})
    assert any(
        "silent finds nothing in any of 40 images, in which 40 objects are marked." in note for note in base.notes
    )
    good = lo.baseline(marked(60), **{**how, "model": finder})
    assert not any("Suspicious" in note for note in good.notes)
