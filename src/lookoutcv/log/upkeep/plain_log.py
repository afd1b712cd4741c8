"""One plain Parquet log: which of its columns means what, and its rows as those of the prediction log."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lookoutcv import column_aliases as aliases
from lookoutcv.calls.option_names import option
from lookoutcv.errors import UnreadableSource, UsageError
from lookoutcv.files.parquet import bounded_batches
from lookoutcv.log.buffer.commit import append
from lookoutcv.log.buffer.record_batch import RecordBatchMaker
from lookoutcv.log.one_call.call_queue import Call
from lookoutcv.log.one_call.parse_predictions import BoxArguments, parse_classification, parse_detection
from lookoutcv.log.table.open_delta import open_delta
from lookoutcv.log.table.own_files import PLAIN_LOG
from lookoutcv.log.table.schema import TAG, table_schema
from lookoutcv.log.upkeep.plain_columns import (
    box_columns,
    confidence_of,
    imported_columns,
    is_number,
    is_text,
    moment_of,
)
from lookoutcv.log.writing.log_row import Row, make_row, measure_prediction
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Task
from lookoutcv.predictions.box_columns import TAKEN_FOR_CORNERS
from lookoutcv.predictions.label_names import plain_numbers

_ROWS_AT_ONCE = 4096
# A commit for each would make the table slow to open.
_ROWS_A_COMMIT = 65_536
_MOST_COLUMNS = 200
_NAMED = 8
# What the sums of a softmax in another order make of 1.
_ROUNDING = 1e-4
_NO_BOX = (math.nan,) * 4


class PlainLog:
    """One file: which of its columns means what."""

    def __init__(self, path: Path, model: str | None) -> None:
        self._path = path
        self._file = pq.ParquetFile(path)
        schema = self._file.schema_arrow
        twice = [name for name, count in Counter(schema.names).items() if count > 1]
        if twice:
            raise UnreadableSource(
                f"{path} has two columns called {twice[0]!r}", "Give each a name of its own.", source=str(path)
            )
        known = aliases.AliasedColumns(schema.names)
        self._column = {
            meaning: known.first(names)
            for meaning, names in (
                ("time", aliases.LOGGED_TIMES),
                ("name", aliases.LOGGED_IMAGES),
                ("class", aliases.LOGGED_CLASSES),
                ("confidence", aliases.CONFIDENCES),
                ("label", aliases.TRUE_LABELS),
                ("version", aliases.MODEL_VERSIONS),
                ("model", aliases.MODEL_NAMES),
            )
        }
        self._boxes = box_columns(known, schema)
        self._task: Task = "detection" if self._boxes.columns else "classification"
        used = {name for name in (*self._column.values(), *self._boxes.columns) if name is not None}
        unknown = [field for field in schema if field.name not in used]
        others = unknown[:_MOST_COLUMNS]
        self._numbers = imported_columns([field.name for field in others if is_number(field.type)])
        self._texts = [field.name for field in others if is_text(field.type)]
        taken = {*self._numbers, *self._texts}
        self._left_out = [field.name for field in unknown if field.name not in taken]
        self._whole = {meaning: self._whole_numbers(self._column[meaning]) for meaning in ("class", "label")}
        self._model = model or self._named()
        self._refuse_percentages()
        self._rows = self._troubled = 0
        self._trouble = ""

    @property
    def notes(self) -> Iterator[str]:
        """What of the file is not taken over, and once it was brought in, what is wrong with rows; in sentences."""
        if self._left_out:
            names = ", ".join(map(repr, self._left_out[:_NAMED]))
            more = f" and {len(self._left_out) - _NAMED:,} more" if len(self._left_out) > _NAMED else ""
            yield (
                f"{self._path}: not taken over, being neither numbers nor texts, or beyond {_MOST_COLUMNS}: columns "
                f"{names}{more}."
            )
        if self._boxes.bare:
            yield f"{self._path}: x and y of boxes are {TAKEN_FOR_CORNERS}"
        if self._column["class"] is None:
            yield f"{self._path}: no column of predictions; call it one of {', '.join(aliases.LOGGED_CLASSES[:4])}."
        if self._troubled:
            yield (
                f"{self._path}: something is wrong with {self._troubled:,} of {self._rows:,} rows, and stands in their "
                f"column problems, the first: {self._trouble}."
            )

    def _whole_numbers(self, column: str | None) -> dict[str, str]:
        """Texts of a column of classes that are numbers which were written as floats."""
        if column is None or not is_text(self._file.schema_arrow.field(column).type):
            return {}
        batches = bounded_batches(self._file, self._too_large, [column])
        return plain_numbers({text for batch in batches for text in batch.column(0).to_pylist() if text is not None})

    def _refuse_percentages(self) -> None:
        """One rule for confidences, also of predictions made elsewhere: they are within 0 to 1, or carry their sign."""
        column = self._column["confidence"]
        number = 0
        for batch in () if column is None else bounded_batches(self._file, self._too_large, [column]):
            for value in batch.column(0).to_pylist():
                number += 1
                share = confidence_of(value)
                if isinstance(share, float) and 1 + _ROUNDING < share <= 100:
                    raise UnreadableSource(
                        f"{self._path}, row {number:,}: the confidence is {share:g}, not within 0 to 1; divide "
                        "percentages by 100, or write them with their sign (90%)",
                        "Import the file again then.",
                        source=str(self._path),
                    )

    def _too_large(self, row: int, why: str) -> UsageError:
        return UsageError(f"{self._path}, row {row:,}: {why}", "Leave it out.", path=str(self._path))

    def _named(self) -> str | None:
        matched = PLAIN_LOG.fullmatch(self._path.name)
        if matched is None and self._column["model"] is None:
            raise UsageError(
                f"{self._path} does not say which model it is of",
                f"Name it: {option('model', 'NAME')}.",
                path=str(self._path),
            )
        return matched["model"] if matched else None

    def bring(self, directory: str, options: dict[str, str]) -> int | None:
        """Append its rows; None where they are there already."""
        digest = hashlib.sha256()
        with open(self._path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        writer = f"import-{digest.hexdigest()[:24]}"
        table = open_delta(directory, options)
        before = None if table is None else table.transaction_version(writer)
        last = max(0, (self._file.metadata.num_rows - 1) // _ROWS_A_COMMIT)
        if before is not None and before >= last:
            return None
        total = 0
        for number, batches in enumerate(self._commits(writer)):
            # A killed import goes on where it was: which rows are in a commit does not depend on anything else.
            if before is not None and number <= before:
                continue
            append(directory, open_delta(directory, options), batches, (writer, number), options)
            total += sum(batch.num_rows for batch in batches)
        return total

    def _commits(self, writer: str) -> Iterator[list[pa.RecordBatch]]:
        waiting: list[pa.RecordBatch] = []
        size = 0
        for rows in self._batches(writer):
            waiting.append(rows)
            size += rows.num_rows
            if size >= _ROWS_A_COMMIT:
                yield waiting
                waiting, size = [], 0
        if waiting:
            yield waiting

    def _batches(self, writer: str) -> Iterator[pa.RecordBatch]:
        columns: set[str] = set()
        made: list[Row] = []
        for sequence, group in enumerate(self._groups()):
            made.append(self._row(sequence, group, writer, columns))
            if len(made) >= _ROWS_AT_ONCE:
                yield self._batch(made, columns, writer)
                made = []
        if made:
            yield self._batch(made, columns, writer)

    def _batch(self, rows: list[Row], columns: set[str], writer: str) -> pa.RecordBatch:
        schema = table_schema(for_task(self._task), sorted(column.removeprefix(TAG) for column in columns))
        own = [pa.field(name, pa.float32()) for name in self._numbers.values()]
        same = {"model": self._model, "task": self._task, "writer": writer}
        return RecordBatchMaker(pa.schema([*schema, *own]), same).make(rows)

    def _groups(self) -> Iterator[list[Mapping[str, Any]]]:
        """Rows of one image: boxes of one image and one moment follow each other."""
        wanted = [name for name in (*self._column.values(), *self._boxes.columns, *self._numbers, *self._texts) if name]
        group: list[Mapping[str, Any]] = []
        for batch in bounded_batches(self._file, self._too_large, list(dict.fromkeys(wanted))):
            for row in batch.to_pylist():
                if group and not (self._boxes.columns and self._key(group[0]) == self._key(row) is not None):
                    yield group
                    group = []
                group.append(row)
        if group:
            yield group

    def _key(self, row: Mapping[str, Any]) -> tuple[Any, Any] | None:
        name = self._value(row, "name")
        return None if name is None else (name, moment_of(self._value(row, "time")))

    def _value(self, row: Mapping[str, Any], meaning: str) -> Any:
        column = self._column[meaning]
        value: Any = None if column is None else row.get(column)
        if meaning in self._whole:
            whole = isinstance(value, float) and value.is_integer()
            if isinstance(value, str):
                return self._whole[meaning].get(value, value)
            return int(value) if whole else value
        return value

    def _row(self, sequence: int, group: list[Mapping[str, Any]], writer: str, columns: set[str]) -> Row:
        first = group[0]
        tags = {name: first[name] for name in self._texts if first.get(name) is not None}
        moment = moment_of(self._value(first, "time"))
        details = {
            "name": self._value(first, "name"),
            "label": self._value(first, "label"),
            "tags": tags,
            "time": moment,
            "model_version": self._value(first, "version"),
        }
        # Without a time of its own a row is as old as its file.
        clock = int(self._path.stat().st_mtime) * 10**9
        call = Call(sequence, clock, self._arguments(group), None, 0, False, details)
        parse = parse_detection if self._boxes.columns else parse_classification
        row, prediction = make_row(call, writer=writer, labels=(), task=self._task, parse=parse, columns=columns)
        if moment is None:
            row["problems"] = [*(row.get("problems") or []), "no time was logged; this is that of the file"]
        self._rows += 1
        if problems := row.get("problems"):
            self._troubled, self._trouble = self._troubled + 1, self._trouble or problems[0]
        row["image_state"] = "none"
        measure_prediction(row, prediction, for_task(self._task), None)
        for name, column in self._numbers.items():
            row[column] = None if first.get(name) is None else float(first[name])
        if self._model is None:
            row["model"] = str(self._value(first, "model") or "unknown")
        return row

    def _box(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """The corners of a row's box; NaN where it says none, which the row of the log then tells."""
        try:
            return self._boxes.corners(row) or _NO_BOX
        except ValueError:
            return _NO_BOX

    def _arguments(self, group: list[Mapping[str, Any]]) -> Any:
        classes = [self._value(row, "class") for row in group]
        confidences = [confidence_of(self._value(row, "confidence")) for row in group]
        if not self._boxes.columns:
            return classes[0], confidences[0], None
        # A row without corners says that nothing was found.
        boxed = [i for i, row in enumerate(group) if all(row.get(c) is not None for c in self._boxes.columns)]
        boxes = [self._box(group[i]) for i in boxed]
        return [classes[i] for i in boxed], [confidences[i] for i in boxed], BoxArguments((None,) * 4, boxes)
