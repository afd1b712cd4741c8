"""Windows watched one after the other: an alarm that stays valid over a whole horizon of scheduled comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtri, stdtr

from lookoutcv.drift.sequential.e_process import (
    alarm_threshold,
    initial_evidence,
    mean_evidence,
    ranked_by_evidence,
    update_evidence,
)
from lookoutcv.drift.statistics.columns import Values, total
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.errors import ConfigError, ShapeMismatch
from lookoutcv.grids import FloatArray

# Fewer batches do not tell how much days differ from each other.
LEAST_BATCHES = 5
# Beyond six standard deviations the tails of Student's t are not to be trusted to the last digit.
_LEAST_TAIL = 1e-9


@dataclass(frozen=True)
class WindowRules:
    """When a series of windows raises an alarm.

    Args:
        horizon: Windows within which a false alarm counts, H.
        alpha: Accepted chance of any false alarm within the horizon.
        bets: Shifts bet on, in standard deviations between windows.
        allowance: Shift that is let pass, d0, below every bet.
    Raises:
        ConfigError: A number is out of range.
    """

    horizon: int = 100
    alpha: float = 0.05
    bets: tuple[float, ...] = (1.0, 2.0)
    allowance: float = 0.1

    def __post_init__(self) -> None:
        if self.horizon < 1 or not 0 < self.alpha < 1 or not self.bets or not 0 <= self.allowance < min(self.bets):
            raise ConfigError(
                f"{self} are no rules for windows",
                "Give a horizon of at least 1, an alpha between 0 and 1, and bets above the allowance.",
                key="windows",
            )


RULES = WindowRules()


@dataclass(frozen=True)
class WindowStream:
    """The watch over one series of windows: plain values, never changed once made.

    Args:
        history: Locations of the baseline's batches and of every window since, oldest first; (k, m).
        evidence: (m, 2 b).
        windows: Windows so far.
        pending: The location of the window that raised an alarm and waits for a person's word; None while none does.
    """

    history: tuple[tuple[float, ...], ...]
    evidence: tuple[tuple[float, ...], ...]
    windows: int = 0
    pending: tuple[float, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The state as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class WindowAlarm:
    """A lasting change in a series of windows.

    Args:
        window: Number of the window that raised it, 1 for the first.
        evidence: Mean evidence, at or above the threshold.
        moved: The metrics by their evidence, strongest first: column, and 1 for a rise or -1 for a fall.
    """

    window: int
    evidence: float
    moved: tuple[tuple[int, int], ...]


def window_location(baseline: Values, window: Values) -> FloatArray:
    """Where a window lies, metric by metric: the mean of its ranks among the baseline's images, over their spread.

    Args:
        baseline: (M, m) metrics of all batches of the baseline together; NaN = missing.
        window: (N, m) metrics of the window, or of one batch.
    Returns:
        (m,); 0 where the metric has no values on a side or does not vary in the baseline.
    Example:
        >>> rng = np.random.default_rng(0)
        >>> window_location(rng.normal(size=(500, 2)), rng.normal((0, 1), size=(50, 2))).round(1).tolist()
        [0.0, 0.9]
    """
    locations = []
    for column in pool(baseline, window):
        equal = column.sizes - column.window_sizes
        present = column.baseline_present
        if not (present > 1 and column.window_present):
            locations.append(0.0)
            continue
        ranks = (np.cumsum(equal) - equal / 2) / present - 0.5
        spread = math.sqrt(total(equal, ranks**2) / (present - 1))
        mean = total(column.window_sizes, ranks) / column.window_present
        locations.append(mean / spread if spread > 0 else 0.0)
    return np.array(locations)


def start_window_stream(batches: Sequence[FloatArray], rules: WindowRules = RULES) -> WindowStream:
    """Begin a watch.

    Args:
        batches: The `window_location` of each batch of the baseline, oldest first; at least five of shape (m,).
        rules: When to raise an alarm.
    Raises:
        ConfigError: Fewer than five batches.
        ShapeMismatch: They have not the same metrics.
    """
    if len(batches) < LEAST_BATCHES:
        raise ConfigError(
            f"{len(batches)} batches do not tell how much windows differ by themselves",
            f"Give a baseline of at least {LEAST_BATCHES} batches.",
            key="batches",
        )
    history = tuple(tuple(map(float, batch)) for batch in batches)
    for batch in history:
        _check(batch, len(history[0]))
    return WindowStream(history, _plain(initial_evidence(len(history[0]), rules.bets)))


def next_window(
    state: WindowStream, location: FloatArray, rules: WindowRules = RULES
) -> tuple[WindowStream, WindowAlarm | None]:
    """Take the next window.

    t_n = (x_{n+1} - mean_n) / (s_n sqrt(1 + 1/n)) over the batches and all windows since, z = Phi^-1(T_{n-1}(t)). Where
    the locations are normal and nothing changes, these scores are independent and standard normal, however few batches.

    Args:
        state: Of the watch. While an alarm waits for `accept` or `reject`, nothing is updated.
        location: (m,) from `window_location`.
        rules: Those that the watch began with.
    Returns:
        The new state, and an alarm where the evidence reached the threshold.
    Raises:
        ShapeMismatch: Another number of metrics.
    Example:
        >>> rng = np.random.default_rng(3)
        >>> state = start_window_stream(list(rng.normal(size=(20, 2))))
        >>> for shift in (0, 0, 6, 6, 6, 6):
        ...     state, alarm = next_window(state, rng.normal((0, shift), 1))
        >>> state.pending is not None
        True
    """
    _check(location, len(state.history[0]))
    if state.pending is not None:
        return replace(state, windows=state.windows + 1), None
    arrived = tuple(map(float, location))
    scores = _scores(np.array(state.history), location)
    allowance = np.full(len(arrived), rules.allowance)
    evidence = update_evidence(np.array(state.evidence), scores, rules.bets, allowance)
    windows, level = state.windows + 1, mean_evidence(evidence)
    if level < alarm_threshold(rules.horizon, rules.alpha):
        return WindowStream((*state.history, arrived), _plain(evidence), windows), None
    alarm = WindowAlarm(windows, level, tuple(ranked_by_evidence(evidence)))
    return WindowStream(state.history, _plain(evidence), windows, arrived), alarm


def accept(state: WindowStream) -> WindowStream:
    """A person says that the window of the alarm is as it should be: it becomes part of the history."""
    if state.pending is None:
        return state
    return WindowStream((*state.history, state.pending), _none(state), state.windows)


def reject(state: WindowStream) -> WindowStream:
    """A person says that the window of the alarm was wrong: it is forgotten, and the watch goes on without it."""
    return state if state.pending is None else WindowStream(state.history, _none(state), state.windows)


def _scores(history: FloatArray, location: FloatArray) -> FloatArray:
    n = len(history)
    spread = history.std(axis=0, ddof=1)
    varies = spread > 0
    t = (location - history.mean(axis=0)) / (np.where(varies, spread, 1.0) * math.sqrt(1 + 1 / n))
    tails = np.clip(stdtr(n - 1, t), _LEAST_TAIL, 1 - _LEAST_TAIL)
    return np.where(varies, ndtri(tails), 0.0)


def _none(state: WindowStream) -> tuple[tuple[float, ...], ...]:
    return tuple((0.0,) * len(row) for row in state.evidence)


def _plain(matrix: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in matrix.tolist())


def _check(location: Sequence[float] | FloatArray, metrics: int) -> None:
    values = np.asarray(location)
    if values.shape != (metrics,):
        raise ShapeMismatch(
            f"a location of shape {values.shape} cannot be watched",
            f"Give {metrics} metrics, those of the baseline's batches.",
            shape=values.shape,
            dtype=str(values.dtype),
        )
