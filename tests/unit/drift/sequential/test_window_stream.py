import json

import numpy as np
import pytest

from lookoutcv.drift.sequential.window_stream import (
    WindowRules,
    WindowStream,
    accept,
    next_window,
    reject,
    start_window_stream,
    window_location,
)
from lookoutcv.errors import ConfigError, ShapeMismatch


def begun(batches: int = 12, metrics: int = 3) -> WindowStream:
    return start_window_stream(list(np.random.default_rng(5).normal(size=(batches, metrics))))


def alarmed() -> tuple[WindowStream, WindowStream]:
    """The state before the alarm and with it."""
    rng = np.random.default_rng(6)
    state, before = begun(), begun()
    while state.pending is None:
        before = state
        state, alarm = next_window(state, rng.normal(size=3) + np.array([0, -8, 0]))
    assert alarm is not None
    assert alarm.moved[0] == (1, -1)
    assert alarm.window == state.windows <= 6
    return before, state


def test_a_window_lies_where_its_ranks_lie() -> None:
    baseline = np.arange(100.0)[:, None]
    assert window_location(baseline, np.array([[49.5], [49.5]])) == pytest.approx(0)
    assert window_location(baseline, np.array([[1e9]])) == pytest.approx(0.5 / np.std(np.arange(100) / 100, ddof=1))
    assert window_location(np.ones((9, 1)), np.full((3, 1), 2.0)).tolist() == [0]
    assert window_location(baseline, np.full((3, 1), np.nan)).tolist() == [0]


def test_windows_enter_the_history_until_an_alarm() -> None:
    before, state = alarmed()
    assert state.history == before.history
    assert next_window(state, np.zeros(3)) == (
        WindowStream(state.history, state.evidence, state.windows + 1, state.pending),
        None,
    )


def test_a_person_accepts_or_rejects() -> None:
    _, state = alarmed()
    assert state.pending is not None
    assert accept(state).history == (*state.history, state.pending)
    assert reject(state).history == state.history
    for after in (accept(state), reject(state)):
        assert after.pending is None
        assert not np.any(after.evidence)
        assert accept(after) == reject(after) == after


def test_the_state_is_plain_values() -> None:
    _, state = alarmed()
    assert json.loads(json.dumps(state.to_dict()))["pending"] == list(state.pending or ())


def test_metrics_that_do_not_vary_say_nothing() -> None:
    state = start_window_stream([np.zeros(2)] * 6)
    for _ in range(20):
        state, alarm = next_window(state, np.zeros(2))
        assert alarm is None


def test_what_cannot_be_watched() -> None:
    with pytest.raises(ConfigError, match="4 batches do not tell"):
        begun(batches=4)
    with pytest.raises(ShapeMismatch, match="cannot be watched"):
        next_window(begun(), np.zeros(2))
    with pytest.raises(ShapeMismatch, match="cannot be watched"):
        start_window_stream([np.zeros(2)] * 5 + [np.zeros(3)])
    with pytest.raises(ConfigError, match="are no rules for windows"):
        WindowRules(alpha=0)
