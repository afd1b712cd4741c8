"""The policy `fixed`: limits on the shift of a mean, as many tools use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lookoutcv.drift.effects import Effects
from lookoutcv.drift.policy import Policy
from lookoutcv.drift.report import SEVERITIES, Severity
from lookoutcv.drift.severity import effect_lower_bound, input_severity
from lookoutcv.drift.verdict import Judged, Verdict, insufficient
from lookoutcv.profiles.counts import comparable
from lookoutcv.profiles.profile import Profile

# Which limit of the policy holds for the mean of which metric.
MEAN_RULES = {
    "exposure.brightness": "brightness_shift",
    "exposure.contrast": "contrast_shift",
    "output.confidence": "confidence_shift",
}
# The counts of a profile that hold the model's answers.
ANSWERS = "prediction"


@dataclass(frozen=True)
class Fired:
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


def fixed(
    baseline: Profile, window: Profile, names: Sequence[str], effects: Sequence[Effects], policy: Policy
) -> Verdict:
    """Judge a window by fixed limits. Rules whose figures the profiles do not hold are named and left out.

    Args:
        baseline, window: Their exact means are compared, not those of the samples.
        names, effects: Of every metric, in the same order; for the severity.
    """
    applied, left_out = _apply(baseline, window, policy)
    note = f"Rules of the policy that did not apply, for want of figures on both sides: {', '.join(left_out)}."
    notes = (note,) if left_out else ()
    if not applied:
        return insufficient(effects, note)
    exceeded = {f.name: f for f in applied if f.exceeded}
    judged = []
    for name, its in zip(names, effects, strict=True):
        known = name in exceeded and min(its.present) > 0
        severity: Severity = input_severity(effect_lower_bound(its.size, *its.present), policy) if known else "none"
        judged.append(Judged(moved=its.size >= policy.min_effect, severity=severity))
    at_least: Severity = "low" if exceeded else "none"
    overall = max([at_least, *(j.severity for j in judged)], key=SEVERITIES.index)
    largest = max((e.size for e in effects), default=0.0)
    found = tuple(
        f"Beyond its limit: {f.name} shifted by {f.shift:.3g}, allowed are {f.limit:g}." for f in exceeded.values()
    )
    return Verdict(bool(exceeded), overall, largest, tuple(judged), notes=found + notes)


def _apply(baseline: Profile, window: Profile, policy: Policy) -> tuple[list[Fired], list[str]]:
    applied: list[Fired] = []
    left_out: list[str] = []
    for name, limit in MEAN_RULES.items():
        means = [side.histograms[name].mean if name in side.histograms else None for side in (baseline, window)]
        if means[0] is None or means[1] is None:
            left_out.append(f"mean of {name}")
        else:
            applied.append(Fired(name, abs(means[1] - means[0]), float(getattr(policy, limit))))
    answers = [side.counts.get(ANSWERS, {}) for side in (baseline, window)]
    if all(sum(counts.values()) for counts in answers):
        applied.append(
            Fired("class distribution", total_variation(*comparable(answers[0], answers[1])), policy.class_distance)
        )
    else:
        left_out.append("class distribution of the model's answers")
    return applied, left_out
