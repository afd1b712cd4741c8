"""What rows of the log hold: which columns, whose predictions, and of how many rows the image was measured."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable, expression
from lookoutcv.log.table.schema import BASE
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Task
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS, prediction_fields
from lookoutcv.records.schema import FIXED

_FACTS = ("task", "model_version", "image_state")
# Lists of labels are long and few; more different ones than this are no labels of one model.
_MOST_LISTS = 1000


@dataclass(frozen=True)
class Inventory:
    """What the chosen rows have in common.

    Args:
        rows: How many.
        states: Rows by what became of their images: "measured", "none", "sampled out", "unreadable".
        tasks: Rows by the task of their logger.
        versions: Rows by the model's version; rows without one are under "".
        labels: That scores and masks count through, in order; empty where no row tells, or rows contradict.
        contradictory: Rows tell different labels: scores cannot be told apart.
    """

    rows: int
    states: dict[str, int]
    tasks: dict[str, int]
    versions: dict[str, int]
    labels: tuple[str, ...]
    contradictory: bool


def take_inventory(table: LogTable, which: LogFilter) -> Inventory:
    """What the chosen rows have in common, from one pass over a few narrow columns."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _FACTS}
    rows = 0
    for batch in table.scan(which, _FACTS):
        rows += batch.num_rows
        for name in _FACTS:
            counts[name] += _counted(batch.column(name))
    # Labels stand on the first row of a batch, which need not have the tags of the others, nor their hour.
    start = which.start and which.start.replace(hour=0, minute=0, second=0, microsecond=0)
    texts: set[str] = set()
    for batch in table.scan(replace(which, tags=(), since=start), ["labels"]):
        if len(texts) < _MOST_LISTS:
            texts |= set(_counted(batch.column("labels"))) - {""}
    labels, contradictory = _agreed([_list(text) for text in texts])
    states, tasks, versions = (dict(counts[name]) for name in ("image_state", "task", "model_version"))
    return Inventory(rows, states, tasks, versions, labels, contradictory)


def _counted(column: pa.Array) -> Counter[str]:
    counts = pc.value_counts(column)
    pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    return Counter({value or "": count for value, count in pairs})


def _agreed(lists: list[tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """The longest list, where every other is its beginning: labels that a segmentation met later come behind.

    Example:
        >>> _agreed([("a",), ("a", "b")]), _agreed([("a",), ("b",)])
        ((('a', 'b'), False), ((), True))
    """
    longest = max(lists, key=len, default=())
    agreed = all(longest[: len(labels)] == labels for labels in lists)
    return (longest, False) if agreed else ((), True)


def _list(text: str) -> tuple[str, ...]:
    try:
        labels = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(map(str, labels)) if isinstance(labels, list) else ()


def filled(table: LogTable, which: LogFilter) -> list[str]:
    """The columns of which any row has a value, in order, as far as the footers of the files tell.

    The table has the columns of all its models: those of another one are no missing values of this.

    Args:
        table: The log.
        which: Files without any of its rows are left out; of the others all rows count.
    """
    names_with_values: set[str] = set()
    names = table.schema.names
    for footer in _footers(table, which):
        paths = [footer.schema.column(place).path for place in range(footer.num_columns)]
        for place, path in enumerate(paths):
            name = path if path in names else path.partition(".")[0]
            if name not in names_with_values and any(
                _has_value(footer.row_group(group).column(place)) for group in range(footer.num_row_groups)
            ):
                names_with_values.add(name)
    return [name for name in names if name in names_with_values or name in ("model", "day")]


def _footers(table: LogTable, which: LogFilter) -> Iterator[Any]:
    dataset = table.delta.to_pyarrow_dataset()
    for fragment in dataset.get_fragments(filter=expression(which, table.schema.names)):
        yield fragment.metadata


def _has_value(chunk: Any) -> bool:
    statistics = chunk.statistics
    return statistics is None or not statistics.has_null_count or statistics.null_count < chunk.num_values


def record_columns(stored: Sequence[str], names: Iterable[str], task: Task | None) -> list[str]:
    """Those of the columns that records of a task are made of.

    Args:
        stored: Columns of the table.
        names: Those with a value, as `filled` gives them.
        task: Of the model; None where it is not known.
    """
    with_values = set(names)
    # A prediction's columns are needed where all of them are null too: a detector that found nothing has an empty list.
    own = (
        {field.name for field in prediction_fields(task)} | {metric.name for metric in for_task(task)}
        if task
        else set()
    )
    chosen = own | set(FIXED.names) | (set(PREDICTION_COLUMNS.names) & with_values)
    return [name for name in BASE.names if name in chosen] + [
        name for name in stored if name not in BASE.names and (name in own or name in with_values)
    ]
