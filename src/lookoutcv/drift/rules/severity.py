"""How bad is a drift, judged by its size alone?"""

from __future__ import annotations

from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.statistics.effects import effect_noise
from lookoutcv.results.severity import Severity

# One-sided 95%.
_CONFIDENCE_QUANTILE = 1.645


def effect_lower_bound(effect: float, baseline: int, window: int) -> float:
    """The effect that the data make sure of: |effect| less its uncertainty at 95%, at least 0.

    Args:
        effect: In [-1, 1].
        baseline, window: Values on each side, at least 1.
    Example:
        >>> round(effect_lower_bound(-0.5, 1000, 100), 3)
        0.4
    """
    return max(0.0, abs(effect) - _CONFIDENCE_QUANTILE * effect_noise(baseline, window))


def input_severity(lower_bound: float, policy: Policy) -> Severity:
    """Severity of a drift that was declared, from its effect's lower bound.

    Input effect says how different images look, not what that costs: one step of low resolution has effect .94
    and may cost little accuracy, a strong rotation .41 and may cost a lot.

    Args:
        lower_bound: From `effect_lower_bound`, in [0, 1].
    Example:
        >>> from lookoutcv.drift.rules.policy import DEFAULT
        >>> [input_severity(e, DEFAULT) for e in (0.1, 0.4, 0.9)]
        ['low', 'medium', 'high']
    """
    if lower_bound >= policy.high_effect:
        return Severity.HIGH
    return Severity.MEDIUM if lower_bound >= policy.medium_effect else Severity.LOW
