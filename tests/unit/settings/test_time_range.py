"""Moments and stretches of time as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.settings.time_range import moment, span

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


@pytest.mark.parametrize("wrong", [24, 1.5, None, [], b"1d", object()])
def test_another_type_is_refused_in_a_sentence(wrong: object) -> None:
    with pytest.raises(ConfigError, match="stretch of time"):
        span(wrong)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="is no moment"):
        moment(wrong, NOW)  # type: ignore[arg-type]
