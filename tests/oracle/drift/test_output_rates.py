"""False alarms of the tests of a model's answers, counted on answers that did not change."""

import numpy as np
import pytest
from scipy import stats

from lookoutcv.drift.predictions.classes import class_drift, frequency_test
from lookoutcv.drift.predictions.embedding_drift import embedding_drift
from lookoutcv.drift.predictions.score_drift import most_likely_classes, with_classes
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.two_sample import two_sample

WINDOWS = 400
# 1.3% is the promise; three standard errors of the count come on top.
MOST = 0.013 + 3 * np.sqrt(0.01 * 0.99 / WINDOWS)


def scores(rng: np.random.Generator, images: int, classes: int) -> np.ndarray:
    shares = np.arange(1, classes + 1) ** -0.7
    truth = rng.choice(classes, images, p=shares / shares.sum())
    logits = rng.normal(size=(images, classes))
    logits[np.arange(images), truth] += rng.gamma(3, 1.5, images)
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("classes", "m", "n"), [(2, 100, 30), (10, 300, 100), (1000, 200, 100)])
def test_answers(classes: int, m: int, n: int) -> None:
    rng = np.random.default_rng([31, classes])
    every = scores(rng, 4000, classes)
    alarms = 0
    for _ in range(WINDOWS):
        drawn = every[rng.permutation(4000)[: m + n]]
        sides = drawn[:m], drawn[m:]
        watched = most_likely_classes(sides[0].mean(axis=0))
        columns = pool(*[np.c_[side.max(axis=1), side[:, watched]] for side in sides])
        counts = [
            dict(zip(*np.unique(side.argmax(axis=1).astype(str), return_counts=True), strict=True)) for side in sides
        ]
        of_scores = two_sample(columns, minimum_values=10).p_value
        alarms += with_classes(of_scores, 0.0, class_drift(*counts))[0] <= 0.01
    assert alarms / WINDOWS <= MOST


@pytest.mark.parametrize(("numbers", "m", "n"), [(8, 30, 30), (100, 200, 60)])
def test_embeddings(numbers: int, m: int, n: int) -> None:
    rng = np.random.default_rng([32, numbers])
    every = np.maximum(
        rng.standard_t(3, (3000, 6)) @ rng.normal(size=(6, numbers)) + rng.normal(size=(3000, numbers)), 0
    )
    alarms = 0
    for _ in range(WINDOWS):
        drawn = every[rng.permutation(3000)[: m + n]]
        alarms += embedding_drift(drawn[:m], drawn[m:]).p_value <= 0.01
    assert alarms / WINDOWS <= MOST


@pytest.mark.parametrize("seed", range(5))
def test_frequencies_agree_with_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.poisson([[60] * 4, [40] * 4])
    p, classes = frequency_test(table[0], table[1])
    assert classes == 4
    assert p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
