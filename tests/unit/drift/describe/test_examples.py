import numpy as np
import pytest

from lookoutcv.drift.describe.examples import Examples, ShiftContext, examples
from lookoutcv.drift.describe.metric_terms import metric_terms
from lookoutcv.drift.describe.shifted import normal_scores
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool

BASELINE = np.random.default_rng(41).normal(size=(500, 2))
IDS, BASELINE_IDS = [f"w{i}" for i in range(60)], [f"b{i}" for i in range(500)]


def choose(window: np.ndarray, moved: list[int], *, shifted: bool = True) -> Examples:
    columns = pool(BASELINE, window)
    words = [metric_terms("my.a", None), metric_terms("my.b", None)]
    scores = normal_scores(columns)
    evidence = ShiftContext(columns, [effects(c) for c in columns], words, scores, np.eye(2, dtype=bool), moved)
    return examples(evidence, IDS[: len(window)], BASELINE_IDS, 5, shifted=shifted)


def test_the_shifted_images_come_first_with_the_reason(rng: np.random.Generator) -> None:
    window = rng.normal(size=(60, 2))
    window[:5, 0] -= 9
    # Scores are of ranks: all values below the baseline's lowest are equally far away.
    window[5:40, 0] = np.maximum(window[5:40, 0] - 1, BASELINE[:, 0].min() + 0.1)
    found = choose(window, [0])
    assert {e.id for e in found.most_shifted} == {f"w{i}" for i in range(5)}
    assert all(e.reasons == ["lower in my a"] for e in found.most_shifted)


def test_typical_images_lie_in_the_middle_of_their_own_side(rng: np.random.Generator) -> None:
    window = rng.normal(4.0, 0.1, (60, 2))
    window[:7] = 0.0
    found = choose(window, [0, 1])
    assert not {e.id for e in found.typical} & {f"w{i}" for i in range(7)}
    chosen = [int(e.id[1:]) for e in found.baseline_typical]
    assert np.square(BASELINE[chosen]).mean(axis=1).max() < np.median(np.square(BASELINE).mean(axis=1)) + 0.05


def test_without_a_shift_none_is_shown(rng: np.random.Generator) -> None:
    found = choose(rng.normal(size=(60, 2)), [], shifted=False)
    assert found.most_shifted == []
    assert len(found.typical) == 5


def test_a_narrower_window_has_images_but_no_reasons(rng: np.random.Generator) -> None:
    found = choose(0.05 * rng.normal(size=(60, 2)), [0, 1])
    assert len(found.most_shifted) == 5
    assert all(e.reasons == [] for e in found.most_shifted)


def test_an_empty_window_has_no_examples() -> None:
    found = choose(np.empty((0, 2)), [])
    assert found.most_shifted == found.typical == []
    assert found.baseline_typical[0].score == pytest.approx(0)
