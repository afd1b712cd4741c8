"""Reports, events, jobs and points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the four tables; all times are microseconds since 1970, UTC."""
    op.create_table(
        "history_reports",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("window_start", sa.BigInteger, nullable=False),
        sa.Column("window_end", sa.BigInteger, nullable=False),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("json", sa.LargeBinary, nullable=False),
        sa.Column("html", sa.LargeBinary),
    )
    op.create_index("history_reports_by_model", "history_reports", ["model", "window_end"])
    op.create_table(
        "history_events",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
    )
    op.create_index("history_events_by_time", "history_events", ["at"])
    op.create_table(
        "history_jobs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("worker", sa.String(200)),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("started", sa.BigInteger),
        sa.Column("heard", sa.BigInteger),
        sa.Column("finished", sa.BigInteger),
    )
    op.create_index("history_jobs_by_state", "history_jobs", ["state", "id"])
    op.create_table(
        "history_points",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
    )
    op.create_index("history_points_by_time", "history_points", ["model", "name", "at"])


def downgrade() -> None:
    """Nothing is taken back: an older LookOutCV refuses a newer history."""
    raise NotImplementedError
