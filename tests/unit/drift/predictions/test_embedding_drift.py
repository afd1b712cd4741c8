import numpy as np
import pytest

from lookoutcv.drift.predictions.embedding_drift import MOST_COORDINATES, embedding_drift
from lookoutcv.errors import ShapeMismatch


def rows(seed: int, count: int, numbers: int = 40) -> np.ndarray:
    mixing = np.random.default_rng(0).normal(size=(8, numbers))
    rng = np.random.default_rng(seed)
    return np.maximum(rng.normal(size=(count, 8)) @ mixing + rng.normal(size=(count, numbers)), 0).astype(np.float32)


def test_a_shift_of_all_is_found_with_its_size() -> None:
    slight, strong = (embedding_drift(rows(1, 400), rows(2, 150) + by) for by in (0.3, 1.5))
    assert slight.p_value < 1e-4
    assert strong.effect > slight.effect > 0.1
    assert strong.effect > 0.8


def test_a_wider_spread_is_found() -> None:
    rng = np.random.default_rng(3)
    found = embedding_drift(rng.normal(size=(400, 20)), 1.5 * rng.normal(size=(100, 20)))
    assert found.spread < 1e-6
    assert found.location > 1e-3
    assert found.p_value < 1e-5


def test_unchanged_rows_have_hardly_an_effect() -> None:
    assert embedding_drift(rows(4, 1000), rows(5, 1000)).effect < 0.1


def test_long_embeddings_are_tested_on_some_of_their_numbers() -> None:
    rng = np.random.default_rng(6)
    baseline, window = rng.normal(size=(150, 2 * MOST_COORDINATES)), rng.normal(size=(60, 2 * MOST_COORDINATES))
    again = embedding_drift(baseline, window)
    assert again == embedding_drift(baseline, window)
    assert embedding_drift(baseline, window + 0.3).p_value < 1e-6


def test_rows_with_nan_are_left_out_and_constants_too() -> None:
    baseline, window = rows(7, 100), rows(8, 50)
    flat = np.ones((1, 1), np.float32)
    broken = np.vstack([np.hstack([window, flat.repeat(50, axis=0)]), np.full((5, 41), np.nan, np.float32)])
    assert embedding_drift(np.hstack([baseline, flat.repeat(100, axis=0)]), broken) == embedding_drift(baseline, window)


@pytest.mark.parametrize(("m", "n", "numbers"), [(0, 0, 3), (50, 3, 3), (3, 50, 3), (50, 50, 0)])
def test_too_little_says_nothing(m: int, n: int, numbers: int) -> None:
    rng = np.random.default_rng(9)
    found = embedding_drift(rng.normal(size=(m, numbers)), rng.normal(size=(n, numbers)))
    assert (found.p_value, found.effect) == (1.0, 0.0)
    assert embedding_drift(np.ones((50, 4)), np.ones((50, 4))).p_value == 1


def test_embeddings_of_two_models_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="from the same model"):
        embedding_drift(np.zeros((5, 3)), np.zeros((5, 4)))
