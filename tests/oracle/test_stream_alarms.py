"""The alarms of streams against a literal reading of their definition, and how often and how late they come."""

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from lookoutcv.drift.sequential.image_stream import RULES, ImageStream, StreamRules
from lookoutcv.drift.sequential.window_stream import next_window, start_window_stream

LOADINGS = np.random.default_rng(98).normal(size=(6, 2))


def images(rng: np.random.Generator, n: int) -> np.ndarray:
    """Correlated, skewed, rounded and mostly-zero metrics."""
    x = rng.normal(size=(n, 2)) @ LOADINGS.T + 0.7 * rng.normal(size=(n, 6))
    x[:, 1], x[:, 2] = np.exp(x[:, 1]), np.round(x[:, 2])
    x[:, 3] = np.where(rng.random(n) < 0.9, 0.0, x[:, 3])
    return x.astype(np.float32)


def literal(baseline: np.ndarray, stream: np.ndarray, rules: StreamRules) -> list[float]:
    """Statistics.md, section on streams, a loop for each symbol: the mean evidence after each image."""
    m, large = len(baseline), len(baseline) >= rules.fixed_from
    d0 = max(0.1, 3.5 / math.sqrt(m)) if large else 0.1
    evidence: dict[tuple[int, float, int], float] = {}
    found = []
    for number, row in enumerate(stream):
        for j, x in enumerate(row):
            past = [*baseline[:, j]] if large else [*baseline[:, j], *stream[:number, j]]
            below, equal = sum(p < x for p in past), sum(p == x for p in past)
            u = (below + (equal + 1) / 2) / (len(past) + 1)
            if large:
                u = min(max((below + equal / 2) / m, 0.5 / m), 1 - 0.5 / m)
            z = norm.ppf(u)
            for g in rules.bets:
                for sign in (1, -1):
                    step = math.exp((g - d0) * sign * z - (g**2 - d0**2) / 2)
                    evidence[j, g, sign] = min((evidence.get((j, g, sign), 0.0) + 1) * step, 1e200)
        found.append(sum(evidence.values()) / len(evidence))
    return found


@pytest.mark.parametrize("fixed_from", [2000, 40])
def test_the_mean_evidence_is_that_of_the_definition(fixed_from: int) -> None:
    rng = np.random.default_rng(1)
    baseline, stream = images(rng, 60), images(rng, 80)
    rules = StreamRules(horizon=10**9, fixed_from=fixed_from, bets=(0.6, 0.9, 1.2))
    detector = ImageStream(baseline, rules)
    evidence = []
    for row in stream:
        assert detector.update(row) is None
        evidence.append(detector.mean_evidence)
    assert evidence == pytest.approx(literal(baseline, stream, rules), rel=1e-9)


def test_window_scores_are_those_of_students_t() -> None:
    rng = np.random.default_rng(2)
    history = list(rng.normal(size=(7, 1)))
    state = start_window_stream(history)
    evidence = np.zeros(4)
    for _ in range(15):
        x = rng.normal(size=1)
        n, past = len(history), np.array(history)[:, 0]
        score = (x[0] - past.mean()) / (past.std(ddof=1) * math.sqrt(1 + 1 / n))
        z = norm.ppf(t.cdf(score, n - 1))
        shifts = np.array([1.0, 2.0, 1.0, 2.0])
        evidence = (evidence + 1) * np.exp((shifts - 0.1) * z * [1, 1, -1, -1] - (shifts**2 - 0.01) / 2)
        state, alarm = next_window(state, x)
        assert alarm is None
        history.append(x)
        assert np.array(state.evidence)[0] == pytest.approx(evidence)


@pytest.mark.parametrize("m", [30, 300, 2000])
def test_streams_of_unchanged_images_rarely_alarm(m: int) -> None:
    alarms = 0
    for seed in range(8):
        rng = np.random.default_rng([seed, m])
        alarms += bool(ImageStream(images(rng, m)).update_many(images(rng, RULES.horizon)))
    # 5% is the promise; two alarms in eight streams would happen in 6% of runs at exactly that rate.
    assert alarms <= 1


def test_series_of_unchanged_windows_rarely_alarm() -> None:
    alarms = 0
    for seed in range(60):
        rng = np.random.default_rng([seed, 3])
        state, alarm = start_window_stream(list(rng.normal(size=(5, 2)) @ LOADINGS[:4].T)), None
        for _ in range(100):
            state, alarm = next_window(state, rng.normal(size=2) @ LOADINGS[:4].T)
            if alarm:
                break
        alarms += alarm is not None
    assert alarms / 60 <= 0.1


@pytest.mark.parametrize("m", [300, 5000])
def test_moderate_shifts_are_found_within_a_hundred_images(m: int) -> None:
    delays = []
    for seed in range(11):
        rng = np.random.default_rng([seed, 4])
        stream = ImageStream(images(rng, m))
        assert stream.update_many(images(rng, 300)) == []
        changed = images(rng, 400)
        changed[:, :2] += 0.8 * np.std(changed[:, :2], axis=0)
        delays.append(next((a.image - 300 for a in stream.update_many(changed)), 400))
    assert np.median(delays) <= 110
