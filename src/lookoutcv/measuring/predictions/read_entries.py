"""The entries of a file of predictions, whatever its form: CSV, JSON lines, Parquet, or one list of a JSON file.

The file is read piece by piece; what an entry means is said in `prediction_rows`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from lookoutcv.column_aliases import column_key
from lookoutcv.errors import BadPredictions, SourceError
from lookoutcv.files.json_stream import OversizedJson, open_json
from lookoutcv.files.parquet import bounded_batches
from lookoutcv.files.rows import LINES, SEPARATED, rows
from lookoutcv.number_text import number_of, share_of
from lookoutcv.plain_text import mended, open_text, parse_error

# A column of a CSV file with the score of one class: its case is the label's own.
SCORE_PREFIX = "score."
# 5 million boxes as text; a larger file is a mistake, or is split by window.
_MOST_BYTES = 2**30
_MOST_LINE_BYTES = 2**24
_FORMS = ".csv, .parquet, .jsonl or .json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, row or item of a file.

    Args:
        path: The file.
        number: Of the line or item, from 1.
        values: By name; empty cells are left out.
        columns: Those of the table, also where this entry has nothing in one; none where only the values say it. By
            key, without those of scores.
    """

    path: str
    number: int
    values: Mapping[str, Any]
    columns: tuple[str, ...] = ()

    def first(self, names: Iterable[str]) -> Any:
        """The value under the first of these names that has one; None where none has."""
        return next((self.values[name] for name in names if self.values.get(name) is not None), None)

    def bad(self, why: str, remedy: str = "Correct the line, or remove it.") -> BadPredictions:
        """The error that says what is wrong with this entry."""
        return BadPredictions(f"{self.path}, line {self.number}: {why}", remedy, path=self.path, line=self.number)

    def by_key(self) -> Entry:
        """The same, with columns as `column_key` has them; those of scores keep the label's own case.

        Raises:
            BadPredictions: Two columns are then one, with different values.
        """
        values: dict[str, Any] = {}
        for name, value in self.values.items():
            if value is None:
                continue
            key = _key(name)
            if key in values and values[key] != value:
                raise self.bad(f"two columns are called {key!r} and differ", "Remove one of them.")
            values[key] = value
        return Entry(self.path, self.number, values, _keys(self.columns or tuple(self.values)))

    def number_of(self, value: Any, what: str) -> float:
        """A value as a number.

        Raises:
            BadPredictions: It is none.
        """
        return self._read(number_of, value, what)

    def share_of(self, value: Any, what: str) -> float:
        """A value as a number; "90%" is 0.9.

        Raises:
            BadPredictions: It is none.
        """
        return self._read(share_of, value, what)

    def _read(self, reader: Callable[[Any], float], value: Any, what: str) -> float:
        try:
            return reader(value)
        except ValueError as why:
            raise self.bad(f"{what} is {str(value)[:40]!r}, which is {why}") from None

    def inner(self, value: Any) -> Entry:
        """One of several objects inside this entry.

        Raises:
            BadPredictions: It is no object.
        """
        if not isinstance(value, dict):
            raise self.bad("not an object with names and values")
        return Entry(self.path, self.number, value)


@lru_cache(maxsize=65_536)
def _key(name: str) -> str:
    return name if name.startswith(SCORE_PREFIX) else column_key(name)


# A table of a thousand scores has the same columns in every line.
@lru_cache(maxsize=64)
def _keys(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_key(name) for name in columns if not name.startswith(SCORE_PREFIX))


