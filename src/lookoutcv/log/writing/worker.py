"""The thread that turns calls into durable rows: predictions at once, metrics as far as there is time."""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.log.buffer.counters import Counts
from lookoutcv.log.buffer.image_retention import ImageRetainer, ImageRetention, retain_noted
from lookoutcv.log.buffer.record_batch import DAY_US, make_record_batch
from lookoutcv.log.table.schema import TAG, table_schema
from lookoutcv.log.writing.call_queue import MARK, Call, CallQueue, flush_mark
from lookoutcv.log.writing.call_values import Labels, Note
from lookoutcv.log.writing.log_row import Row, make_row, measure_image, measure_prediction
from lookoutcv.log.writing.parse_predictions import Parsed
from lookoutcv.metrics import Metric
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.predictions import Prediction, Segmentation, Task
from lookoutcv.records.measurer import Measurer

RETAIN_NONE = ImageRetention()

_log = logging.getLogger("lookoutcv.log")

# A row is on the disk well within a second of its call: so long calls gather and images are measured, then all that
# came meanwhile is written, measured or not.
WINDOW_SECONDS = 0.3
# An image that comes last in a window must still find time.
_MARGIN_SECONDS = 0.05
# Building a column of so many rows holds Python's lock for under a millisecond.
_MOST_ROWS = 2048
# What the answers of one batch hold before they are written: masks, mostly.
_MOST_BYTES = 32 << 20
# After so many rows the lock is offered to whoever serves; a row takes some 10 us.
_ROWS_A_TURN = 16
_IDLE_SECONDS = 0.5
# A full disk is tried again so often.
_RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class Job:
    """What a worker does: the same for every writer of a logger, also after a fork.

    Args:
        model: Its name.
        version: Of the model, where a call names none; or None.
        task: What the model is for.
        parse: The function of `parse_predictions` for the task.
        metrics: Of images.
        labels: Names that scores and masks count through.
        tags: Of every row, where a call does not say otherwise.
        image_retention: Which pictures are kept.
        measure_share: Of the images, flagged ones aside.
        limits: How large an image may be.
        measurers: What other rooms measure on an image, in columns of their own.
    """

    model: str
    version: str | None
    task: Task
    parse: Callable[[Any, Labels, Note], Parsed]
    metrics: tuple[Metric, ...]
    labels: Labels
    tags: dict[str, str]
    image_retention: ImageRetention = RETAIN_NONE
    measure_share: float = 1.0
    limits: Limits = DEFAULT_LIMITS
    measurers: tuple[Measurer, ...] = ()


