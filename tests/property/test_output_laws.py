"""What must hold of scores and of the tests of answers, whatever the answers are."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.estimate import estimate_accuracy
from lookoutcv.drift.accuracy.fit_calibration import calibrate
from lookoutcv.drift.predictions.classes import class_drift
from lookoutcv.drift.predictions.embedding_drift import embedding_drift
from lookoutcv.scores import Confusion, brier, expected_calibration_error, log_loss, reliability, top_k_accuracy

seeds = st.integers(0, 2**32 - 1)
counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 300), max_size=8)
names = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), max_size=30)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores, some of them 0, 1, tied or NaN, and truth, some of it unknown."""
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(1, 6))
    scores = rng.dirichlet([0.3] * classes, int(rng.integers(2, 400)))
    scores[rng.random(len(scores)) < 0.1] = np.eye(classes)[0]
    scores[rng.random(len(scores)) < 0.1] = np.nan
    scores[0] = 1 / classes
    return scores.astype(rng.choice([np.float32, np.float64])), rng.integers(-1, classes, len(scores))


@given(seeds, seeds)
@settings(max_examples=60, deadline=None)
def test_an_estimate_lies_within_its_interval_and_in_0_to_1(one: int, other: int) -> None:
    known = calibrate(*drawn(one))
    assert Calibration.from_dict(json.loads(json.dumps(known.to_dict()))) == known
    scores, _ = drawn(other)
    wanted = len(known.priors or ())
    scores = np.full((150, wanted), 1 / wanted) if scores.shape[1] != wanted else scores
    for window in (scores, scores.max(axis=1)):
        found = estimate_accuracy(known, window)
        json.dumps(asdict(found), allow_nan=False)
        if found.estimate is not None:
            assert 0 <= found.low <= found.estimate + 1e-12
            assert found.estimate - 1e-12 <= found.high <= 1
            assert found.status == "unreliable" or found.impact is not None


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_the_order_of_images_does_not_matter(seed: int) -> None:
    scores, truth = drawn(seed)
    known = calibrate(scores, truth)
    order = np.random.default_rng(seed).permutation(len(truth))
    again = calibrate(scores[order], truth[order])
    assert again.accuracy == known.accuracy
    assert again.confidence.threshold == known.confidence.threshold
    one, other = estimate_accuracy(known, scores), estimate_accuracy(known, scores[order])
    assert one.estimate == pytest.approx(other.estimate, abs=1e-9)


@given(counts, counts)
def test_classes_compare_the_same_both_ways(one: dict[str, int], other: dict[str, int]) -> None:
    there, back = class_drift(one, other), class_drift(other, one)
    assert there.p_value == pytest.approx(back.p_value)
    assert there.distance == pytest.approx(back.distance)
    assert 0 <= there.distance <= 1 + 1e-12
    assert 0 < there.p_value <= 1 or there.distance > 0.1
    same = class_drift(one, one)
    assert same.distance == 0
    assert same.p_value > 0.4


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_embeddings_compare_the_same_in_other_units(seed: int) -> None:
    rng = np.random.default_rng(seed)
    baseline, window = (np.round(rng.normal(size=(int(rng.integers(4, 80)), 5)), 1) for _ in range(2))
    found, turned = embedding_drift(baseline, window), embedding_drift(-baseline, -window)
    assert turned.location == pytest.approx(found.location)
    assert embedding_drift(4 * baseline, 4 * window) == found
    assert 0 <= found.effect <= 1
    assert embedding_drift(baseline, baseline).effect <= 0.5


@given(names, names)
def test_counts_of_two_halves_add_up(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    labels = list("abcd")

    def counted(pairs: list[tuple[str, str]]) -> Confusion:
        return Confusion.of([t for t, _ in pairs], [a for _, a in pairs], labels)

    np.testing.assert_array_equal(counted(one).counts + counted(other).counts, counted(one + other).counts)
    for its in counted(one).classes:
        assert 0 <= its.f1 <= 1


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_scores_keep_to_their_ranges(seed: int) -> None:
    scores, truth = drawn(seed)
    assert 0 <= brier(scores, truth) <= 2 + 1e-6
    assert 0 <= log_loss(scores, truth) + 1e-6 <= 16
    confidence = scores.max(axis=1)
    bins = reliability(confidence, scores.argmax(axis=1) == truth)
    assert 0 <= expected_calibration_error(bins) <= 1
    assert sum(one.images for one in bins) == np.count_nonzero(~np.isnan(confidence))
    shares = [top_k_accuracy(scores, truth, k) for k in (1, 2, 5)]
    assert shares == sorted(shares)