def entries_of(path: str) -> Iterator[Entry]:
    """The entries of a file.

    Args:
        path: Ends in .csv, .tsv, .parquet, .jsonl or .json; of a JSON file its list or, where it is an object, its list
            `annotations`.
    Raises:
        BadPredictions: It cannot be read, is too large, or an entry is no object.
    """
    _check_size(path)
    suffix = Path(path).suffix.lower()
    if suffix in SEPARATED:
        yield from _csv(path)
    elif suffix in LINES:
        yield from _json_lines(path)
    elif suffix == ".parquet":
        yield from _parquet(path)
    elif suffix == ".json":
        yield from items_of(path, "item" if json_root(path) == b"[" else "annotations.item")
    else:
        raise BadPredictions(
            f"{path} does not say in which form its predictions are",
            f"Give a file that ends in {_FORMS}.",
            path=path,
            line=None,
        )


def items_of(path: str, part: str) -> Iterator[Entry]:
    """The entries of one list of a JSON file.

    Args:
        path: The file.
        part: Where the list stands in it, as ijson names it: "item", "images.item".
    Raises:
        BadPredictions: It cannot be read, is too large, or an entry is no object.
    """
    import ijson  # noqa: PLC0415 - only those who have such a file pay for it

    _check_size(path)
    number = 0
    try:
        with open_json(path) as file:
            for number, item in enumerate(ijson.items(file, part, use_float=True), start=1):
                yield Entry(path, number, {}).inner(item)
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None
    except (ijson.JSONError, ValueError, OverflowError, RecursionError) as reason:
        why = str(reason) if isinstance(reason, OversizedJson) else "not JSON, or cut off"
        raise _unreadable(path, f"{why}, after entry {number:,}") from None


def json_root(path: str) -> bytes:
    """The first character of a JSON file: "[" of a list, "{" of an object.

    Raises:
        BadPredictions: It cannot be read.
    """
    try:
        with open_json(path) as file:
            return file.read(4096).lstrip()[:1]
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None
    except OversizedJson as reason:
        raise _unreadable(path, str(reason)) from None


def _csv(path: str) -> Iterator[Entry]:
    try:
        for number, row in rows(path, path):
            yield Entry(path, number, _cells(row), tuple(row))
    except SourceError as reason:
        line = reason.fields.get("line")
        raise BadPredictions(reason.problem, reason.remedy, path=path, line=line) from None


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def _json_lines(path: str) -> Iterator[Entry]:
    with _opened(path) as file:
        number = 0
        try:
            while line := file.readline(_MOST_LINE_BYTES):
                number += 1
                if line.strip():
                    yield Entry(path, number, {}).inner(json.loads(mended(line)))
        except (ValueError, RecursionError) as reason:
            raise Entry(path, number, {}).bad(f"not JSON ({parse_error(reason)})") from None


def _parquet(path: str) -> Iterator[Entry]:
    import pyarrow as pa  # noqa: PLC0415 - a worker of a pool never reads such a file
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            if b"lookoutcv.kind" in (file.metadata.metadata or {}):
                raise BadPredictions(
                    f"{path} is a file of LookOutCV, not of predictions",
                    "Give records as they are: lookout monitor records.parquet -b baseline.parquet",
                    path=path,
                    line=None,
                )
            number = 0
            for batch in bounded_batches(file, lambda row, why: Entry(path, row, {}).bad(why)):
                for row in batch.to_pylist():
                    number += 1
                    values = {name: value for name, value in row.items() if value is not None}
                    yield Entry(path, number, values, tuple(row))
    except (pa.ArrowException, OSError, ValueError) as reason:
        raise _unreadable(path, str(reason).partition("\n")[0]) from None


def _check_size(path: str) -> None:
    try:
        size = os.path.getsize(path)
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None
    if size > _MOST_BYTES:
        raise BadPredictions(
            f"{path} has {size:,} bytes, and {_MOST_BYTES:,} are read",
            "Split it: a file for each window.",
            path=path,
            line=None,
        )


def _opened(path: str) -> IO[str]:
    try:
        return open_text(path, newline="")
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None


def _unreadable(path: str, why: str) -> BadPredictions:
    return BadPredictions(f"{path} cannot be read: {why}", "Check the file.", path=path, line=None)
