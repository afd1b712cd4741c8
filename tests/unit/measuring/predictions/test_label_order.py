"""Labels moved by one or in another order than in training are said; a poor model and few images are not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.measuring.predictions.label_order import order_suspicions
from lookoutcv.records.model_identity import ModelIdentity

NAMES = tuple("abcdefgh")
MODEL = ModelIdentity("m", None, "classification", NAMES)


def pairs(rng: Any, order: Any, images: int = 400, right: float = 0.8) -> Counter[tuple[str, str]]:
    """Of a model that is right so often, and whose class k is really `order[k]`."""
    outputs = rng.integers(0, len(NAMES), images)
    true = np.where(rng.random(images) < right, np.asarray(order)[outputs], rng.integers(0, len(NAMES), images))
    return Counter((NAMES[place], NAMES[output]) for place, output in zip(true, outputs, strict=True))


@pytest.mark.parametrize("offset", [-1, 1])
def test_labels_moved_by_one(rng: Any, offset: int) -> None:
    (found,) = order_suspicions(MODEL, pairs(rng, (np.arange(8) + offset) % 8))
    assert f"with its labels moved by {offset:+d} m would be right on " in found


def test_labels_in_another_order(rng: Any) -> None:
    order = rng.permutation(8)
    while (order == np.arange(8)).any():
        order = rng.permutation(8)
    order = [7, 4, 6, 1, 0, 3, 5, 2]
    (found,) = order_suspicions(MODEL, pairs(rng, order))
    assert "with its labels in another order m would be right on " in found
    for place in range(8):
        said = f"{NAMES[order[place]]!r} where it says {NAMES[place]!r}"
        assert said in found or f"where it says {NAMES[place]!r}" not in found, "no wrong pair is named"


def test_a_right_order_a_poor_model_and_few_images_are_not_suspicious(rng: Any) -> None:
    assert order_suspicions(MODEL, pairs(rng, range(8))) == ()
    for seed in range(50):
        guessing = pairs(np.random.default_rng(seed), range(8), images=60, right=0)
        assert order_suspicions(MODEL, guessing) == ()
    assert order_suspicions(MODEL, pairs(rng, (np.arange(8) + 1) % 8, images=20)) == ()
    imported = ModelIdentity("p.csv", None, "classification", NAMES, imported=True)
    assert order_suspicions(imported, pairs(rng, (np.arange(8) + 1) % 8)) == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place, name in enumerate(("ant", "bee", "cow")):
        (tmp_path / "d" / name).mkdir(parents=True)
        for number in range(20):
            grey = 20 + 100 * place + number
            Image.new("RGB", (16, 16), (grey, grey, grey)).save(tmp_path / "d" / name / f"{number}.png")
    return tmp_path / "d"


def by_brightness(pixels: Any) -> list[float]:
    return [float(int(pixels.mean() // 100) == place) for place in range(3)]


def test_baseline_and_evaluate_say_it(folder: Path) -> None:
    card = {"labels": ["cow", "ant", "bee"], "head": "softmax"}
    found = lo.evaluate(by_brightness, folder, card=card)
    assert isinstance(found, lo.Evaluation)
    assert found.accuracy == 0
    assert "with its labels moved by +1" in found.notes[-1]
    base = lo.baseline(folder, model=by_brightness, card=card, metrics="exposure", workers=1, perturb=False)
    assert any("with its labels moved by +1" in note for note in base.notes)
    right = lo.evaluate(by_brightness, folder, card={**card, "labels": ["ant", "bee", "cow"]})
    assert isinstance(right, lo.Evaluation)
    assert right.accuracy == 1
    assert not any("Suspicious" in note for note in right.notes)


def test_single_names_that_no_class_has_are_named_with_the_nearest(folder: Path) -> None:
    card = {"labels": ["ant", "bees", "cow"], "head": "softmax"}
    how: dict[str, Any] = {"model": by_brightness, "card": card, "metrics": "exposure", "workers": 1}
    base = lo.baseline(folder, **how, perturb=False)
    named = "1 of 3 labels is no class of by_brightness: 'bee' (near 'bees'); "
    wanted = f"{named}no prediction can be right on the 20 of 60 that have them."
    assert any(wanted in note for note in base.notes)
    assert any(wanted in note for note in lo.monitor(folder, baseline=base, **how).notes)
