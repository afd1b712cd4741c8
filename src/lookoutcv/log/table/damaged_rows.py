"""Stored rows that cannot be read: what Arrow, polars or Delta Lake makes of a damaged file is one error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from lookoutcv.errors import UnreadableSource
from lookoutcv.files import is_url, shown
from lookoutcv.files.stderr_filter import stderr_lines
from lookoutcv.log.table.open_delta import PANIC

if TYPE_CHECKING:
    import polars as pl

# polars' errors have no base that is known without importing it, and its panic is no Exception.
_LIBRARIES = ("polars", "deltalake", "pyo3_runtime", "_internal")


@contextmanager
def reading_rows(directory: str) -> Iterator[None]:
    """While it lasts, what a library raises of stored rows is told as a log that cannot be read.

    Args:
        directory: The log's.
    Raises:
        UnreadableSource: A file of it is damaged, gone, or not reachable.
    """
    try:
        yield
    except BaseException as reason:
        of_library = (type(reason).__module__ or "").partition(".")[0] in _LIBRARIES
        if not of_library and not isinstance(reason, pa.ArrowException | OSError):
            raise
        why = str(reason).partition("\n")[0][:200]
        place = shown(directory) if is_url(directory) else directory
        raise UnreadableSource(
            f"rows of the prediction log at {place} cannot be read: {why}",
            "A file below it is damaged or gone: bring it back from a copy, or read other days or models.",
            source=place,
            reason=why,
        ) from reason


def collected(frame: pl.LazyFrame, directory: str) -> pl.DataFrame:
    """What a lazy frame of the log's rows gives.

    Args:
        frame: The frame.
        directory: The log's.
    Raises:
        UnreadableSource: A file of it is damaged, gone, or not reachable.
    """
    # Of a damaged file polars' threads panic; what they write of it themselves tells a user nothing.
    with reading_rows(directory), stderr_lines(PANIC, of_threads=True):
        return frame.collect(engine="streaming")
