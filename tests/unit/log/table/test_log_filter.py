"""Which rows of a log are meant."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from lookoutcv import clock
from lookoutcv.errors import ConfigError
from lookoutcv.log.table.log_filter import NAMES, LogFilter, log_filter

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


def test_a_stretch_ends_now_or_where_it_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc", lambda: NOW)
    assert LogFilter("m", last="1d").since == NOW - timedelta(days=1)
    assert LogFilter("m", last="1d").until is None
    week = LogFilter("m", last="7d", until="2026-04-30")
    assert (week.since, week.until) == (datetime(2026, 4, 24, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    assert LogFilter(last="999999w").since is None


def test_what_contradicts_is_refused() -> None:
    with pytest.raises(ConfigError, match="both given"):
        LogFilter(last="1d", since="2026-05-01")
    with pytest.raises(ConfigError, match="before since"):
        LogFilter(since="2026-05-02", until="2026-05-01")


def test_days_of_a_filter_are_those_of_utc() -> None:
    east = timezone(timedelta(hours=10))
    found = LogFilter(since=datetime(2026, 5, 4, 6, tzinfo=east), until=datetime(2026, 5, 5, 10, tzinfo=east))
    assert found.days == (date(2026, 5, 3), date(2026, 5, 4))


def test_a_day_of_a_filter() -> None:
    week = LogFilter("m", since="2026-05-04T12:00Z", until="2026-05-06")
    first, middle = week.on_day(date(2026, 5, 4)), week.on_day(date(2026, 5, 5))
    assert (first.start, first.end) == (week.start, datetime(2026, 5, 5, tzinfo=UTC))
    assert (middle.start, middle.end) == (datetime(2026, 5, 5, tzinfo=UTC), datetime(2026, 5, 6, tzinfo=UTC))
    assert middle.model == "m"


def test_it_is_made_again_of_its_plain_values() -> None:
    made = LogFilter("m", version="1", last="1d", tags={"b": "2", "a": "1"})
    assert LogFilter(**made.as_dict()) == made == pickle.loads(pickle.dumps(made))
    assert made.tag_pairs == (("a", "1"), ("b", "2"))
    assert hash(made) == hash(LogFilter(**made.as_dict()))


def test_a_filter_is_narrowed_by_keywords() -> None:
    week = LogFilter("m", last="7d")
    assert log_filter(week, {"version": "2"}).start == week.start
    assert log_filter(None, {}) == LogFilter()


@pytest.mark.parametrize(
    ("which", "keywords", "match"),
    [
        (None, {"modle": "m"}, "Did you mean 'model'"),
        (None, {"tag": {"a": "1"}}, "Did you mean 'tags'"),
        ("m", {}, "no LogFilter"),
        ({"model": "m"}, {}, "no LogFilter"),
        (None, {"model": 3}, "model=3"),
        (None, {"version": 1.2}, "Give version as text"),
        (None, {"last": 24}, "last=24"),
        (None, {"since": 20260504}, "since=20260504"),
        (None, {"tags": "camera"}, "tags='camera'"),
        (None, {"tags": {"line": 3}}, "north"),
        (None, {"tags": 3}, "tags=3"),
    ],
)
def test_what_means_no_rows_is_refused(which: Any, keywords: dict[str, Any], match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        log_filter(which, keywords)


def test_its_fields_are_the_settings_of_the_command_line() -> None:
    from dataclasses import fields

    from lookoutcv.log.log_settings import LogPlaceSettings, LogRowSettings

    called = {"logged": "model", "tag": "tags"}
    place = {field.name for field in fields(LogPlaceSettings)}
    shared = [field.name for field in fields(LogRowSettings) if field.name not in place]
    assert tuple(called.get(name, name) for name in shared) == NAMES
    assert NAMES == ("model", "version", "last", "since", "until", "tags")
