import re
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lookoutcv.drift.accuracy.doubts import MethodsDisagree
from lookoutcv.drift.accuracy.drop import measured_change
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy
from lookoutcv.drift.compare import compare
from lookoutcv.drift.decision import decide_on_window
from lookoutcv.drift.describe.groups import GroupComparison, Grouping
from lookoutcv.drift.predictions.prediction_comparison import PredictionComparison
from lookoutcv.drift.rules.notes import TooFewImages
from lookoutcv.drift.rules.policy import DEFAULT, FIXED, Policy
from lookoutcv.drift.rules.severity import effect_lower_bound, input_severity
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.combination import cauchy
from lookoutcv.drift.statistics.detectable import smallest_detectable_effect
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool, pool_column
from lookoutcv.drift.statistics.two_sample import two_sample
from lookoutcv.drift.wording.summary import report_notes, summarise
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

seeds = st.integers(0, 2**32 - 1)
# Few distinct values make ties, NaN makes gaps.
value = st.sampled_from([-2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.5, 4.0, np.nan])
sample = st.integers(1, 40).flatmap(lambda n: arrays(np.float64, n, elements=value))


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A baseline and a window with ties, gaps, rare events and, in some, a shift."""
    rng = np.random.default_rng(seed)
    m, n = rng.integers(30, 200, size=2)
    sides = []
    for rows, shift in ((m, 0.0), (n, rng.choice([0.0, 0.6]))):
        x = rng.normal(size=(rows, 4)) + shift
        x[:, 1] = np.round(x[:, 1])
        x[rng.random(rows) < 0.2, 2] = np.nan
        x[:, 3] = rng.random(rows) < 0.03
        sides.append(x)
    return sides[0], sides[1]


def p_value(baseline: np.ndarray, window: np.ndarray) -> float:
    return two_sample(pool(baseline, window), minimum_values=10).p_value


def report(baseline: np.ndarray, window: np.ndarray) -> DriftReport:
    return compare(as_profile(baseline), as_profile(window))


def as_profile(x: np.ndarray) -> Profile:
    columns = {f"my.m{j}": pa.array(x[:, j], pa.float32()) for j in range(x.shape[1])}
    return from_records(pa.table({"id": [str(i) for i in range(len(x))], **columns}))


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    baseline, window = drawn(seed)
    rng = np.random.default_rng(seed + 1)
    again = p_value(rng.permutation(baseline), rng.permutation(window))
    assert again == pytest.approx(p_value(baseline, window), rel=1e-6)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_only_the_order_of_values_matters(seed: int) -> None:
    baseline, window = drawn(seed)
    assert p_value(np.exp(baseline), np.exp(window)) == p_value(baseline, window)
    for before, after in zip(pool(baseline, window), pool(np.exp(baseline), np.exp(window)), strict=True):
        assert effects(before) == effects(after)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_a_mirrored_metric_moves_the_other_way_as_surely(seed: int) -> None:
    baseline, window = drawn(seed)
    assert p_value(-baseline, -window) == pytest.approx(p_value(baseline, window), rel=1e-6)


@given(sample, sample)
def test_swapping_sides_flips_the_signs(baseline: np.ndarray, window: np.ndarray) -> None:
    there, back = effects(pool_column(baseline, window)), effects(pool_column(window, baseline))
    assert (back.location, back.dispersion) == pytest.approx((-there.location, -there.dispersion))
    assert back.missing == pytest.approx(-there.missing)


@given(sample, sample)
def test_effects_stay_within_one(baseline: np.ndarray, window: np.ndarray) -> None:
    found = effects(pool_column(baseline, window))
    assert max(abs(found.location), abs(found.dispersion), abs(found.missing)) <= 1


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_a_side_does_not_drift_from_itself(seed: int) -> None:
    baseline, _ = drawn(seed)
    found = report(baseline, baseline)
    assert found.overall_drift_detected is False
    assert found.effect == 0
    assert all(m.effect == 0 for m in found.metrics)


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_text_and_severity_agree_with_the_figures(seed: int) -> None:
    found = report(*drawn(seed))
    assert DriftReport.from_dict(found.to_dict()) == found
    for m in found.metrics:
        assert m.significant or m.severity == "none" or "moved together" in found.notes[0]
        if m.text.startswith("Images are ") and m.before is not None and m.after is not None:
            assert ("higher in" in m.text) == (m.after > m.before) == (m.effect > 0)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(30, 10_000), st.integers(30, 10_000))
def test_a_larger_effect_is_never_less_severe(one: float, other: float, baseline: int, window: int) -> None:
    low, high = sorted((one, other))
    ranks = [input_severity(effect_lower_bound(e, baseline, window), DEFAULT) for e in (low, high)]
    assert ranks[0] <= ranks[1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_combination_lies_between_its_parts(p: list[float], random: Random) -> None:
    combined = cauchy(p)
    low, high = np.clip([min(p), max(p)], 1e-15, 0.99)
    assert low * (1 - 1e-9) <= combined <= high * (1 + 1e-9)
    random.shuffle(p)
    assert cauchy(p) == pytest.approx(combined)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 200))
def test_more_images_never_see_less(baseline: int, window: int, metrics: int) -> None:
    def smallest(m: int, n: int) -> float:
        return smallest_detectable_effect(m, n, metrics, alpha=0.01, min_effect=0.1)

    assert smallest(baseline, 2 * window) <= smallest(baseline, window) == smallest(window, baseline)


SEVERITIES = st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH])
VERDICTS = st.one_of(
    st.builds(Verdict, st.just(True), SEVERITIES, st.floats(0.1, 1), st.just(()), st.none() | st.floats(0, 0.01)),
    st.builds(Verdict, st.just(False), st.just(Severity.NONE), st.just(0.0), st.just(()), st.none() | st.floats(0, 1)),
    st.just(Verdict(None, Severity.INSUFFICIENT, 0.0, (), notes=(TooFewImages("window", 9, 30),))),
)


def group(name: str, severity: Severity) -> GroupComparison:
    verdict = Verdict(severity != Severity.NONE, severity, 0.3, ())
    return GroupComparison(name, 50, verdict, 0.1, 0.2, severity != Severity.NONE, "group")


GROUPS = st.none() | st.lists(SEVERITIES | st.just(Severity.NONE), max_size=3).map(
    lambda severities: Grouping("camera", tuple(group(f"c{i}", one) for i, one in enumerate(severities)))
)
ESTIMATES = st.none() | st.builds(
    EstimatedAccuracy,
    st.just(400),
    *[st.just(share) for share in (0.9, 0.8, 0.75, 0.85, 0.1, 0.01)],
    st.booleans(),
    SEVERITIES | st.just(Severity.NONE),
    doubts=st.sampled_from([(), (MethodsDisagree(0.2),)]),
)


@st.composite
def predictions(draw: st.DrawFn) -> PredictionComparison:
    drifted = draw(st.sampled_from([True, False, None]))
    quiet = Severity.NONE if drifted is False else Severity.INSUFFICIENT
    severity = draw(SEVERITIES) if drifted else quiet
    labels = draw(st.none() | st.floats(-0.1, 0.4))
    drop = None if labels is None else measured_change("accuracy", (0.9, 0.9 - labels), 0.01, 400)
    return PredictionComparison(drifted, 0.2, 0.1, severity, [], None, draw(ESTIMATES), None, change=drop)


@given(VERDICTS, GROUPS, st.none() | predictions(), st.sampled_from([DEFAULT, FIXED]))
def test_the_summary_and_the_severity_always_agree(
    images: Verdict, groups: Grouping | None, found: PredictionComparison | None, policy: Policy
) -> None:
    sides = Side("a", 400, 400), Side("b", 400, 400)
    decision = decide_on_window(images, groups, found, shares=2)
    text = summarise(decision, [], sides, policy)
    said = re.findall(r"severity (\w+)", text)
    assert said == [decision.severity] * len(said)
    assert bool(said) == (images.drifted is True)
    assert decision.drifted or not said
    if decision.drifted:
        assert decision.severity >= Severity.LOW
    if decision.impact is not None:
        assert f"it would be {decision.input_severity}" in report_notes(decision, None, sides, policy)[0]
