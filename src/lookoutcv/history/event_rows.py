"""Events in their table: something that happened at a moment, in words and in fields for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from lookoutcv.clock import utc
from lookoutcv.history.history_tables import (
    EVENTS,
    at_most,
    json_text,
    microseconds,
    moment,
    row_id,
    short_name,
    short_text,
)
from lookoutcv.secrets import masked, masked_values


@dataclass(frozen=True)
class Event:
    """Something that happened; model is "" where it was of none."""

    id: int
    at: datetime
    kind: str
    model: str
    message: str
    fields: Mapping[str, Any]


def add(connection: sa.Connection, kind: str, model: str, message: str, fields: Mapping[str, Any]) -> int:
    """Add one; see `History.add_event`."""
    values = {
        "at": microseconds(utc()),
        "kind": short_name(kind, "kind"),
        "model": short_name(model, "model") if model else "",
        "message": masked(short_text(message, "message")),
        "fields": json_text(masked_values(fields), "fields"),
    }
    return int(connection.execute(sa.insert(EVENTS).values(values).returning(EVENTS.c.id)).scalar_one())


def listed(
    connection: sa.Connection,
    *,
    kind: str | None,
    model: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    before: int | None,
) -> list[Event]:
    """Events, newest first; see `History.events`."""
    asked = sa.select(EVENTS).order_by(EVENTS.c.id.desc()).limit(at_most(limit))
    if kind is not None:
        asked = asked.where(EVENTS.c.kind == short_name(kind, "kind"))
    if model is not None:
        asked = asked.where(EVENTS.c.model == short_name(model, "model"))
    if since is not None:
        asked = asked.where(EVENTS.c.at >= microseconds(since))
    if until is not None:
        asked = asked.where(EVENTS.c.at < microseconds(until))
    if before is not None:
        asked = asked.where(EVENTS.c.id < row_id(before))
    return [
        Event(row.id, cast(datetime, moment(row.at)), row.kind, row.model, row.message, json.loads(row.fields))
        for row in connection.execute(asked)
    ]
