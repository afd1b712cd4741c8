"""Truth that arrives later: labels from a file, put on rows that are in the log already."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

import pyarrow as pa

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.column_aliases import LABELLED_IMAGES, LABELS_OF_LABELLED, AliasedColumns
from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.files.rows import LINES, SEPARATED, TABLES, Row, bad, columns, rows
from lookoutcv.log.one_call.call_values import LONGEST_NAME
from lookoutcv.log.table.arguments import checked_path
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.log.table.transactions import quoted, retried
from lookoutcv.plain_text import composed
from lookoutcv.predictions.label_names import plain_numbers, refuse_json

# Held in memory: 200 MB.
_MOST_LABELS = 1_000_000
_NAMED = 5


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Labelled:
    """What labels did to a log, or would do.

    Args:
        dry_run: Nothing was changed.
        labels: Images that the file names, each with a label.
        rows: Rows that had no label and got one.
        changed: Rows that had another label.
        known: Rows that had this label already.
        unmatched: Images of the file of which no row is in the log.
        examples: The first few of these.
        without_label: Lines of the file without a label; they were left out.
    """

    dry_run: bool
    labels: int
    rows: int
    changed: int
    known: int
    unmatched: int
    examples: tuple[str, ...]
    without_label: int


def label(file: str | os.PathLike[str], table: LogTable, which: LogFilter, *, dry_run: bool = False) -> Labelled:
    """Put labels on rows of the log: what was on the images, known since. Then the true accuracy is told.

    A row is found by the name under which its image was logged, letter by letter (accents in either spelling); where
    several rows have it, all of them get the label. Safe beside running writers, and harmless when it is done again:
    each day of a model is one commit, made again where another came first, and a day whose rows have their labels is
    left alone.

    Args:
        file: A .csv, .tsv, .jsonl or .parquet file with a line an image: its name (`id`, `image_name`, `path` ...) and
            its `label` (or `true_class`, `ground_truth` ...). 1,000,000 lines at most.
        table: The log.
        which: Only these rows; tags cannot choose them.
        dry_run: Only say what would be done.
    Returns:
        What was done, with the images that are in no row.
    Raises:
        SourceNotFound: There is no log, no such model in it, or no such file.
        BadManifestLine, UnreadableSource: The file cannot be read, or names an image twice with different labels.
        ConfigError: It has no column of images or of labels.
    """
    if which.tag_pairs:
        raise ConfigError("tags cannot choose rows to label", "Choose them by model, version and time.", key="tags")
    labels, without = _read(checked_path(file, "file"))
    if which.model is not None and which.model not in table.models:
        raise SourceNotFound(
            f"the log at {table.directory} has no model {which.model!r}",
            f"There are: {', '.join(map(repr, table.models[:_NAMED]))}.",
            source=which.model,
        )
    labelling = _Labelling(table, labels, dry_run)
    for name in table.models if which.model is None else [which.model]:
        own = replace(which, model=name)
        for day in table.days(own):
            labelling.label(own.on_day(day), day)
    missing = [id for id in labels if id not in labelling.seen]
    return Labelled(
        dry_run,
        len(labels),
        labelling.rows,
        labelling.changed,
        labelling.known,
        len(missing),
        tuple(islice(missing, _NAMED)),
        without,
    )


class _Labelling:
    """A log while its rows are labelled, a day of a model at a time."""

    def __init__(self, table: LogTable, labels: Mapping[str, str], dry_run: bool) -> None:
        self._table, self._labels, self._dry_run = table, labels, dry_run
        self.seen: set[str] = set()
        self.rows = self.changed = self.known = 0

    def label(self, part: LogFilter, day: date) -> None:
        missing: set[str] = set()
        for batch in self._table.scan(part, ["id", "label"]):
            for id, label in zip(batch.column("id").to_pylist(), batch.column("label").to_pylist(), strict=True):
                truth = self._labels.get(composed(id))
                if truth is None:
                    continue
                self.seen.add(composed(id))
                self.rows += label is None
                self.changed += label not in (None, truth)
                self.known += label == truth
                if label != truth:
                    missing.add(id)
        if missing and not self._dry_run:
            ids = sorted(missing)
            source = pa.table({"id": ids, "label": [self._labels[composed(id)] for id in ids]})
            predicate = _predicate(part, day)
            retried(self._table, lambda delta: _merge(delta, source, predicate))


def _merge(delta: Any, source: pa.Table, predicate: str) -> Any:
    merger = delta.merge(source, predicate=predicate, source_alias="truth", target_alias="row")
    return merger.when_matched_update({"label": "truth.label"}).execute()


def _predicate(part: LogFilter, day: date) -> str:
    """The rows of a day's part, those that have their label left out; the partition comes first, so that no other is
    read, and an append to another is no conflict."""
    terms = [f"row.model = {quoted(part.model or '')}", f"row.day = '{day.isoformat()}'"]
    if part.version is not None:
        terms.append(f"row.model_version = {quoted(part.version)}")
    for moment, order in ((part.start, ">="), (part.end, "<")):
        if moment is not None:
            terms.append(f"row.\"time\" {order} '{moment.isoformat()}'")
    return " AND ".join([*terms, "row.id = truth.id", "(row.label IS NULL OR row.label <> truth.label)"])


# The file.


def _read(path: str) -> tuple[dict[str, str], int]:
    """Labels by image, and how many lines have none."""
    if not path.lower().endswith((*SEPARATED, *LINES, *TABLES)):
        raise ConfigError(
            f"{path} does not say in which form its labels are", "End its name in .csv, .jsonl or .parquet.", key="file"
        )
    there = columns(path, path)
    id_column = _column(there, LABELLED_IMAGES, "images", path)
    label_column = _column(there, LABELS_OF_LABELLED, "labels", path)
    labels: dict[str, str] = {}
    without = 0
    for line, row in rows(path, path):
        id, label = composed(_text(row, id_column)), _text(row, label_column)
        if not id:
            raise bad(path, line, f"it names no image in {id_column!r}")
        if not label:
            without += 1
            continue
        try:
            refuse_json(label)
        except ValueError as reason:
            raise bad(path, line, str(reason)) from None
        if len(label) > LONGEST_NAME:
            raise bad(path, line, f"a label of {len(label):,} characters; a class has at most {LONGEST_NAME}")
        if labels.setdefault(id, label) != label:
            raise bad(path, line, f"a second label for {id[:80]!r}: {label[:80]!r}, and {labels[id][:80]!r} before")
        if len(labels) > _MOST_LABELS:
            raise bad(path, line, f"more than {_MOST_LABELS:,} images", "Split the file.")
    whole = plain_numbers(set(labels.values()))
    return {id: whole.get(label, label) for id, label in labels.items()}, without


def _column(there: Sequence[str], names: tuple[str, ...], what: str, path: str) -> str:
    column = AliasedColumns(there).first(names)
    if column is None:
        has = ", ".join(map(repr, islice(there, 12))) or "none"
        raise ConfigError(
            f"{path} has no column of {what}; its columns are {has}",
            f"Call it one of {', '.join(names)}.",
            key="file",
        )
    return column


def _text(row: Row, column: str) -> str:
    """A cell as text: 3 and 3.0 are one class."""
    value = row.get(column)
    if value is None or isinstance(value, dict | list) or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