class Worker:
    """Takes calls from a queue and appends record batches to segments until it is stopped.

    Args:
        job: What to do.
        writer: The name of the rows' writer.
        calls: Where from.
        append: Makes a batch durable; an `OSError` is tried again.
        counts: Where it is noted what became of the calls.
        pictures: The local folder that pictures are kept in.
    """

    def __init__(
        self,
        job: Job,
        writer: str,
        calls: CallQueue,
        append: Callable[[pa.RecordBatch], None],
        counts: Counts,
        *,
        pictures: Path,
    ) -> None:
        self._retainer = ImageRetainer(job.image_retention, pictures, job.model, writer)
        self._job, self._writer, self._calls, self._append, self._counts = job, writer, calls, append, counts
        self._output_metrics: tuple[OutputMetric, ...] = for_task(job.task)
        self._columns: set[str] = set()
        self._labels = job.labels
        self._schema = table_schema()
        self._known_columns = -1
        self._stop = threading.Event()
        # Which images are measured where there is no time for all: without a pattern that falls in step with cameras.
        self._chance = random.Random()

    def run(self) -> None:
        """Work until stopped and nothing waits."""
        while not (self._stop.is_set() and not len(self._calls)):
            rows: list[Row] = []
            waiters: list[Call] = []
            stored = False
            try:
                self._gather(rows, waiters)
                stored = not rows or self._write(rows)
            except BaseException:  # a thread that ends would end the log; a metric of somebody's own may call exit
                self._counts.failed += len(rows)
                _log.exception("the prediction log met an error of its own")
            for call in waiters:
                call.stored = stored and not call.failed
                assert call.written is not None
                call.written.set()

    def stop(self) -> None:
        """Finish what waits and end."""
        self._stop.set()
        self._calls.put_mark(flush_mark())

    def _gather(self, rows: list[Row], waiters: list[Call]) -> None:
        """Rows of what comes within the window, and the calls that somebody waits for."""
        first = self._calls.get(_IDLE_SECONDS)
        if first is None:
            return
        end = time.monotonic() + WINDOW_SECONDS
        calls: list[Call] = [first]
        size = 0
        while calls:
            calls += self._more(_MOST_ROWS - len(rows) - len(calls))
            size += sum(call.prediction_bytes for call in calls)
            waiters += [call for call in calls if call.written is not None]
            self._take(calls, rows, end)
            left = end - _MARGIN_SECONDS - time.monotonic()
            if waiters or self._stop.is_set() or left <= 0 or len(rows) >= _MOST_ROWS or size >= _MOST_BYTES:
                return
            following = self._calls.get(left)
            calls = [] if following is None else [following]

    def _more(self, most: int) -> list[Call]:
        calls: list[Call] = []
        size = 0
        while len(calls) < most and size < _MOST_BYTES and (call := self._calls.get(None)) is not None:
            calls.append(call)
            size += call.prediction_bytes
        return calls

    def _take(self, calls: list[Call], rows: list[Row], end: float) -> None:
        """Rows of calls; then their images, in random order, until the time is over."""
        with_image: list[tuple[Call, Row, Prediction | None]] = []
        for place, call in enumerate(calls):
            if place % _ROWS_A_TURN == 0:
                time.sleep(0)
            if call.sequence == MARK:
                continue
            try:
                row, prediction = self._parsed(call)
            except Exception as reason:  # a caller's own class may raise anything
                self._counts.note_failed_call(reason)
                self._calls.release(call)
                call.failed = True
                continue
            rows.append(row)
            if call.image is None:
                row["image_state"] = "sampled out" if call.image_dropped else "none"
                self._counts.sampled_out += call.image_dropped
                measure_prediction(row, prediction, self._output_metrics, None)
                self._calls.release(call)
            else:
                with_image.append((call, row, prediction))
        self._chance.shuffle(with_image)
        with_image.sort(key=lambda waiting: not waiting[1]["flagged"])
        measured = 0
        for call, row, prediction in with_image:
            chosen = row["flagged"] or self._job.measure_share >= 1 or self._chance.random() < self._job.measure_share
            self._measure(call, row, prediction, chosen and (measured == 0 or time.monotonic() < end))
            measured += chosen

    def _parsed(self, call: Call) -> tuple[Row, Prediction | None]:
        if self._job.tags:
            own = call.details.get("tags")
            call.details["tags"] = {**self._job.tags, **own} if isinstance(own, dict) else own or self._job.tags
        row, prediction = make_row(
            call,
            writer=self._writer,
            labels=self._labels,
            task=self._job.task,
            parse=self._job.parse,
            columns=self._columns,
        )
        if isinstance(prediction, Segmentation) and len(prediction.labels) > len(self._labels):
            self._labels = prediction.labels
        return row, prediction

    def _measure(self, call: Call, row: Row, prediction: Prediction | None, in_time: bool) -> None:
        image = None
        if in_time:
            image = measure_image(row, call, prediction, self._job)
            self._counts.measured += image is not None
            self._counts.unreadable += image is None
            if image is not None and not self._retainer.idle:
                retain_noted(self._retainer, row, call.image, image)
        else:
            row["image_state"] = "sampled out"
            self._counts.sampled_out += 1
        self._calls.release(call)
        measure_prediction(row, prediction, self._output_metrics, image)

    def _write(self, rows: list[Row]) -> bool:
        same = {
            "model": self._job.model,
            "model_version": self._job.version,
            "task": self._job.task,
            "writer": self._writer,
        }
        schema = self._current_schema()
        if self._labels:
            labels = json.dumps(self._labels, ensure_ascii=False)
            # Of each day: rows with times of their own, such as those of a past month, stand in many partitions.
            for first in {row["time"] // DAY_US: row for row in reversed(rows)}.values():
                first["labels"] = labels
        batch = self._batch(rows, schema, same)
        while not self._appended(batch):
            # Nothing is lost while this waits: the queue fills up and says so.
            if self._stop.wait(_RETRY_SECONDS) and self._counts.giving_up:
                self._counts.failed += batch.num_rows
                return False
            time.sleep(_RETRY_SECONDS / 10)
        self._counts.written += batch.num_rows
        return True

    def _batch(self, rows: list[Row], schema: pa.Schema, same: dict[str, Any]) -> pa.RecordBatch:
        try:
            return make_record_batch(rows, schema, same)
        except Exception:
            # One row that Arrow does not take must not cost the others.
            good = []
            for row in rows:
                try:
                    good.append(make_record_batch([row], schema, same))
                except Exception as reason:
                    self._counts.note_failed_call(reason)
            return (
                pa.Table.from_batches(good, schema).combine_chunks().to_batches()[0] if good else schema.empty_batch()
            )

    def _appended(self, batch: pa.RecordBatch) -> bool:
        try:
            self._append(batch)
        except OSError as reason:
            self._counts.note_problem("spool", f"rows cannot be written to the spool: {reason.strerror or reason}")
            return False
        self._counts.note_recovery("spool")
        return True

    def _current_schema(self) -> pa.Schema:
        if self._known_columns != len(self._columns):
            tags = sorted(column.removeprefix(TAG) for column in self._columns)
            self._schema = table_schema([*self._job.metrics, *self._output_metrics], tags, self._job.measurers)
            self._known_columns = len(self._columns)
        return self._schema
