"""The policy `fixed`: limits on the shift of a mean, as many tools use them; images and predictions have their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lookoutcv.drift.rules.notes import LimitExceeded, LimitsLeftOut, Note
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.severity import effect_lower_bound, input_severity
from lookoutcv.drift.rules.verdict import MetricDecision, Verdict, insufficient
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.profiles.counts import comparable
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.severity import Severity

# Which limit of the policy holds for the mean of which metric of the images.
MEAN_RULES = {"exposure.brightness": "brightness_shift", "exposure.contrast": "contrast_shift"}
# A classifier has one confidence an image, a detector the mean of its objects.
_CONFIDENCES = ("output.confidence", "output.object_confidence")
# The counts of a profile that hold the model's predictions.
_PREDICTIONS = "prediction"
# What the limits on predictions hold for: their frequencies, and the mean of their confidence.
CLASSES, CONFIDENCE = "class distribution", "confidence"


@dataclass(frozen=True)
class LimitCheck:
    """A limit that applied. `shift` is compared with `limit`."""

    name: str
    shift: float
    limit: float

    @property
    def exceeded(self) -> bool:
        """The shift is beyond the limit."""
        return self.shift > self.limit


def total_variation(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """Half the sum of the differences of the frequencies: the share of images that would have to change class.

    Args:
        before, after: Images of each class, not all zero.
    Returns:
        In [0, 1].
    Example:
        >>> total_variation({"cat": 5, "dog": 5}, {"cat": 9, "fox": 1})
        0.5
    """
    totals = sum(before.values()), sum(after.values())
    classes = before.keys() | after.keys()
    return sum(abs(before.get(c, 0) / totals[0] - after.get(c, 0) / totals[1]) for c in sorted(classes)) / 2


def distance_by_chance(baseline: Mapping[str, int], window: Mapping[str, int]) -> float:
    """Total variation between two samples of the same classes, on average: of 10 classes 0.08 at N = 200, M = 2,000.

    Args:
        baseline, window: Images of each class, not all zero.
    Example:
        >>> round(distance_by_chance({"cat": 1000, "dog": 1000}, {"cat": 50, "dog": 50}), 3)
        0.041
    """
    totals = sum(baseline.values()), sum(window.values())
    counts = [baseline.get(name, 0) + window.get(name, 0) for name in sorted({*baseline, *window})]
    shares = [count / sum(totals) for count in counts]
    noise = sum(math.sqrt(share * (1 - share) * (1 / totals[0] + 1 / totals[1])) for share in shares)
    return noise / math.sqrt(2 * math.pi)


def fixed(
    baseline: Profile,
    window: Profile,
    names: Sequence[str],
    effects: Sequence[Effects],
    policy: Policy,
    *,
    of_predictions: bool = False,
) -> Verdict:
    """Judge a window by fixed limits. Rules whose figures the profiles do not hold are named and left out.

    Args:
        baseline, window: Their exact means are compared, not those of the samples.
        names, effects: Of every metric, in the same order; for the severity.
        policy: Its limits.
        of_predictions: The rules for a model's predictions (mean confidence, distance of the classes) instead of those
            for images (mean brightness and contrast).
    """
    applied, left_out = (_of_predictions if of_predictions else _of_images)(baseline, window, policy)
    missing = LimitsLeftOut(tuple(left_out))
    if not applied:
        return insufficient(effects, missing)
    exceeded = {check.name: check for check in applied if check.exceeded}
    decisions = []
    for name, effect in zip(names, effects, strict=True):
        known = name in exceeded and min(effect.present) > 0
        bound = effect_lower_bound(effect.size, *effect.present) if known else 0.0
        severity = input_severity(bound, policy) if known else Severity.NONE
        decisions.append(MetricDecision(moved=effect.size >= policy.min_effect, severity=severity))
    severities = [Severity.LOW if exceeded else Severity.NONE, *(decision.severity for decision in decisions)]
    if CLASSES in exceeded:
        by_chance = distance_by_chance(baseline.counts[_PREDICTIONS], window.counts[_PREDICTIONS])
        severities.append(input_severity(max(0.0, exceeded[CLASSES].shift - by_chance), policy))
    overall = max(severities)
    largest = max([0.0, *(e.size for e in effects), *(check.shift for check in applied if check.name == CLASSES)])
    notes: list[Note] = [LimitExceeded(check.name, check.shift, check.limit) for check in exceeded.values()]
    if left_out:
        notes.append(missing)
    return Verdict(bool(exceeded), overall, largest, tuple(decisions), notes=tuple(notes))


def _of_images(baseline: Profile, window: Profile, policy: Policy) -> tuple[list[LimitCheck], list[str]]:
    applied, left_out = [], []
    for name, limit in MEAN_RULES.items():
        check = _mean_shift((baseline, window), name, float(getattr(policy, limit)))
        if check is None:
            left_out.append(name)
        else:
            applied.append(check)
    return applied, left_out


def _of_predictions(baseline: Profile, window: Profile, policy: Policy) -> tuple[list[LimitCheck], list[str]]:
    sides = baseline, window
    known = (_mean_shift(sides, name, policy.confidence_shift) for name in _CONFIDENCES)
    applied = [check for check in known if check is not None]
    left_out = [] if applied else [CONFIDENCE]
    predictions = [side.counts.get(_PREDICTIONS, {}) for side in sides]
    if all(sum(counts.values()) for counts in predictions):
        distance = total_variation(*comparable(predictions[0], predictions[1]))
        applied.append(LimitCheck(CLASSES, distance, policy.class_distance))
    else:
        left_out.append(CLASSES)
    return applied, left_out


def _mean_shift(sides: tuple[Profile, Profile], name: str, limit: float) -> LimitCheck | None:
    before, after = (side.histograms[name].mean if name in side.histograms else None for side in sides)
    return None if before is None or after is None else LimitCheck(name, abs(after - before), limit)
