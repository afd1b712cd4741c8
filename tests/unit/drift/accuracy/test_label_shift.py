import numpy as np
import pytest

from lookoutcv.drift.accuracy.calibration import ByClass
from lookoutcv.drift.accuracy.label_shift import corrected_priors, other_classes_explain, transported


def honest(rng: np.random.Generator, truth: np.ndarray, clarity: float) -> np.ndarray:
    """Posterior probabilities of three classes as frequent as each other, seen through normal noise."""
    seen = rng.normal(size=(len(truth), 3))
    seen[np.arange(len(truth)), truth] += clarity
    powers = np.exp(clarity * seen)
    return powers / powers.sum(axis=1, keepdims=True)


def test_class_frequencies_are_recovered() -> None:
    rng = np.random.default_rng(1)
    shares = np.array([0.7, 0.2, 0.1])
    scores = honest(rng, rng.choice(3, 4000, p=shares), 1.5)
    np.testing.assert_allclose(corrected_priors(scores, np.full(3, 1 / 3)), shares, atol=0.04)


def test_more_classes_than_images_leave_the_priors_nearly_alone() -> None:
    rng = np.random.default_rng(2)
    priors = rng.dirichlet(np.ones(500))
    found = corrected_priors(rng.dirichlet(np.ones(500), 30), priors)
    assert found.sum() == pytest.approx(1)
    assert np.abs(found - priors).sum() / 2 < 0.2


def test_only_a_change_of_certainty_within_classes_is_not_explained() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 4000)
    certainty = np.where(truth == 0, rng.beta(8, 2, 4000), rng.beta(3, 3, 4000))
    edges = np.quantile(certainty, np.arange(1, 16) / 16)
    cells = np.searchsorted(edges, certainty, side="right")
    known = ByClass(edges.tolist(), [np.bincount(cells[truth == c], minlength=16).tolist() for c in (0, 1)])
    first = certainty[truth == 0]
    assert other_classes_explain(first, known, np.array([2.0, 0.0]))
    assert not other_classes_explain(first, known, np.array([1.0, 1.0]))
    assert not other_classes_explain(first**2, known, np.array([2.0, 0.0]))


def test_transport_is_the_accuracy_of_honest_scores() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 3000)
    scores = honest(rng, truth, 1.2)
    assert transported(scores, np.full(3, 1 / 3)) == pytest.approx((scores.argmax(axis=1) == truth).mean(), abs=0.03)


def test_transport_never_exceeds_what_the_frequencies_allow() -> None:
    scores = np.repeat([[0.98, 0.01, 0.01]], 300, axis=0)
    assert transported(scores, np.array([0.2, 0.4, 0.4])) == pytest.approx(0.2 * 0.98 + 0.8 * 0.01, abs=0.01)
