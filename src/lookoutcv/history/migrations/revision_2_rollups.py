"""Roll-ups of points by hour and day, with those of the points that are there."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"
_LENGTHS = {"hour": 3_600_000_000, "day": 86_400_000_000}


def upgrade() -> None:
    """Make the table and fill it; a revision stands alone, so that later code cannot change what it did."""
    rollups = op.create_table(
        "history_rollups",
        sa.Column("model", sa.String(200), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("unit", sa.String(4), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("exact_sum", sa.Text, nullable=False),
        sa.Column("min", sa.Double),
        sa.Column("max", sa.Double),
    )
    points = sa.table("history_points", *(sa.column(name) for name in ("model", "name", "at", "value")))
    found: dict[tuple[str, str, str, int], list[float]] = defaultdict(list)
    for model, name, at, value in op.get_bind().execute(sa.select(points)):
        for unit, length in _LENGTHS.items():
            found[model, name, unit, at // length * length].append(value)
    rows = [
        {
            **dict(zip(("model", "name", "unit", "start"), key, strict=True)),
            "count": len(values),
            "exact_sum": str(sum(map(Fraction, values), Fraction())),
            "min": min(values),
            "max": max(values),
        }
        for key, values in found.items()
    ]
    if rows:
        op.bulk_insert(rollups, rows)


def downgrade() -> None:
    """Nothing is taken back: an older LookOutCV refuses a newer history."""
    raise NotImplementedError
