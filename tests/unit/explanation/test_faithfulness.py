"""Deletion and insertion against random maps, on a function whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lookoutcv.errors import ExplanationError
from lookoutcv.explanation.asked_scores import BATCH
from lookoutcv.explanation.attribution import Attribution, attribution_of
from lookoutcv.explanation.faithfulness import measure_faithfulness, random_map


def window(images: np.ndarray) -> np.ndarray:
    """How bright a window of the image is, whose other pixels do not count."""
    bright = images[:, 8:16, 8:16].mean((1, 2, 3)) / 255
    return np.stack([1 - bright, bright], 1)


IMAGE = np.zeros((32, 32, 3), np.uint8)
IMAGE[8:16, 8:16] = 255


def marked(place: slice) -> Attribution:
    raw = np.zeros((8, 8))
    raw[place, place] = 1
    return attribution_of(raw, method="grad_cam", class_index=1, score=1.0, notes=("Told.",))


def test_the_right_places_beat_random_ones_and_their_curves_are_known() -> None:
    found = measure_faithfulness(window, IMAGE, marked(slice(2, 4))).faithfulness
    assert found is not None
    assert found.better_than_random
    mean = IMAGE.mean() / 255
    assert found.deletion[0] == found.insertion[-1] == 1
    assert found.deletion[-1] == pytest.approx(mean, abs=0.003)
    assert found.deletion_area < min(found.random_deletion_areas)
    assert found.insertion_area > max(found.random_insertion_areas)
    # A sixteenth of the image is the window: one step of eight removes all of it and as much besides.
    short = measure_faithfulness(window, IMAGE, marked(slice(2, 4)), steps=8).faithfulness
    assert short.deletion[1] == pytest.approx(mean, abs=0.003)
    assert short.insertion[1] == pytest.approx(1)
    assert (len(short.deletion), len(short.insertion)) == (9, 9)


def test_wrong_places_are_said() -> None:
    elsewhere = attribution_of(1 - marked(slice(2, 4)).values, method="grad_cam", class_index=1, score=1.0)
    found = measure_faithfulness(window, IMAGE, elsewhere)
    assert found.faithfulness.better_by < 0
    assert not found.faithfulness.better_than_random
    assert found.faithfulness.beaten_by == 8
    assert found.notes[-1].startswith(
        "8 of 8 random maps mark what the score follows from as well as this one, or better"
    )
    right = measure_faithfulness(window, IMAGE, marked(slice(2, 4)))
    assert (right.faithfulness.beaten_by, right.notes) == (0, ("Told.",))


def test_another_class_may_be_followed() -> None:
    chosen = replace(marked(slice(2, 4)), class_index=None)
    assert measure_faithfulness(window, IMAGE, chosen, class_index=1).faithfulness.better_than_random
    assert not measure_faithfulness(window, IMAGE, chosen, class_index=0).faithfulness.better_than_random


def test_as_many_inferences_as_it_says() -> None:
    asked: list[int] = []
    told: list[tuple[int, int | None]] = []

    def counted(images: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        return window(images)

    measure_faithfulness(
        counted, IMAGE, marked(slice(2, 4)), steps=20, random_maps=3, progress=lambda *done: told.append(done)
    )
    assert sum(asked) == 1 + 2 * 21 * 4
    assert max(asked) <= BATCH
    assert told[-1] == (168, 168)


def test_the_same_seed_gives_the_same_figures() -> None:
    first, again, other = (measure_faithfulness(window, IMAGE, marked(slice(2, 4)), seed=seed) for seed in (1, 1, 2))
    assert first.faithfulness == again.faithfulness != other.faithfulness


def test_a_random_map_has_the_same_values_and_is_as_smooth(rng: np.random.Generator) -> None:
    y, x = np.mgrid[:14, :14]
    smooth = np.exp(-((y - 4) ** 2 + (x - 9) ** 2) / 12)

    def roughness(values: np.ndarray) -> float:
        return float(np.mean(np.diff(values, axis=0) ** 2) + np.mean(np.diff(values, axis=1) ** 2))

    drawn = [random_map(smooth, rng) for _ in range(20)]
    shuffled = rng.permutation(smooth.ravel()).reshape(smooth.shape)
    for one in drawn:
        np.testing.assert_array_equal(np.sort(one, None), np.sort(smooth, None))
    assert np.median([roughness(one) for one in drawn]) < 2.5 * roughness(smooth) < roughness(shuffled) / 3
    assert abs(np.mean([np.corrcoef(one.ravel(), smooth.ravel())[0, 1] for one in drawn])) < 0.25


def test_a_map_that_is_itself_random_is_seldom_called_better(rng: np.random.Generator) -> None:
    image = rng.integers(0, 256, (16, 16, 3)).astype(np.uint8)
    weights = rng.standard_normal((16, 16, 1))

    def mixed(images: np.ndarray) -> np.ndarray:
        return (images * weights).mean((1, 2, 3))[:, None]

    y, x = np.mgrid[:8, :8]
    smooth = np.exp(-((y - 3) ** 2 + (x - 3) ** 2) / 6)
    called = 0
    for seed in range(60):
        drawn = random_map(smooth, np.random.default_rng((7, seed)))
        raw = attribution_of(drawn, method="grad_cam", class_index=0, score=1.0)
        found = measure_faithfulness(mixed, image, raw, steps=8, random_maps=6, seed=seed).faithfulness
        called += found.better_than_random
    # One in forty is meant, so 1.5 of 60; more than 6 of them come once in a thousand.
    assert called <= 6


@pytest.mark.parametrize(
    ("attribution", "changes", "words"),
    [
        (attribution_of(np.zeros((3, 3)), method="grad_cam", class_index=1, score=0.5), {}, "shows nothing"),
        (replace(marked(slice(2, 4)), class_index=None), {}, "no class is known to follow"),
        (marked(slice(2, 4)), {"random_maps": 1}, "16 steps and 1 random maps"),
        (marked(slice(2, 4)), {"steps": 0}, "0 steps"),
        (marked(slice(2, 4)), {"class_index": 7}, "no class 7 among 2"),
    ],
)
def test_what_cannot_be_measured_is_said(attribution: Attribution, changes: dict[str, int], words: str) -> None:
    with pytest.raises(ExplanationError, match=words):
        measure_faithfulness(window, IMAGE, attribution, **changes)
