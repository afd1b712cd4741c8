"""Jobs in their table: queued, taken by one worker each, heard of while they run, and found when that worker died."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from lookoutcv.clock import utc
from lookoutcv.errors import UsageError
from lookoutcv.history.history_tables import (
    JOBS,
    at_most,
    json_text,
    microseconds,
    moment,
    row_id,
    short_name,
    short_text,
    stretch_ago,
)
from lookoutcv.secrets import masked

STATES = ("queued", "running", "done", "failed", "cancelled")


@dataclass(frozen=True)
class Job:
    """A piece of work and how far it is; times are aware, UTC, progress is from 0 to 1."""

    id: int
    kind: str
    state: str
    request: Mapping[str, Any]
    worker: str | None
    progress: float
    message: str
    result: Mapping[str, Any] | None
    error: str | None
    added: datetime
    started: datetime | None
    heard: datetime | None
    finished: datetime | None


def add(connection: sa.Connection, kind: str, request: Mapping[str, Any]) -> int:
    """Queue one; see `History.add_job`."""
    values = {
        "kind": short_name(kind, "kind"),
        "state": "queued",
        "request": json_text(request, "request"),
        "progress": 0.0,
        "message": "",
        "added": microseconds(utc()),
    }
    return int(connection.execute(sa.insert(JOBS).values(values).returning(JOBS.c.id)).scalar_one())


def take(connection: sa.Connection, worker: str) -> Job | None:
    """Make the oldest queued job this worker's; see `History.take_job`."""
    now, worker = microseconds(utc()), short_name(worker, "worker")
    oldest = sa.select(JOBS.c.id).where(JOBS.c.state == "queued").order_by(JOBS.c.id).limit(1)
    id = connection.execute(oldest.with_for_update(skip_locked=True)).scalar()
    if id is None:
        return None
    values = {"state": "running", "worker": worker, "started": now, "heard": now}
    connection.execute(sa.update(JOBS).where(JOBS.c.id == row_id(id)).values(values))
    return read(connection, id)


def update(
    connection: sa.Connection,
    id: int,
    *,
    state: str | None,
    progress: float | None,
    message: str | None,
    result: Mapping[str, Any] | None,
    error: str | None,
) -> str:
    """What the worker of a running job says of it; see `History.update_job`."""
    if state not in (None, "done", "failed"):
        raise UsageError(f"state is {state!r}", "A worker ends its job as 'done' or 'failed'.")
    if progress is not None and not (isinstance(progress, int | float) and 0 <= progress <= 1):
        raise UsageError(f"progress is {progress!r}, not from 0 to 1", "Give a share of the work.")
    now = microseconds(utc())
    values: dict[str, Any] = {"heard": now}
    if state:
        values |= {"state": state, "finished": now}
    if progress is not None:
        values["progress"] = float(progress)
    if message is not None:
        values["message"] = masked(short_text(message, "message"))
    if result is not None:
        values["result"] = json_text(result, "result")
    if error is not None:
        values["error"] = masked(short_text(error, "error"))
    connection.execute(sa.update(JOBS).where(JOBS.c.id == row_id(id), JOBS.c.state == "running").values(values))
    return _state(connection, id)


def cancel(connection: sa.Connection, id: int) -> str:
    """End one that is not over; see `History.cancel_job`."""
    values = {"state": "cancelled", "finished": microseconds(utc())}
    connection.execute(
        sa.update(JOBS).where(JOBS.c.id == row_id(id), JOBS.c.state.in_(("queued", "running"))).values(values)
    )
    return _state(connection, id)


def fail_lost(connection: sa.Connection, silent_for: timedelta) -> int:
    """Fail what nobody has been heard of; see `History.fail_lost_jobs`."""
    before = stretch_ago(silent_for, "silent_for")
    seconds = round(silent_for.total_seconds())
    error = f"its worker has not been heard of for over {seconds} seconds: it died, or lost the database"
    gone = sa.and_(JOBS.c.state == "running", JOBS.c.heard < before)
    values = {"state": "failed", "error": error, "finished": microseconds(utc())}
    return int(connection.execute(sa.update(JOBS).where(gone).values(values)).rowcount)


def read(connection: sa.Connection, id: int) -> Job | None:
    """One job, or None."""
    row = connection.execute(sa.select(JOBS).where(JOBS.c.id == row_id(id))).one_or_none()
    return None if row is None else _job(row)


def listed(connection: sa.Connection, state: str | None, kind: str | None, limit: int, before: int | None) -> list[Job]:
    """Jobs, newest first; see `History.jobs`."""
    asked = sa.select(JOBS).order_by(JOBS.c.id.desc()).limit(at_most(limit))
    if state is not None:
        if state not in STATES:
            raise UsageError(f"state is {state!r}", f"States are {', '.join(STATES)}.")
        asked = asked.where(JOBS.c.state == state)
    if kind is not None:
        asked = asked.where(JOBS.c.kind == short_name(kind, "kind"))
    if before is not None:
        asked = asked.where(JOBS.c.id < row_id(before))
    return [_job(row) for row in connection.execute(asked)]


def _state(connection: sa.Connection, id: int) -> str:
    state = connection.execute(sa.select(JOBS.c.state).where(JOBS.c.id == row_id(id))).scalar()
    if state is None:
        raise UsageError(f"there is no job {id}", "`jobs` lists those there are.")
    return cast(str, state)


def _job(row: sa.Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        state=row.state,
        request=json.loads(row.request),
        worker=row.worker,
        progress=row.progress,
        message=row.message,
        result=None if row.result is None else json.loads(row.result),
        error=row.error,
        added=cast(datetime, moment(row.added)),
        started=moment(row.started),
        heard=moment(row.heard),
        finished=moment(row.finished),
    )
