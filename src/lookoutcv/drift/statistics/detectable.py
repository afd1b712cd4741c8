"""The smallest shift that a comparison of this size can be expected to find."""

from __future__ import annotations

from scipy.special import ndtri, stdtrit

from lookoutcv.drift.statistics.effects import effect_noise

# Normal quantile of the power that is promised, 80%.
_POWER_QUANTILE = 0.84
# Location, dispersion and distribution, each two-sided.
_TAILS_PER_METRIC = 6
# Against batches there is no test of the distribution.
_TAILS_AGAINST_BATCHES = 4


def smallest_detectable_effect(
    baseline: int, window: int, metrics: int, *, alpha: float, min_effect: float, groups: int = 1
) -> float:
    """The effect that is found in 80% of windows; smaller ones are likely to be missed.

    max(s (z + .84), min_effect + .84 s) with s = .577 sqrt(1/N + 1/M) and z the normal quantile at
    1 - alpha / (6 metrics groups): the shift must be both significant and large enough to be reported.

    Args:
        baseline, window: Images that enter the tests on each side, M and N, at least 1.
        metrics: Metrics tested, at least 1.
        alpha: Share of false alarms accepted, in (0, 1).
        min_effect: Effect below which no drift is reported.
        groups: Independent groups of metrics that share alpha (inputs, and model outputs).
    Returns:
        In (0, 1].
    Example:
        >>> round(smallest_detectable_effect(1000, 100, 20, alpha=0.01, min_effect=0.1), 2)
        0.28
    """
    noise = effect_noise(baseline, window)
    quantile = float(ndtri(1 - alpha / (_TAILS_PER_METRIC * metrics * groups)))
    return min(1.0, max(noise * (quantile + _POWER_QUANTILE), min_effect + _POWER_QUANTILE * noise))


def smallest_beyond_batches(noise: float, batches: int, metrics: int, *, alpha: float, min_effect: float) -> float:
    """The same against a baseline's batches: they must differ by less than the window does.

    max(s (t + .84), min_effect + .84 s), t the quantile of Student with K - 1 degrees at 1 - alpha / (4 metrics).

    Args:
        noise: Standard deviation s of an effect between two ordinary batches.
        batches: K, at least 2.
        metrics: Metrics tested, at least 1.
        alpha: Share of false alarms accepted, in (0, 1).
        min_effect: Effect below which no drift is reported.
    Returns:
        In (0, 1].
    Example:
        >>> round(smallest_beyond_batches(0.1, 20, 20, alpha=0.01, min_effect=0.1), 2)
        0.53
    """
    quantile = float(stdtrit(batches - 1, 1 - alpha / (_TAILS_AGAINST_BATCHES * metrics)))
    return min(1.0, max(noise * (quantile + _POWER_QUANTILE), min_effect + _POWER_QUANTILE * noise))
