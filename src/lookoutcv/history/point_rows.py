"""Numbers over time, and what their sums are by hour and by day, which are kept up in the same transaction."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lookoutcv.errors import UsageError
from lookoutcv.history.history_tables import POINTS, ROLLUPS, microseconds, moment, short_name, stretch_ago

# In UTC, so that no hour is missing or twice where clocks are put forward and back.
LENGTHS = {"hour": 3_600_000_000, "day": 86_400_000_000}


@dataclass(frozen=True)
class Rollup:
    """What the points of one hour or day come to."""

    start: datetime
    count: int
    sum: float
    mean: float
    min: float
    max: float


def add(connection: sa.Connection, model: str, name: str, values: Iterable[tuple[datetime, float]]) -> int:
    """Add points, and add them to their hours and days; see `History.add_points`."""
    model, name = short_name(model, "model"), short_name(name, "name")
    points = [(microseconds(at), _finite(value)) for at, value in values]
    if not points:
        return 0
    rows = [{"model": model, "name": name, "at": at, "value": value} for at, value in points]
    connection.execute(sa.insert(POINTS), rows)
    added: dict[tuple[str, int], list[float]] = defaultdict(list)
    for at, value in points:
        for unit, length in LENGTHS.items():
            added[unit, at // length * length].append(value)
    # In one order, so that two writers never wait for each other.
    for (unit, start), new in sorted(added.items()):
        _add_to(connection, {"model": model, "name": name, "unit": unit, "start": start}, new)
    return len(points)


def _add_to(connection: sa.Connection, key: dict[str, Any], new: list[float]) -> None:
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    empty = {**key, "count": 0, "exact_sum": "0", "min": None, "max": None}
    connection.execute(insert(ROLLUPS).values(empty).on_conflict_do_nothing())
    here = sa.and_(*(ROLLUPS.c[column] == value for column, value in key.items()))
    old = connection.execute(
        sa.select(*(ROLLUPS.c[column] for column in ("count", "exact_sum", "min", "max"))).where(here).with_for_update()
    ).one()
    # Floats would add up to something else in another order; fractions do not.
    total = sum(map(Fraction, new), Fraction(old[1]))
    connection.execute(
        sa.update(ROLLUPS)
        .where(here)
        .values(
            {
                "count": old[0] + len(new),
                "exact_sum": str(total),
                "min": min(new) if old[2] is None else min(old[2], *new),
                "max": max(new) if old[3] is None else max(old[3], *new),
            }
        )
    )


def _finite(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise UsageError(f"the value {value!r} is no finite number", "Leave points without a value out.")
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def rolled_up(
    connection: sa.Connection, model: str, name: str, *, by: str, since: datetime | None, until: datetime | None
) -> list[Rollup]:
    """What points come to, oldest first; see `History.rollup`."""
    if by not in LENGTHS:
        raise UsageError(f"by is {by!r}", "Roll up by 'hour' or by 'day'.")
    asked = sa.select(ROLLUPS).where(
        ROLLUPS.c.model == short_name(model, "model"), ROLLUPS.c.name == short_name(name, "name"), ROLLUPS.c.unit == by
    )
    if since is not None:
        asked = asked.where(ROLLUPS.c.start >= microseconds(since) // LENGTHS[by] * LENGTHS[by])
    if until is not None:
        asked = asked.where(ROLLUPS.c.start < microseconds(until))
    found = []
    for row in connection.execute(asked.order_by(ROLLUPS.c.start)).mappings():
        total, count = Fraction(row["exact_sum"]), row["count"]
        start = cast(datetime, moment(row["start"]))
        found.append(Rollup(start, count, _rounded(total), _rounded(total / count), row["min"], row["max"]))
    return found


def _rounded(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:  # numbers near the largest come to more than a float holds
        return math.inf if exact > 0 else -math.inf


def prune(connection: sa.Connection, older_than: timedelta) -> int:
    """Delete old points, and keep what they came to; see `History.prune`."""
    oldest = stretch_ago(older_than, "older_than")
    return int(connection.execute(sa.delete(POINTS).where(POINTS.c.at < oldest)).rowcount)
