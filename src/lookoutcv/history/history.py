"""What people hold of a history: everything that can be told it and asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.history import event_rows, job_rows, point_rows, report_rows
from lookoutcv.history.event_rows import Event
from lookoutcv.history.history_database import Database
from lookoutcv.history.job_rows import Job
from lookoutcv.history.point_rows import Rollup
from lookoutcv.history.report_rows import RecordedReport


@only_known_keywords(types=False)
class History:
    """What a service did. Threads may share it, and processes may each open the same database.

    Every call is one transaction. Times are aware, and come back in UTC; texts called name, model, kind or worker have
    1 to 200 characters. What is wrong with an argument is a UsageError; a database that is away is HistoryUnavailable,
    and the next call connects anew. `limit` is from 1 to 10000; `before` is an id, for the page that follows.

    Example:
        >>> import tempfile
        >>> from datetime import UTC, datetime
        >>> from lookoutcv.history.open_history import open_history
        >>> with tempfile.TemporaryDirectory() as folder, open_history(f"{folder}/history.db") as history:
        ...     noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
        ...     history.add_points("pets", "requests", [(noon, 3), (noon, 4)])
        ...     history.rollup("pets", "requests", by="day")[0].sum
        2
        7.0
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"History({self._database.name!r})"

    def close(self) -> None:
        """Close the connections; a call after it opens new ones."""
        self._database.close()

    def add_report(
        self,
        report: str | bytes | Mapping[str, Any],
        *,
        model: str,
        window_start: datetime,
        window_end: datetime,
        html: bytes | None = None,
    ) -> int:
        """Keep a report, its JSON to the byte: text of JSON, or what `to_dict` gives, at most 64 MiB; give its id."""
        return self._database.write(
            lambda on: report_rows.add(
                on, report, model=model, window_start=window_start, window_end=window_end, html=html
            ),
        )

    def reports(
        self,
        *,
        model: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        severity: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[RecordedReport]:
        """Reports whose windows touch a stretch of time, the last added first."""
        return self._database.read(
            lambda on: report_rows.listed(
                on, model=model, since=since, until=until, severity=severity, limit=limit, before=before
            ),
        )

    def report(self, id: int) -> bytes | None:
        """The JSON of a report as it was given, or None."""
        return self._database.read(lambda on: report_rows.read_json(on, id))

    def report_html(self, id: int) -> bytes | None:
        """The page of a report, or None where there is none."""
        return self._database.read(lambda on: report_rows.read_html(on, id))

    def add_event(
        self, kind: str, *, model: str = "", message: str = "", fields: Mapping[str, Any] | None = None
    ) -> int:
        """Keep that something happened, now; secrets in message and fields are masked. Give its id."""
        return self._database.write(lambda on: event_rows.add(on, kind, model, message, fields or {}))

    def events(
        self,
        *,
        kind: str | None = None,
        model: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[Event]:
        """What happened, the last first."""
        return self._database.read(
            lambda on: event_rows.listed(
                on, kind=kind, model=model, since=since, until=until, limit=limit, before=before
            )
        )

    def add_job(self, kind: str, request: Mapping[str, Any]) -> int:
        """Queue a job; its request is JSON of at most 1 MiB. Give its id."""
        return self._database.write(lambda on: job_rows.add(on, kind, request))

    def take_job(self, worker: str) -> Job | None:
        """The oldest queued job, now running as this worker's and no other's; None where none waits."""
        return self._database.write(lambda on: job_rows.take(on, worker))

    def update_job(
        self,
        id: int,
        *,
        state: str | None = None,
        progress: float | None = None,
        message: str | None = None,
        result: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> str:
        """Say how far a running job is, or that it is done or failed; also the sign that its worker lives.

        Returns:
            The state it is in now. One that is cancelled or failed meanwhile stays so: its worker is to stop.
        """
        return self._database.write(
            lambda on: job_rows.update(
                on, id, state=state, progress=progress, message=message, result=result, error=error
            )
        )

    def cancel_job(self, id: int) -> str:
        """Cancel a job that is queued or running; give the state it is in now."""
        return self._database.write(lambda on: job_rows.cancel(on, id))

    def fail_lost_jobs(self, silent_for: timedelta) -> int:
        """Fail running jobs whose workers have not been heard of for so long; give how many."""
        return self._database.write(lambda on: job_rows.fail_lost(on, silent_for))

    def job(self, id: int) -> Job | None:
        """One job, or None."""
        return self._database.read(lambda on: job_rows.read(on, id))

    def jobs(
        self, *, state: str | None = None, kind: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[Job]:
        """Jobs, the last queued first."""
        return self._database.read(lambda on: job_rows.listed(on, state, kind, limit, before))

    def add_points(self, model: str, name: str, values: Iterable[tuple[datetime, float]]) -> int:
        """Keep numbers of some moments, all of them or none; give how many."""
        points = list(values)
        return self._database.write(lambda on: point_rows.add(on, model, name, points))

    def rollup(
        self,
        model: str,
        name: str,
        *,
        by: str = "hour",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Rollup]:
        """What the numbers of each hour or day (UTC) come to, oldest first; hours without any are left out."""
        return self._database.read(lambda on: point_rows.rolled_up(on, model, name, by=by, since=since, until=until))

    def prune(self, older_than: timedelta) -> int:
        """Delete numbers older than that; what they came to by hour and day stays. Give how many went."""
        return self._database.write(lambda on: point_rows.prune(on, older_than))
