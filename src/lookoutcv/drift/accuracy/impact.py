"""Does the estimated accuracy say that the model suffers, and how badly?"""

from __future__ import annotations

from lookoutcv.results.severity import DRIFTED, Severity

# A smaller drop of the estimate is no alarm, however certain it is, and neither is one of fewer standard errors. Chosen
# among .03 to .045 and 1.6 to 3.3 for what is missed and what is false together (benchmarks/accuracy_estimate.py).
LEAST_DROP, STANDARD_ERRORS = 0.04, 3.3
# The same where corrupted copies like the images of the window were tried (`perturbation`): images that did not change
# are told apart by their metrics, so fewer standard errors do.
STANDARD_ERRORS_IF_PERTURBED = 2.0
# The same where only confidences are known, whose estimate misses more of a drop and has a larger error.
STANDARD_ERRORS_OF_CONFIDENCES = 2.5
# Drops of the estimate from which impact is low, medium and (beyond it) high: conventions of the study.
LOW_DROP, MEDIUM_DROP, HIGH_DROP = 0.02, 0.03, 0.07


def has_impact(drop: float, noise: float, *, standard_errors: float = STANDARD_ERRORS) -> bool:
    """Whether to raise the alarm: the estimated accuracy fell by four points at least, and surely.

    Args:
        drop: Baseline's accuracy less the window's estimate, -1 to 1.
        noise: Its standard error where nothing changed, >= 0.
        standard_errors: How many standard errors it takes.
    Example:
        >>> has_impact(0.1, 0.02), has_impact(0.1, 0.05), has_impact(0.03, 0.001)
        (True, False, False)
    """
    return drop >= LEAST_DROP and drop > standard_errors * noise


def impact_severity(drop: float, noise: float, *, standard_errors: float = STANDARD_ERRORS) -> Severity:
    """Severity by impact: low from a drop of 2 points, medium from 3, high beyond 7; a step less if it may be chance.

    Args:
        drop, noise, standard_errors: As in `has_impact`.
    Returns:
        "none", "low", "medium" or "high".
    Example:
        >>> impact_severity(0.1, 0.02), impact_severity(0.1, 0.05), impact_severity(0.01, 0.02)
        ('high', 'medium', 'none')
    """
    step = sum((bool(drop >= LOW_DROP), bool(drop >= MEDIUM_DROP), bool(drop > HIGH_DROP)))
    return (Severity.NONE, *DRIFTED)[max(0, step - bool(drop <= standard_errors * noise))]
