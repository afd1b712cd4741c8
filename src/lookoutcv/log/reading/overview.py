"""What is in a log, model by model, and what waits in the spool to get there."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.extras import need
from lookoutcv.log.buffer.journal import journals_in
from lookoutcv.log.buffer.segments import segments_in
from lookoutcv.log.buffer.spool import spool_for, writer_folders
from lookoutcv.log.reading.lazy_frame import lazy_frame
from lookoutcv.log.table.damaged_rows import collected
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable


@only_known_keywords(types=False)
@dataclass(frozen=True)
class LoggedModel:
    """One model in a log.

    Args:
        model: Its name.
        rows: How many.
        versions: Rows of each version, that without one under ""; the latest first.
        states: Rows by what became of their images.
        days: UTC days with rows.
        bytes: Of its files in the table; None where only a part of the log was asked for.
        first, last: Times of the first and the last row, ISO 8601 UTC.
    """

    model: str
    rows: int
    versions: dict[str, int]
    states: dict[str, int]
    days: int
    bytes: int | None
    first: str
    last: str


@only_known_keywords(types=False)
@dataclass(frozen=True)
class LogOverview:
    """What is in a log.

    Args:
        directory: Where it is.
        models: By name.
        version: Of the table: how many commits it has had, less one.
        files: That the table is made of; many small ones are a reason for `lookout log compact`.
        waiting: Segments in the spool of this machine that are not in the table yet.
        waiting_bytes: What they hold.
    """

    directory: str
    models: list[LoggedModel] = field(default_factory=list)
    version: int = 0
    files: int = 0
    waiting: int = 0
    waiting_bytes: int = 0


def overview(table: LogTable, which: LogFilter, spool: str | os.PathLike[str] | None = None) -> LogOverview:
    """What is in a log: models, versions, rows, days, bytes, the last row, what waits in the spool.

    Args:
        table: The log.
        which: Which rows.
        spool: As given to the logger; by default where it is by default.
    """
    whole = which == LogFilter(which.model)
    sizes = _sizes(table) if whole else {}
    polars = need("polars", "log")
    col = polars.col
    groups = collected(
        lazy_frame(table, which)
        .group_by("model", "model_version", "image_state", "day")
        .agg(polars.len().alias("rows"), col("time").min().alias("first"), col("time").max().alias("last")),
        table.directory,
    )
    by_model: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for group in groups.iter_rows(named=True):
        by_model[group["model"]].append(group)
    folders = writer_folders(spool_for(table.directory, spool))
    waiting = [path for folder in folders for path in (*dict(segments_in(folder)).values(), *journals_in(folder))]
    return LogOverview(
        table.directory,
        [_model(name, by_model[name], sizes.get(name)) for name in sorted(by_model)],
        table.delta.version(),
        len(table.delta.file_uris()),
        len(waiting),
        sum(map(_size, waiting)),
    )


def _model(name: str, groups: list[dict[str, Any]], size: int | None) -> LoggedModel:
    versions: dict[str, int] = defaultdict(int)
    latest: dict[str, datetime] = {}
    states: dict[str, int] = defaultdict(int)
    for group in groups:
        version = group["model_version"] or ""
        versions[version] += group["rows"]
        latest[version] = max(latest.get(version, group["last"]), group["last"])
        states[group["image_state"] or ""] += group["rows"]
    order = sorted(versions, key=lambda version: latest[version], reverse=True)
    return LoggedModel(
        name,
        sum(versions.values()),
        {version: versions[version] for version in order},
        dict(states),
        len({group["day"] for group in groups}),
        size,
        _iso(min(group["first"] for group in groups)),
        _iso(max(group["last"] for group in groups)),
    )


def _sizes(table: LogTable) -> dict[str, int]:
    """Bytes of each model's files, from the table's own list."""
    files = pa.table(table.delta.get_add_actions(flatten=True))
    sums = files.group_by("partition.model").aggregate([("size_bytes", "sum")])
    return dict(zip(sums.column("partition.model").to_pylist(), sums.column("size_bytes_sum").to_pylist(), strict=True))


def _size(path: Any) -> int:
    with suppress(OSError):  # committed in this moment
        return int(path.stat().st_size)
    return 0


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
