"""Damage our own files at random and load them, until the time is up: `file_loop.py SECONDS SEED CASE FILE ...`.

What loads in spite of the damage is used as a person would use it: rendered, or compared. The last line on standard
output is JSON: how many loaded, how many were refused, and what was neither.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from decode_loop import MOST_SURPRISES, damaged

import lookoutcv as lo
from lookoutcv import Baseline
from lookoutcv.errors import FileFormatError, LookoutError
from lookoutcv.results.drift_report import DriftReport

_VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    float("nan"),
    "",
    "x" * 50,
    "<b>&",
    [],
    [[]],
    {},
    {"a": 1},
    "\0",
]


def changed_report(data: bytes, random: np.random.Generator) -> bytes:
    """Valid JSON in which some values are of another kind or gone."""
    value = json.loads(data)
    for _ in range(int(random.integers(1, 4))):
        _change(value, random)
    return json.dumps(value).encode()


def _change(value: Any, random: np.random.Generator) -> None:
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = keys[int(random.integers(len(keys)))]
        if isinstance(value[key], dict | list) and random.random() < 0.8:
            value = value[key]
        elif random.random() < 0.2:
            del value[key]
            return
        else:
            value[key] = _VALUES[int(random.integers(len(_VALUES)))]
            return


def changed_columns(data: bytes, random: np.random.Generator) -> bytes:
    """A valid Parquet file of ours, from which another tool took columns, or whose types it changed."""
    table = pq.read_table(pa.BufferReader(data))
    metadata = table.schema.metadata
    for _ in range(int(random.integers(1, 4))):
        table = _edit(table, int(random.integers(table.num_columns)), random)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema.with_metadata(metadata)) as writer:
        writer.write_table(table.replace_schema_metadata(metadata))
    return bytes(sink.getvalue())


def _edit(table: pa.Table, at: int, random: np.random.Generator) -> pa.Table:
    name, rows = table.column_names[at], table.num_rows
    wrong: list[Callable[[], pa.Table]] = [
        lambda: table.remove_column(at) if table.num_columns > 1 else table,
        lambda: table.set_column(at, name, pa.nulls(rows, table.schema.field(at).type)),
        lambda: table.set_column(at, name, pa.array(["text"] * rows)),
        lambda: table.set_column(at, name, pa.array([[1.0]] * rows)),
        lambda: table.set_column(at, name, pa.array(np.full(rows, np.inf))),
        lambda: table.set_column(at, name, pa.array(np.full(rows, -(2**62)))),
        lambda: table.append_column(name, table.column(at)),
        lambda: table.slice(0, int(random.integers(rows + 1))),
        lambda: table.rename_columns([*table.column_names[:at], "", *table.column_names[at + 1 :]]),
    ]
    return wrong[int(random.integers(len(wrong)))]()


def used(found: Any, whole: Baseline) -> None:
    """What a person does with a file that loads."""
    if isinstance(found, DriftReport):
        for format in ("terminal", "html", "json"):
            lo.render(found, format=format)
    elif isinstance(found, Baseline):
        lo.compare(found, whole, workers=1)
    else:
        lo.monitor(found, baseline=whole, workers=1)


def main(seconds: float, seed: int, case: Path, files: list[Path]) -> None:
    """Load damaged files until the time is up."""
    random = np.random.default_rng(seed)
    whole = next(found for found in map(lo.load, files) if isinstance(found, Baseline))
    outcomes: Counter[str] = Counter()
    surprises: dict[str, str] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(surprises) < MOST_SURPRISES:
        file = files[int(random.integers(len(files)))]
        by_kind = changed_report if file.suffix == ".json" else changed_columns
        damage = by_kind if random.random() < 0.5 else damaged
        case.write_bytes(damage(file.read_bytes(), random))
        step = "load"
        try:
            found = lo.load(case)
            step = "use"
            used(found, whole)
            outcomes["loaded"] += 1
        except LookoutError as error:
            outcomes["refused"] += 1
            if step == "load" and not isinstance(error, FileFormatError):
                _keep(case, surprises, f"{file.name}, {damage.__name__}: load: {type(error).__name__}: {error}")
        except BaseException as error:  # whatever it is, it is what this run looks for
            _keep(case, surprises, f"{file.name}, {damage.__name__}: {step}: {type(error).__name__}: {error}")
    print(json.dumps({**outcomes, "surprises": surprises}))


def _keep(case: Path, surprises: dict[str, str], what: str) -> None:
    kept = case.with_name(f"surprise-{len(surprises)}{case.suffix}")
    kept.write_bytes(case.read_bytes())
    surprises.setdefault(what, str(kept))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), [Path(name) for name in sys.argv[4:]])
