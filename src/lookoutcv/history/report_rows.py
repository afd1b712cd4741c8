"""Reports in their table: compressed, given back to the byte, listed newest first."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from lookoutcv.clock import utc
from lookoutcv.errors import CorruptFile, UsageError
from lookoutcv.history.history_tables import REPORTS, at_most, microseconds, moment, row_id, short_name

LARGEST_REPORT = 64 << 20


@dataclass(frozen=True)
class RecordedReport:
    """What is known of a report without reading it: window and times are aware, UTC; size is of its JSON, in bytes."""

    id: int
    model: str
    severity: str
    window_start: datetime
    window_end: datetime
    added: datetime
    size: int
    has_html: bool


def add(
    connection: sa.Connection,
    report: str | bytes | Mapping[str, Any],
    *,
    model: str,
    window_start: datetime,
    window_end: datetime,
    html: bytes | None,
) -> int:
    """Add one; see `History.add_report`."""
    data, severity = _json_and_severity(report)
    if html is not None and len(html) > LARGEST_REPORT:
        raise UsageError(f"the page of the report has over {LARGEST_REPORT} bytes", "Leave it out.")
    start, end = microseconds(window_start), microseconds(window_end)
    if end < start:
        raise UsageError("the window ends before it starts", "Exchange window_start and window_end.")
    values = {
        "model": short_name(model, "model"),
        "severity": severity,
        "window_start": start,
        "window_end": end,
        "added": microseconds(utc()),
        "size": len(data),
        "json": zlib.compress(data),
        "html": None if html is None else zlib.compress(html),
    }
    return int(connection.execute(sa.insert(REPORTS).values(values).returning(REPORTS.c.id)).scalar_one())


def _json_and_severity(report: str | bytes | Mapping[str, Any]) -> tuple[bytes, str]:
    try:
        text = json.dumps(report, allow_nan=False) if isinstance(report, Mapping) else report
        data = text.encode() if isinstance(text, str) else bytes(text)
        if len(data) > LARGEST_REPORT:
            raise UsageError(f"the report has over {LARGEST_REPORT} bytes", "Leave its thumbnails out.")
        values = json.loads(data)
    except (TypeError, ValueError, RecursionError) as reason:
        raise UsageError(f"the report is no JSON ({reason})", "Give what `to_dict` of a report gives.") from None
    if not isinstance(values, dict):
        raise UsageError("the report is no JSON object", "Give what `to_dict` of a report gives.")
    severity = values.get("severity", "")
    return data, severity if isinstance(severity, str) and len(severity) <= 20 and "\0" not in severity else ""


def listed(
    connection: sa.Connection,
    *,
    model: str | None,
    since: datetime | None,
    until: datetime | None,
    severity: str | None,
    limit: int,
    before: int | None,
) -> list[RecordedReport]:
    """Reports, newest first; see `History.reports`."""
    columns = [REPORTS.c[name] for name in ("id", "model", "severity", "window_start", "window_end", "added", "size")]
    asked = (
        sa.select(*columns, REPORTS.c.html.is_not(None).label("has_html"))
        .order_by(REPORTS.c.id.desc())
        .limit(at_most(limit))
    )
    if model is not None:
        asked = asked.where(REPORTS.c.model == short_name(model, "model"))
    if severity is not None:
        asked = asked.where(REPORTS.c.severity == short_name(severity, "severity"))
    if since is not None:
        asked = asked.where(REPORTS.c.window_end >= microseconds(since))
    if until is not None:
        asked = asked.where(REPORTS.c.window_start < microseconds(until))
    if before is not None:
        asked = asked.where(REPORTS.c.id < row_id(before))
    return [
        RecordedReport(
            id=row.id,
            model=row.model,
            severity=row.severity,
            window_start=cast(datetime, moment(row.window_start)),
            window_end=cast(datetime, moment(row.window_end)),
            added=cast(datetime, moment(row.added)),
            size=row.size,
            has_html=bool(row.has_html),
        )
        for row in connection.execute(asked)
    ]


def read_json(connection: sa.Connection, id: int) -> bytes | None:
    """The JSON of one, as it was given, or None."""
    return _unpacked(connection.execute(sa.select(REPORTS.c.json).where(REPORTS.c.id == row_id(id))).scalar(), id)


def read_html(connection: sa.Connection, id: int) -> bytes | None:
    """The page of one, or None."""
    return _unpacked(connection.execute(sa.select(REPORTS.c.html).where(REPORTS.c.id == row_id(id))).scalar(), id)


def _unpacked(packed: Any, id: int) -> bytes | None:
    if packed is None:
        return None
    try:
        # The database may have been written by others: a small column may unpack to more than there is memory.
        opened = zlib.decompressobj()
        data = opened.decompress(bytes(packed), LARGEST_REPORT + 1)
        if opened.eof and len(data) <= LARGEST_REPORT:
            return data
    except zlib.error:
        pass
    raise CorruptFile(f"report {id} of the history is damaged", "Restore the database from a backup.")
