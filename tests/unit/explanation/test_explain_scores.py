"""Maps of anything that gives scores: where they lie, how many questions they take, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import ExplanationError, ShapeMismatch, UnknownPlugin
from lookoutcv.explanation import explain_scores
from lookoutcv.explanation.asked_scores import BATCH


class Corner:
    """The brightness of the upper left quarter."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        assert images.dtype == np.uint8
        height, width = images.shape[1] // 2, images.shape[2] // 2
        bright = images[:, :height, :width].mean((1, 2, 3)) / 255
        return np.stack([1 - bright, bright], 1)


@pytest.fixture
def image(rng: np.random.Generator) -> np.ndarray:
    picture = rng.integers(0, 60, (40, 64, 3)).astype(np.uint8)
    picture[5:15, 8:24] = 250
    return picture


METHODS = ["occlusion", "rise"]


@pytest.mark.parametrize("method", METHODS)
def test_what_the_score_follows_from_is_found(image: np.ndarray, method: str) -> None:
    found = explain_scores(Corner(), image, 1, method=method)
    y, x = np.unravel_index(found.values.argmax(), found.values.shape)
    assert 5 / 40 <= (y + 0.5) / found.values.shape[0] <= 15 / 40
    assert 8 / 64 <= (x + 0.5) / found.values.shape[1] <= 24 / 64
    assert (found.method, found.layer, found.usable) == (method, "", True)
    np.testing.assert_allclose(found.score, Corner()(image[None])[0, 1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("samples", [1, 5, 50, 100])
@pytest.mark.parametrize("shape", [(40, 64), (9, 200), (1, 1), (200, 3)])
def test_no_more_is_asked_than_allowed(method: str, samples: int, shape: tuple[int, int]) -> None:
    asked: list[int] = []
    told: list[tuple[int, int]] = []
    image = np.arange(shape[0] * shape[1] * 3, dtype=np.int64).reshape(*shape, 3).astype(np.uint8)

    def scores(images: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        return images.mean((1, 2, 3))[:, None]

    explain_scores(
        scores, image, 0, method=method, samples=samples, progress=lambda done, total: told.append((done, total))
    )
    assert sum(asked) <= samples + 1
    assert max(asked) <= BATCH
    assert told[-1] == (samples, samples)
    assert all(done <= total == samples for done, total in told)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_map(image: np.ndarray, method: str) -> None:
    first, again, other = (
        explain_scores(Corner(), image, 1, method=method, samples=60, seed=seed) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.values, again.values)
    assert method == "occlusion" or (first.values != other.values).any()


@pytest.mark.parametrize("method", METHODS)
def test_a_score_that_never_changes_is_said(image: np.ndarray, method: str) -> None:
    found = explain_scores(lambda images: np.full((len(images), 2), 0.25), image, 1, method=method, samples=40)
    assert not found.usable
    assert "zero at every place" in found.notes[0]


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"method": "occlusions"}, UnknownPlugin, "'occlusion'"),
        ({"method": "grad_cam"}, ExplanationError, "this model gives only scores. Use occlusion or rise"),
        ({"samples": 0}, ExplanationError, "0 samples explain nothing"),
        ({"class_index": 2}, ExplanationError, "no class 2 among 2"),
        ({"class_index": -1}, ExplanationError, "no class -1 among 2"),
        ({"image": np.zeros((4, 4, 3))}, ShapeMismatch, "float64"),
        ({"image": np.zeros((4, 4), np.uint8)}, ShapeMismatch, r"this is \(4, 4\)"),
        ({"image": np.zeros((0, 4, 3), np.uint8)}, ShapeMismatch, r"this is \(0, 4, 3\)"),
        ({"scores": lambda images: np.zeros(len(images))}, ExplanationError, r"gave \(1,\) for 1 images"),
    ],
)
def test_what_cannot_be_done_is_said(image: np.ndarray, wrong: dict[str, Any], error: Any, words: str) -> None:
    asked = {"scores": Corner(), "image": image, "class_index": 1, **wrong}
    with pytest.raises(error, match=words):
        explain_scores(**asked)
