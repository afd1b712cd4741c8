"""The log for polars: chosen rows as a lazy frame, of which only what a query needs is read."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

from lookoutcv.extras import need
from lookoutcv.log.table.log_filter import ALL, LogFilter
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.log.table.open_delta import PATIENCE
from lookoutcv.log.table.schema import TAG

if TYPE_CHECKING:
    import polars as pl


def lazy_frame(table: LogTable, which: LogFilter = ALL) -> pl.LazyFrame:
    """Chosen rows as a `polars.LazyFrame`: nothing is read before it is collected.

    Args:
        table: The log.
        which: Which rows.
    Raises:
        MissingExtra: polars is not installed.
    """
    polars = need("polars", "log")
    if table.storage_options is None:
        frame: pl.LazyFrame = polars.scan_delta(table.delta)
    else:
        # Those of patience are Delta Lake's: polars has others, of other types.
        options = {key: value for key, value in table.storage_options.items() if key not in PATIENCE}
        frame = polars.scan_delta(table.directory, version=table.delta.version(), storage_options=options or None)
    terms = _terms(polars, frame, which)
    return frame.filter(functools.reduce(operator.and_, terms)) if terms else frame


def _terms(polars: Any, frame: pl.LazyFrame, which: LogFilter) -> list[Any]:
    col = polars.col
    first, last = which.days
    terms = []
    if which.model is not None:
        terms.append(col("model") == which.model)
    if which.version is not None:
        terms.append(col("model_version") == which.version)
    if which.start is not None:
        terms += [col("day") >= first, col("time") >= which.start]
    if which.end is not None:
        terms += [col("day") <= last, col("time") < which.end]
    if which.tag_pairs:
        kinds = frame.collect_schema()
        terms += [_tagged(polars, kinds, name, value) for name, value in which.tag_pairs]
    return terms


def _tagged(polars: Any, kinds: Any, name: str, value: str) -> Any:
    tags = polars.col("tags")
    if isinstance(kinds["tags"], polars.List):  # before polars knew maps
        pair = polars.element().struct
        mapped = tags.list.eval((pair.field("key") == name) & (pair.field("value") == value)).list.any()
    else:
        mapped = tags.map.get(name) == value
    mapped = mapped.fill_null(False)
    column = TAG + name.lower()
    return (polars.col(column) == value).fill_null(False) | mapped if column in kinds else mapped
