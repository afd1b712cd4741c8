"""What our rules and the usual ones say of a window, from the metrics of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import ks_2samp

from lookoutcv.drift.rules.fixed import MEAN_RULES
from lookoutcv.drift.rules.policy import DEFAULT, FIXED
from lookoutcv.drift.rules.verdict import calibrated
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool

Table = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Decision:
    """Of the calibrated rule: `significant` is the p-value alone, `drifted` also asks for an effect that matters."""

    p_value: float
    effect: float
    drifted: bool

    @property
    def significant(self) -> bool:
        """Whether the p-value alone would call it drift."""
        return self.p_value <= DEFAULT.alpha


def decide(names: Sequence[str], baseline: Table, window: Table) -> Decision:
    """The decision of `drift.compare` on two sides that are large enough, without its words and examples.

    Args:
        names: Of the m metrics.
        baseline, window: (M, m) and (N, m); M and N at least 30.
    Raises:
        ValueError: A side is too small for a decision.
    """
    if min(len(baseline), len(window)) < DEFAULT.minimum_window:
        raise ValueError(f"{len(baseline)} and {len(window)} images are too few for a decision")
    columns = pool(baseline, window)
    verdict = calibrated(names, columns, [effects(column) for column in columns], DEFAULT)
    if verdict.p_value is None:
        raise ValueError("nothing could be tested")
    return Decision(verdict.p_value, verdict.effect, verdict.drifted is True)


def smallest_ks_p(baseline: Table, window: Table) -> float:
    """The smallest Kolmogorov-Smirnov p-value over the metrics, times their number: alibi-detect's KSDrift.

    Missing values are left out; metrics that never vary count for none.
    """
    p_values = []
    for before, after in zip(baseline.T, window.T, strict=True):
        sides = before[~np.isnan(before)], after[~np.isnan(after)]
        if min(map(len, sides)) and np.ptp(np.concatenate(sides)) > 0:
            p_values.append(float(ks_2samp(*sides, method="asymp").pvalue))
    return min(p_values, default=1.0) * len(p_values)


def beyond_limits(names: Sequence[str], baseline: Table, window: Table) -> bool:
    """Whether the policy `fixed` would call it drift: a mean that moved beyond its limit."""
    moved = {
        name: abs(float(np.nanmean(window[:, j]) - np.nanmean(baseline[:, j])))
        for j, name in enumerate(names)
        if name in MEAN_RULES
    }
    return any(shift > float(getattr(FIXED, MEAN_RULES[name])) for name, shift in moved.items())
