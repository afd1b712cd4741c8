"""Moments, stretches of time, and the window they make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from lookoutcv import clock
from lookoutcv.errors import ConfigError
from lookoutcv.log.table.time_range import moment, span, window

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-05-01", "2026-05-01T00:00", "2026-05-02T00:00"),
        (date(2026, 5, 1), "2026-05-01T00:00", "2026-05-02T00:00"),
        ("today", "2026-05-04T00:00", "2026-05-05T00:00"),
        ("yesterday", "2026-05-03T00:00", "2026-05-04T00:00"),
        ("now", "2026-05-04T12:30", "2026-05-04T12:30"),
        ("90m", "2026-05-04T11:00", "2026-05-04T11:00"),
        ("2d", "2026-05-02T12:30", "2026-05-02T12:30"),
        ("2026-05-01T08:00", "2026-05-01T08:00", "2026-05-01T08:00"),
        ("2026-05-01T08:00+02:00", "2026-05-01T06:00", "2026-05-01T06:00"),
        (datetime(2026, 5, 1, 8), "2026-05-01T08:00", "2026-05-01T08:00"),
    ],
)
def test_a_moment_is_aware_and_a_day_ends_with_its_last_moment(text: object, start: str, end: str) -> None:
    first, last = moment(text, NOW), moment(text, NOW, "until", end=True)  # type: ignore[arg-type]
    assert (first, last) == tuple(datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (start, end))


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "1y", "2026-05-01'; --", "9999-12-31", "999999w", "-1d"])
def test_what_is_no_moment_is_told_with_what_is(text: str) -> None:
    with pytest.raises(ConfigError, match=r"until=.* is no moment\. Give a date") as error:
        moment(text, NOW, "until", end=True)
    assert error.value.fields["key"] == "until"


@pytest.mark.parametrize("text", ["", "0d", "1", "d", "1y", "1.5d", timedelta(0)])
def test_what_is_no_stretch_of_time(text: str) -> None:
    with pytest.raises(ConfigError, match="stretch of time"):
        span(text)


def test_a_stretch_ends_now_or_where_it_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc", lambda: NOW)
    assert window("m", last="1d").since == NOW - timedelta(days=1)
    assert window("m", last="1d").until is None
    week = window("m", last="7d", until="2026-04-30")
    assert (week.since, week.until) == (datetime(2026, 4, 24, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    assert window(last="999999w").since is None


def test_what_contradicts_is_refused() -> None:
    with pytest.raises(ConfigError, match="both given"):
        window(last="1d", since="2026-05-01")
    with pytest.raises(ConfigError, match="before since"):
        window(since="2026-05-02", until="2026-05-01")


def test_days_of_a_window_are_those_of_utc() -> None:
    east = timezone(timedelta(hours=10))
    found = window(since=datetime(2026, 5, 4, 6, tzinfo=east), until=datetime(2026, 5, 5, 10, tzinfo=east))
    assert found.days == (date(2026, 5, 3), date(2026, 5, 4))
