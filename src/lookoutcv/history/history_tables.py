"""The tables as the newest revision leaves them, and what every row has: times, names and texts within limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lookoutcv.clock import utc
from lookoutcv.errors import UsageError

LONGEST_NAME = 200
LARGEST_TEXT = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _table(name: str, columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns.split()))


# No types: the revisions declare them, and what goes in and comes out are whole numbers, floats, texts and bytes.
REPORTS = _table("history_reports", "id model severity window_start window_end added size json html")
EVENTS = _table("history_events", "id at kind model message fields")
JOBS = _table("history_jobs", "id kind state request worker progress message result error added started heard finished")
POINTS = _table("history_points", "id model name at value")
ROLLUPS = _table("history_rollups", "model name unit start count exact_sum min max")


def microseconds(moment: datetime) -> int:
    """A moment as the tables hold it.

    Args:
        moment: An aware time.
    Returns:
        Microseconds since 1970, UTC.
    Raises:
        UsageError: It has no zone, or is no time.
    Example:
        >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    if not isinstance(moment, datetime) or moment.tzinfo is None or moment.utcoffset() is None:
        raise UsageError(f"{moment!r} is no time with a zone", "Give one such as datetime.now(UTC).")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(value: int | None) -> datetime | None:
    """What `microseconds` was given, in UTC; None stays None."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def short_name(value: str, what: str) -> str:
    """A name that fits its column.

    Args:
        value: 1 to 200 characters, none of them a null.
        what: What it is the name of, for the message.
    Raises:
        UsageError: It is no such text.
    """
    if not _is_text(value) or not 0 < len(value) <= LONGEST_NAME:
        raise UsageError(f"{what} is not a text of 1 to {LONGEST_NAME} characters", "Give a shorter name.")
    return value


def _is_text(value: object) -> bool:
    # No database keeps a null or half a surrogate pair as text.
    return isinstance(value, str) and not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)


def short_text(value: str, what: str) -> str:
    """A text of at most 1 MiB characters without nulls, or a UsageError."""
    if not _is_text(value) or len(value) > LARGEST_TEXT:
        raise UsageError(f"{what} is not a text of at most {LARGEST_TEXT} characters", "Give a shorter text.")
    return value


def json_text(value: Mapping[str, Any], what: str) -> str:
    """A mapping as JSON of at most 1 MiB, or a UsageError."""
    try:
        text = json.dumps(dict(value), allow_nan=False, ensure_ascii=True)
    except (TypeError, ValueError) as reason:
        raise UsageError(f"{what} cannot be JSON ({reason})", "Give texts, finite numbers, lists and dicts.") from None
    return short_text(text, what)


def at_most(limit: int) -> int:
    """How many rows are asked for: 1 to 10000, or a UsageError."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10_000:
        raise UsageError(f"limit is {limit!r}, not a whole number from 1 to 10000", "Give such a limit.")
    return limit


def row_id(id: int) -> int:
    """The id of a row: a whole number that a column holds, or a UsageError."""
    if isinstance(id, bool) or not isinstance(id, int) or not 0 <= id < 1 << 63:
        raise UsageError(f"{id!r} is no id of a history", "Give one that a list of it holds.")
    return id


def stretch_ago(stretch: timedelta, what: str) -> int:
    """The moment so long ago, in microseconds as the tables hold it, or a UsageError."""
    if not isinstance(stretch, timedelta) or stretch < timedelta(0):
        raise UsageError(f"{what} is {stretch!r}, no stretch of time", "Give one such as timedelta(days=30).")
    return microseconds(utc()) - stretch // timedelta(microseconds=1)
