"""The rows of a table in a file (CSV, TSV, JSON lines, Parquet), one by one, with their line numbers."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO, Any

from lookoutcv.calls.missing_path import not_found
from lookoutcv.csv_cells import true_text
from lookoutcv.errors import BadManifestLine, SourceError, UnreadableSource
from lookoutcv.files.parquet import binary_columns, bounded_batches
from lookoutcv.number_text import DecimalComma
from lookoutcv.plain_text import mended, open_text, parse_error

# A path, a label and some hundred boxes take a tenth of this.
_MOST_LINE_BYTES = 2**20
SEPARATED, LINES, TABLES = (".csv", ".tsv"), (".jsonl", ".ndjson"), (".parquet",)

_STATED = re.compile(r"[\"']?sep=(.)[\"']?\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')

Row = dict[str, Any]


def rows(path: str, name: str, binary: Collection[str] = ()) -> Iterator[tuple[int, Row]]:
    """Rows with the number of the line that each begins on, from 1; of Parquet, the number of the row.

    Args:
        path: Its suffix says what it is.
        name: What messages call it.
        binary: Columns of Parquet to read although they hold files; all others that do are left out.
    Raises:
        BadManifestLine: A line is not as its form demands.
        SourceNotFound, UnreadableSource: The file cannot be read.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix in TABLES:
        yield from _table_rows(path, name, binary)
        return
    try:
        with open_text(path, newline="") as file:
            lines = _Lines(file, name)
            yield from _json_rows(lines) if suffix in LINES else _separated_rows(lines, suffix)
    except FileNotFoundError:
        raise not_found(name) from None
    except OSError as error:
        raise unreadable(name, error.strerror or str(error)) from error


def columns(path: str, name: str) -> list[str]:
    """The names of a table's columns; of JSON lines, the keys of the first. Only the beginning is read.

    Raises:
        BadManifestLine, SourceNotFound, UnreadableSource: As `rows`.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix in TABLES:
        return [str(column) for column in _parquet(path, name).schema_arrow.names]
    try:
        with open_text(path, newline="") as file:
            lines = _Lines(file, name)
            if suffix in LINES:
                return list(next((row for _, row in _json_rows(lines)), {}))
            return _Table(lines, suffix).header
    except FileNotFoundError:
        raise not_found(name) from None
    except OSError as error:
        raise unreadable(name, error.strerror or str(error)) from error


def bad(name: str, line: int, why: str, remedy: str = "Correct the line, or remove it.") -> BadManifestLine:
    """The error for one line.

    Example:
        >>> str(bad("a.csv", 3, "it names no image"))
        'a.csv, line 3: it names no image. Correct the line, or remove it.'
    """
    return BadManifestLine(f"{name}, line {line}: {why}", remedy, source=name, line=line, reason=why)


def unreadable(name: str, why: str) -> UnreadableSource:
    """The error for a whole file."""
    return UnreadableSource(f"{name} cannot be read: {why}", "Check the file.", source=name, reason=why)


@dataclass
class _Lines:
    """Lines of bounded length; a quoted cell may go over several, which count as one."""

    file: IO[str]
    name: str
    number: int = 0
    since: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.file.readline(_MOST_LINE_BYTES + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.since += len(line)
        if self.since > _MOST_LINE_BYTES:
            raise bad(self.name, self.number, f"longer than {_MOST_LINE_BYTES // 2**20} MiB")
        return mended(line)


class _Table:
    """A header, and a reader that stands behind it."""

    def __init__(self, lines: _Lines, suffix: str) -> None:
        first, delimiter = _first_and_delimiter(lines, suffix)

        def again() -> Iterator[str]:
            yield first
            yield from lines

        self.reader = map(_true_texts, csv.reader(again(), delimiter=delimiter, strict=True))
        self.cell = str if delimiter == "," else DecimalComma
        try:
            self.header = [cell.strip() for cell in next(self.reader, list[str]())]
        except csv.Error as error:
            raise bad(lines.name, lines.number, f"not CSV ({error})") from None
        doubled = {cell for cell in self.header if cell and self.header.count(cell) > 1}
        if doubled:
            no_name = any(re.fullmatch(r"[+-]?\d+([.,]\d*)?", cell) for cell in doubled)
            remedy = "The first line must name the columns, as path,label does." if no_name else "Rename one."
            raise bad(lines.name, lines.number, f"two columns are called {min(doubled)!r}", remedy)


def _true_texts(cells: list[str]) -> list[str]:
    """Without the marks that keep spreadsheets from running a text: ours, and those of others who follow OWASP."""
    return [true_text(cell) if cell[:1] == "'" else cell for cell in cells]


def _first_and_delimiter(lines: _Lines, suffix: str) -> tuple[str, str]:
    """The line of the header, and what stands between its cells: Excel may say so in a line before it, `sep=;`."""
    first = next(lines, "")
    stated = _STATED.fullmatch(first)
    if stated is not None:
        return next(lines, ""), stated[1]
    if suffix == ".tsv" and "\t" in first:
        return first, "\t"
    return first, max(",;\t|", key=_QUOTED.sub("", first).count)


def _separated_rows(lines: _Lines, suffix: str) -> Iterator[tuple[int, Row]]:
    table = _Table(lines, suffix)
    while True:
        lines.since, begins = 0, lines.number + 1
        try:
            cells = next(table.reader, None)
        except csv.Error as error:
            raise bad(lines.name, begins, f"not CSV ({error})") from None
        if cells is None:
            return
        if not any(cells):
            continue
        if len(cells) != len(table.header):
            raise bad(lines.name, begins, f"{len(cells)} cells where the header has {len(table.header)}")
        if table.cell is not str:
            cells = [table.cell(cell) if "," in cell else cell for cell in cells]
        yield begins, {key: cell for key, cell in zip(table.header, cells, strict=True) if key}


def _json_rows(lines: _Lines) -> Iterator[tuple[int, Row]]:
    for line in lines:
        lines.since = 0
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as reason:
            raise bad(lines.name, lines.number, f"not JSON ({parse_error(reason)})") from None
        if not isinstance(row, dict):
            raise bad(lines.name, lines.number, "not a JSON object")
        yield lines.number, row


def _parquet(path: str, name: str) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - a worker that unpickles references needs none of it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return pq.ParquetFile(pa.memory_map(path), page_checksum_verification=True)
    except FileNotFoundError:
        raise not_found(name) from None
    except Exception as error:  # damaged bytes make pyarrow raise many kinds
        raise unreadable(name, "not Parquet, or damaged") from error


def schema_of(path: str, name: str) -> Any:
    """The columns of a Parquet file with their types.

    Raises:
        SourceNotFound, UnreadableSource: As `rows`.
    """
    return _parquet(path, name).schema_arrow


def _table_rows(path: str, name: str, binary: Collection[str]) -> Iterator[tuple[int, Row]]:
    file = _parquet(path, name)
    left_out = set(binary_columns(file.schema_arrow)).difference(binary)
    names = [field.name for field in file.schema_arrow if field.name not in left_out]
    number = 0
    try:
        for batch in bounded_batches(file, lambda row, why: bad(name, row, why, "Leave it out."), names):
            for row in _in_microseconds(batch).to_pylist():
                number += 1
                yield number, row
    except SourceError:
        raise
    except Exception as error:
        raise bad(name, number + 1, "damaged", "Copy or make the file again.") from error


def _in_microseconds(batch: Any) -> Any:
    """Times without their nanoseconds, which Python's have no room for: pandas writes such columns."""
    import pyarrow as pa  # noqa: PLC0415

    for place, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            times = batch.column(place).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(place, field.name, times)
    return batch
