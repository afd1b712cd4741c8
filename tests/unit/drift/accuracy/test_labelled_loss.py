"""What a few labels say of a loss."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lookoutcv.drift.accuracy.labelled_loss import labelled_loss


@pytest.mark.parametrize(
    ("before", "after", "fell"),
    [
        ((0.9, 1000), (0.6, 40), True),
        ((0.9, 1000), (0.85, 40), False),
        ((0.9, 30), (0.75, 40), False),
        ((0.9, 1000), (0.95, 40), False),
        ((0.999, 200_000), (0.985, 1000), False),
    ],
)
def test_a_loss_is_called_where_chance_and_size_allow_it(
    before: tuple[float, int], after: tuple[float, int], fell: bool
) -> None:
    found = labelled_loss(before, after)
    assert found.fell is fell
    assert found.drop == pytest.approx(before[0] - after[0])
    assert (found.baseline_images, found.images) == (before[1], after[1])


def test_the_p_value_is_that_of_scipy() -> None:
    found = labelled_loss((0.9, 200), (0.8, 50))
    exact = stats.fisher_exact([[10, 40], [20, 180]], alternative="greater").pvalue
    assert found.p_value == pytest.approx(exact - stats.hypergeom(250, 30, 50).pmf(10) / 2)


@pytest.mark.parametrize("baseline", [60, 100, 1000])
def test_one_window_in_twenty_that_is_like_the_baseline_is_called_worse(baseline: int) -> None:
    """However few labels the baseline itself has: their error counts, too."""
    rng = np.random.default_rng(8)
    before, after = rng.binomial(baseline, 0.8, 3000) / baseline, rng.binomial(60, 0.8, 3000) / 60
    alarms = np.mean([labelled_loss((b, baseline), (a, 60)).fell for b, a in zip(before, after, strict=True)])
    assert 0.02 < alarms < 0.06
