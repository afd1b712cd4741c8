"""Rows into segments: a batch at a time, with the columns that all of them need, tried again while a disk is full."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection

import pyarrow as pa

from lookoutcv.log.buffer.counters import Counts
from lookoutcv.log.buffer.record_batch import DAY_US, RecordBatchMaker
from lookoutcv.log.one_call.call_values import Labels
from lookoutcv.log.table.schema import TAG, table_schema
from lookoutcv.log.writing.job import Job
from lookoutcv.log.writing.log_row import Row
from lookoutcv.outputs import for_task

# A full disk is tried again so often.
_RETRY_SECONDS = 0.5


class RowWriter:
    """Writes rows of one writer.

    Args:
        job: Whose rows they are.
        name: Of the writer.
        append: Makes a batch durable; an `OSError` is tried again.
        counts: Where it is noted what became of the rows.
        stop: Set where the process ends: then a disk that stays full is given up.
        patient: Wait where the disk is full; else that is raised.
    """

    def __init__(
        self,
        job: Job,
        name: str,
        append: Callable[[pa.RecordBatch], None],
        counts: Counts,
        stop: threading.Event,
        *,
        patient: bool = True,
    ) -> None:
        self._job, self._name, self._append, self._counts, self._stop = job, name, append, counts, stop
        self._patient = patient
        self._maker: RecordBatchMaker | None = None
        self._tags = 0

    def write(self, rows: list[Row], labels: Labels, tag_columns: Collection[str]) -> bool:
        """Write rows; wait where the disk is full.

        Args:
            rows: At least one.
            labels: Names that the rows' scores and masks count through.
            tag_columns: Columns of all tags there have been.
        Returns:
            Whether they are durable; False where the process ends first.
        """
        if labels:
            names = json.dumps(labels, ensure_ascii=False)
            # Of each day: rows with times of their own, such as those of a past month, stand in many partitions.
            for first in {row["time"] // DAY_US: row for row in reversed(rows)}.values():
                first["labels"] = names
        batch = _batch(rows, self._maker_with(tag_columns))
        while not self._appended(batch):
            # Nothing is lost while this waits: the queue fills up and says so.
            if self._stop.wait(_RETRY_SECONDS) and self._counts.giving_up:
                self._counts.failed += batch.num_rows
                return False
            time.sleep(_RETRY_SECONDS / 10)
        self._counts.written += batch.num_rows
        return True

    def _appended(self, batch: pa.RecordBatch) -> bool:
        try:
            self._append(batch)
        except OSError as reason:
            if not self._patient:
                raise
            self._counts.note_problem("spool", f"rows cannot be written to the spool: {reason.strerror or reason}")
            return False
        self._counts.note_recovery("spool")
        return True

    def _maker_with(self, tag_columns: Collection[str]) -> RecordBatchMaker:
        if self._maker is None or self._tags != len(tag_columns):
            tags = sorted(column.removeprefix(TAG) for column in tag_columns)
            job, self._tags = self._job, len(tag_columns)
            schema = table_schema([*job.metrics, *for_task(job.task)], tags, job.measurers)
            same = {"model": job.model, "model_version": job.version, "task": job.task, "writer": self._name}
            self._maker = RecordBatchMaker(schema, same)
        return self._maker


def _batch(rows: list[Row], maker: RecordBatchMaker) -> pa.RecordBatch:
    try:
        return maker.make(rows)
    except Exception:
        # One row that Arrow does not take must not cost the others, nor one column the row.
        for row in rows:
            try:
                maker.make([row])
            except Exception:
                _without_refused(row, maker)
        return maker.make(rows)


def _without_refused(row: Row, maker: RecordBatchMaker) -> None:
    """Take the columns out of a row that Arrow does not take, and note them there."""
    refused = []
    for name in set(row) - {"time", "problems"}:
        try:
            maker.make([{"time": row["time"], name: row[name]}])
        except Exception:
            refused.append(name)
    for name in refused:
        del row[name]
    row["problems"] = [*(row.get("problems") or []), f"cannot be kept: {', '.join(sorted(refused))}"]
    row["flagged"] = True
