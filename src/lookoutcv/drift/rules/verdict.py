"""The decision on a window under the calibrated rule: drifted or not, how sure, how bad, and by which metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lookoutcv.drift.rules.notes import MovedTogether, Note, TooFewImages
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.severity import effect_lower_bound, input_severity
from lookoutcv.drift.statistics.columns import CountedColumn
from lookoutcv.drift.statistics.combination import holm
from lookoutcv.drift.statistics.detectable import smallest_detectable_effect
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.drift.statistics.ranks import PooledColumn
from lookoutcv.drift.statistics.two_sample import MetricTests, TwoSample, two_sample
from lookoutcv.drift.variation.batches import Batches
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class MetricDecision:
    """The decision on one metric. `moved`: worth a sentence that says how."""

    p_value: float | None = None
    significant: bool = False
    moved: bool = False
    severity: Severity = Severity.NONE


@dataclass(frozen=True)
class Verdict:
    """The decision on a window; the fields are those of `DriftReport`. `metrics` is in the columns' order.

    `test` says what the window was tested against: one unordered baseline, its `batches`, or nothing (None).
    """

    drifted: bool | None
    severity: Severity
    effect: float
    metrics: tuple[MetricDecision, ...]
    p_value: float | None = None
    detectable: float | None = None
    notes: tuple[Note, ...] = ()
    test: Literal["single", "batches"] | None = None
    batches: Batches | None = field(default=None, compare=False, repr=False)


def insufficient(effects: Sequence[Effects], reason: Note) -> Verdict:
    """No decision: effects are described, nothing is said about drift.

    Args:
        effects: Of every metric.
        reason: Why there is no decision.
    """
    decisions = MetricDecision(moved=True, severity=Severity.INSUFFICIENT)
    largest = max((e.size for e in effects), default=0.0)
    return Verdict(None, Severity.INSUFFICIENT, largest, tuple(decisions for _ in effects), notes=(reason,))


def too_small(baseline_rows: int, window_rows: int, policy: Policy) -> TooFewImages | None:
    """Why nothing can be tested; None where there are images enough.

    Example:
        >>> from lookoutcv.drift.rules.policy import DEFAULT
        >>> too_small(1000, 12, DEFAULT)
        TooFewImages(side='window', images=12, least=30)
    """
    if window_rows < policy.minimum_window:
        return TooFewImages("window", window_rows, policy.minimum_window)
    if baseline_rows < policy.minimum_baseline:
        return TooFewImages("baseline", baseline_rows, policy.minimum_baseline)
    return None


def calibrated(
    names: Sequence[str],
    columns: Sequence[CountedColumn],
    effects: Sequence[Effects],
    policy: Policy,
    *,
    first: Sequence[PooledColumn] | None = None,
) -> Verdict:
    """Judge a window that is large enough by the tests against one baseline.

    Args:
        names, columns, effects: Of every metric, in the same order; at least one.
        policy: The limits.
        first: As in `two_sample`.
    """
    outcome = two_sample(columns, minimum_values=policy.minimum_values, first=first)
    rows = (columns[0].baseline_rows, columns[0].window_rows)
    tested = sum(t.p_value is not None for t in outcome.metrics)
    detectable = None
    if tested:
        detectable = smallest_detectable_effect(*rows, tested, alpha=policy.alpha, min_effect=policy.min_effect)
    return replace(decide(names, outcome, effects, rows, policy), detectable=detectable, test="single")


def decide(
    names: Sequence[str], outcome: TwoSample, effects: Sequence[Effects], rows: tuple[int, int], policy: Policy
) -> Verdict:
    """Drift if a window is significant as a whole and its largest effect matters.

    Args:
        names, effects: Of every metric, in the same order; at least one.
        outcome: Of the tests.
        rows: Images on the baseline's and on the window's side.
        policy: The limits.
    """
    tested = [_Tested.of(t, e, rows) for t, e in zip(outcome.metrics, effects, strict=True)]
    effect = max((t.effect for t in tested), default=0.0)
    drifted = outcome.p_value <= policy.alpha and effect >= policy.min_effect
    p_values = [t.p_value for t in outcome.metrics]
    decisions = [
        _judge(t, p, significant, drifted, policy)
        for t, p, significant in zip(tested, p_values, holm(p_values, policy.alpha), strict=True)
    ]
    severity = input_severity(max(t.bound for t in tested), policy) if drifted else Severity.NONE
    notes: tuple[Note, ...] = ()
    if drifted and not any(j.severity != "none" for j in decisions):
        strongest = max(range(len(tested)), key=lambda i: tested[i].effect)
        decisions[strongest] = MetricDecision(p_values[strongest], False, True, severity)
        notes = (MovedTogether(names[strongest]),)
    return Verdict(drifted, severity, effect, tuple(decisions), outcome.p_value, notes=notes)


@dataclass(frozen=True)
class _Tested:
    """A metric's effect as far as it was tested, in [0, 1], and the bound that the data make sure of."""

    effect: float
    bound: float

    @classmethod
    def of(cls, tests: MetricTests, effects: Effects, rows: tuple[int, int]) -> _Tested:
        by_value = (
            effects.size if any(p is not None for p in (tests.location, tests.dispersion, tests.rare_events)) else 0.0
        )
        by_missing = abs(effects.missing) if tests.missing is not None else 0.0
        bound = effect_lower_bound(by_missing, *rows)
        if by_value:
            bound = max(bound, effect_lower_bound(by_value, *effects.present))
        return cls(max(by_value, by_missing), bound)


def _judge(tested: _Tested, p_value: float | None, significant: bool, drifted: bool, policy: Policy) -> MetricDecision:
    matters = drifted and significant and tested.effect >= policy.min_effect
    return MetricDecision(
        p_value, significant, significant, input_severity(tested.bound, policy) if matters else Severity.NONE
    )
