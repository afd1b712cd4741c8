"""How fast a large log answers: hourly counts and quantiles of ten million rows, the last rows, one row by its name.

The rows are made in bulk, a file a day and model as `lookout log compact` leaves them, with the columns of a classifier
that measures exposure and sharpness. Each question is asked in turn with the others; files are in the system's cache.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import deltalake
import numpy as np
import polars as pl
import pyarrow as pa

import lookoutcv as lo
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.log.reading.time_series import time_series
from lookoutcv.log.table.log_filter import ALL
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.table.schema import PARTITIONS, table_schema
from lookoutcv.metric_selection import select_metrics
from lookoutcv.outputs import for_task

_DAYS = 30
_FIRST = date(2026, 1, 1)
_HOURLY = (
    "SELECT date_trunc('hour', time) AS hour, count(*) AS n, median(confidence) AS middle, "
    'quantile_cont(confidence, 0.05) AS low, quantile_cont("exposure.brightness", 0.95) AS bright '
    "FROM log GROUP BY 1 ORDER BY 1"
)


def measure(settings: Namespace) -> Iterator[Figure]:
    """Wall time of each question, the median of a few rounds."""
    with TemporaryDirectory() as folder:
        _make(Path(folder), settings.rows)
        asked = _questions(folder)
        rounds: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(settings.rounds):
            for name, ask in asked.items():
                start = time.perf_counter()
                ask()
                rounds[name].append(time.perf_counter() - start)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet")) / 1e9
        basis = f"{settings.rows:,} rows, {_DAYS} days, {size:.2f} GB, {settings.rounds} rounds"
        for name, times in rounds.items():
            goal = Goal(1.0) if name in _WITH_GOAL else None
            yield Figure(name, median(times), "s", f"{basis}, {min(times):.3g} to {max(times):.3g}", goal)


_HOURLY_NAME = "hourly counts and quantiles, polars SQL, wall time"
_WITH_GOAL = (_HOURLY_NAME,)


def _questions(folder: str) -> dict[str, Callable[[], Any]]:
    frame = lo.open_log(folder).read(as_="lazy")
    table = open_table(folder)
    return {
        _HOURLY_NAME: lambda: pl.SQLContext(log=frame).execute(_HOURLY).collect(engine="streaming"),
        "the same of one day": lambda: (
            pl.SQLContext(log=lo.open_log(folder).read(since=_FIRST, until=_FIRST, as_="lazy"))
            .execute(_HOURLY)
            .collect(engine="streaming")
        ),
        "the same, log.query (a process of its own)": lambda: lo.open_log(folder).query(_HOURLY),
        "log.list": lambda: lo.open_log(folder).list(),
        "points of log.plot, a metric by hour": lambda: time_series(table, ALL, ["exposure.brightness"], "hour"),
        "log.tail, 20 rows": lambda: lo.open_log(folder).tail(),
        "log.show, one row by its name": lambda: lo.open_log(folder).show("image-77.jpg"),
    }


def _make(folder: Path, rows: int) -> None:
    for day in range(_DAYS):
        deltalake.write_deltalake(
            folder,
            _day(day, rows // _DAYS),
            mode="append",
            partition_by=PARTITIONS,
            writer_properties=deltalake.WriterProperties(compression="ZSTD"),
        )


def _day(day: int, rows: int) -> pa.Table:
    chance = np.random.default_rng(day)
    schema = table_schema([*select_metrics("exposure,sharpness"), *for_task("classification")], ["camera"])
    start = datetime.combine(_FIRST, datetime.min.time(), UTC) + timedelta(days=day)
    times = np.sort(chance.integers(0, 86_400_000_000, rows)) + int(start.timestamp() * 1e6)
    number = pa.array(np.arange(day * rows, (day + 1) * rows)).cast(pa.string())
    made: dict[str, Any] = {
        "model": pa.repeat("cars", rows),
        "day": pa.repeat(pa.scalar(start.date()), rows),
        "model_version": pa.repeat("1.2", rows),
        "task": pa.repeat("classification", rows),
        "image_state": pa.repeat("measured", rows),
        "writer": pa.repeat("host-1", rows),
        "sequence": pa.array(np.arange(day * rows, (day + 1) * rows)),
        "id": pa.compute.binary_join_element_wise("image-", number, ".jpg", ""),
        "time": pa.array(times, pa.timestamp("us", "UTC")),
        "prediction": pa.array(["car", "bus", "truck"]).take(pa.array(chance.integers(0, 3, rows))),
        "tag.camera": pa.array(["north", "south"]).take(pa.array(chance.integers(0, 2, rows))),
    }
    columns = [
        made[field.name]
        if field.name in made
        else pa.array(chance.random(rows, np.float32))
        if pa.types.is_floating(field.type)
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


BENCHMARK = Benchmark(
    "how fast a large log answers",
    measure,
    [Option("--rows", 10_000_000, "rows of the log"), Option("--rounds", 5, "how often each question is asked")],
)

if __name__ == "__main__":
    main(BENCHMARK)
