"""The curve finds a power law that is there, its interval holds what really comes, and too little is refused."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.errors import TrainingError
from lookoutcv.training.data.learning_curve import CurvePoint, LearningCurve, Outlook, learning_curve


def law(images: float) -> float:
    return 0.9 - 1.5 * images**-0.5


def of_law(rng: np.random.Generator, tested: int):
    """Taught so many, it is right on the easiest of the tested images, as many as the law says, and one in a hundred
    by chance."""
    ease = rng.permutation(tested) / tested

    def taught_on(indices: np.ndarray) -> np.ndarray:
        return (ease < law(len(indices))) ^ (rng.random(tested) < 0.01)

    return taught_on


def test_a_power_law_is_found() -> None:
    labels = np.arange(1000) % 4
    curve = learning_curve(of_law(np.random.default_rng(0), 5000), labels)
    assert curve.images == 1000
    assert [point.images for point in curve.points] == [100, 200, 400, 600, 800]
    for point in curve.points:
        assert point.accuracy == pytest.approx(0.98 * law(point.images) + 0.01, abs=0.01)
    twice, four_times = curve.outlooks
    assert (twice.images, four_times.images) == (2000, 4000)
    assert twice.accuracy == pytest.approx(law(2000), abs=0.02)
    assert twice.gain == pytest.approx(law(2000) - law(1000), abs=0.004)
    assert twice.gain_low <= law(2000) - law(1000) <= twice.gain_high
    assert curve.accuracy(2000) == pytest.approx(twice.accuracy)
    assert curve.sentences[0].startswith("With 1,000 more images to learn from, twice as many, the accuracy would rise")


def test_the_same_seed_gives_the_same_curve() -> None:
    labels = np.arange(200) % 2
    one, same = (learning_curve(of_law(np.random.default_rng(0), 100), labels, seed=3) for _ in range(2))
    assert one == same


def test_a_flat_curve_says_that_more_would_hardly_help() -> None:
    curve = learning_curve(lambda indices: np.arange(2000) % 10 > 0, np.arange(400) % 2)
    assert curve.outlooks[0].gain == pytest.approx(0, abs=1e-9)
    assert curve.sentences == (
        "More images of the same kind would hardly help: with 400 more images to learn from, twice as many, the "
        "accuracy would rise by 0.0 points at most. Others, such as those that it is wrong on, may help more.",
    )


def test_the_interval_holds_what_really_comes() -> None:
    """A nearest-mean classifier of Gaussian classes, really taught twice as many."""
    rng = np.random.default_rng(0)
    held = 0
    for trial in range(25):
        means = 0.4 * rng.normal(size=(3, 20))

        def drawn(count: int, means: np.ndarray = means) -> tuple[np.ndarray, np.ndarray]:
            labels = np.arange(count) % 3
            return means[labels] + rng.normal(size=(count, 20)), labels

        def right(taught: tuple[np.ndarray, np.ndarray], tested: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
            centres = np.stack([taught[0][taught[1] == label].mean(axis=0) for label in range(3)])
            distances = ((tested[0][:, None] - centres[None]) ** 2).sum(axis=2)
            return distances.argmin(axis=1) == tested[1]

        known, tested, many = drawn(300), drawn(120), drawn(6000)
        curve = learning_curve(
            lambda chosen, known=known, tested=tested: right((known[0][chosen], known[1][chosen]), tested),
            known[1],
            seed=trial,
        )
        gain = np.mean([right(drawn(600), many).mean() - right(drawn(300), many).mean() for _ in range(5)])
        held += curve.outlooks[0].gain_low <= gain <= curve.outlooks[0].gain_high
    assert held >= 20


def test_every_class_is_in_every_subset_and_groups_stay_together_as_far_as_they_fit() -> None:
    labels = np.array([0] * 180 + [1] * 20)
    groups = np.concatenate((np.arange(180) // 3, 100 + np.arange(20)))
    seen: list[np.ndarray] = []

    def taught_on(indices: np.ndarray) -> np.ndarray:
        seen.append(indices)
        return np.ones(80, bool)

    learning_curve(taught_on, labels, groups)
    for indices in seen:
        assert len(np.unique(indices)) == len(indices)
        assert set(labels[indices]) == {0, 1}
        counts = np.bincount(groups[indices[labels[indices] == 0]])
        assert ((counts > 0) & (counts < 3)).sum() <= 1
    assert len({tuple(indices) for indices in seen}) == len(seen) == 30


@pytest.mark.parametrize(
    ("labels", "tested", "why"),
    [
        ([0, 1] * 20, 100, "40 images to learn from are too few"),
        ([0] * 100 + [1] * 4, 100, "4 images of one class are too few"),
        ([0, 1] * 50, 40, "40 images to test on are too few"),
        ([], 100, "0 images to learn from are too few"),
    ],
)
def test_too_little_is_refused(labels: list[int], tested: int, why: str) -> None:
    with pytest.raises(TrainingError, match=f"{why} to say what more would bring"):
        learning_curve(lambda indices: np.ones(tested, bool), np.array(labels, np.int64))


def test_what_is_not_certain_is_said() -> None:
    outlooks = (Outlook(200, 0.81, 0.7, 0.9, 0.01, -0.01, 0.03), Outlook(400, 0.82, 0.7, 0.9, 0.02, -0.01, 0.05))
    curve = LearningCurve(100, (CurvePoint(80, 0.8),), 0.1, 1.0, 0.5, outlooks, 90)
    assert curve.sentences == (
        "With 100 more images to learn from, twice as many, the accuracy would rise by about 1.0 points (between 0.0 "
        "and 3.0), from about 80.0% to about 81.0%.",
        "With 4 times as many, it would rise by about 2.0 points (between 0.0 and 5.0), to about 82.0%.",
        "Whether they help at all is not certain: it was measured on 90 images.",
    )
