"""The thread that turns calls into durable rows: predictions at once, metrics as far as there is time."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from lookoutcv.log.buffer.counters import Counts
from lookoutcv.log.buffer.image_retention import ImageRetainer, retain_noted
from lookoutcv.log.one_call.call_queue import MARK, Call, CallQueue, flush_mark
from lookoutcv.log.writing.job import Job
from lookoutcv.log.writing.log_row import Row, held_bytes, make_row, measure_image, measure_prediction, unread_row
from lookoutcv.log.writing.row_writer import RowWriter
from lookoutcv.log.writing.spare_time import SpareTime
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.predictions import Prediction, Segmentation

_log = logging.getLogger("lookoutcv.log")

# A row is on the disk well within a second of its call: so long calls gather and images are measured, then all that
# came meanwhile is written, measured or not.
WINDOW_SECONDS = 0.3
# An image that comes last in a window must still find time.
_MARGIN_SECONDS = 0.05
# Building a column of so many rows holds Python's lock for under a millisecond.
_MOST_ROWS = 2048
# What the predictions of one batch hold before they are written: masks, mostly.
_MOST_BYTES = 32 << 20
# What rows and their predictions hold before they are written, window or not; in a batch of Arrow's it is half as much
# again.
_MOST_HELD_BYTES = 8 << 20
# After so many rows the lock is offered to whoever serves, who else has it within 5 ms of asking; a row takes some
# 10 us. No oftener: to get it back takes longer than the rows did, and where other programs want the cores, whoever
# serves waits until this thread is given one to take it.
_ROWS_A_TURN = 256
_IDLE_SECONDS = 0.5
# Calls are taken together: with each that woke this thread, whoever serves would wait for Python's lock. Images are
# measured in between, where there are any.
_PAUSE_SECONDS = 0.1
# Where calls without images come one after the other, not even the first wakes it: they gather so long.
_GATHER_SECONDS = 0.25
_STAND_BACK_SECONDS = 0.005


class Worker:
    """Takes calls from a queue and appends record batches to segments until it is stopped.

    Args:
        job: What to do.
        writer: The name of the rows' writer.
        calls: Where from.
        append: Makes a batch durable, and calls a function before a commit can take it; an `OSError` is tried again.
        counts: Where it is noted what became of the calls.
        pictures: The local folder that pictures are kept in.
    """

    def __init__(
        self,
        job: Job,
        writer: str,
        calls: CallQueue,
        append: Callable[[pa.RecordBatch, Callable[[], None]], None],
        counts: Counts,
        *,
        pictures: Path,
    ) -> None:
        self._retainer = ImageRetainer(job.image_retention, pictures, job.model, writer)
        self._job, self._writer_name, self._calls, self._counts = job, writer, calls, counts
        self._stop = threading.Event()
        self._leaving = False
        self._output_metrics: tuple[OutputMetric, ...] = for_task(job.task)
        self._spare = SpareTime()
        self._in_hand = self._held = 0
        self._all_stored = True
        # Of the window before: whether there were calls, and whether one of them had an image.
        self._came = self._with_images = self._flows = False
        self._append = append
        self._writer = RowWriter(job, writer, self._append_noted, counts, self._stop)
        self._tag_columns: set[str] = set()
        self._labels = job.labels
        # Which images are measured where there is no time for all: without a pattern that falls in step with cameras.
        self._chance = random.Random()

    def run(self) -> None:
        """Work until stopped and nothing waits."""
        # Of this thread alone: scores of infinities are noted in their rows, not told on the terminal.
        np.seterr(all="ignore")
        while not (self._stop.is_set() and (self._leaving or not len(self._calls))):
            rows: list[Row] = []
            waiters: list[Call] = []
            self._in_hand = self._held = 0
            self._all_stored = True
            try:
                self._gather(rows, waiters)
                self._write(rows)
            except BaseException:  # a thread that ends would end the log; a metric of somebody's own may call exit
                self._all_stored = False
                self._counts.failed += len(rows)
                self._note_stored(self._in_hand)
                _log.exception("the prediction log met an error of its own")
            for call in waiters:
                call.stored = self._all_stored
                assert call.written is not None
                call.written.set()

    def _append_noted(self, batch: pa.RecordBatch) -> None:
        """Append rows of the oldest calls in hand, and note that they are stored, in one step."""
        self._append(batch, lambda: self._note_stored(batch.num_rows))

    def _note_stored(self, count: int) -> None:
        self._calls.note_stored(count)
        self._in_hand -= count

    def _write(self, rows: list[Row]) -> None:
        """Write the rows there are, in the order of their calls, and begin anew."""
        if rows:
            self._all_stored &= self._writer.write(rows, self._labels, self._tag_columns)
        rows.clear()
        self._held = 0

    def stop(self) -> None:
        """Finish what waits and end."""
        self._stop.set()
        self._calls.put_mark(flush_mark())

    def leave(self) -> None:
        """End after the call in hand: the process ends, and what waits is left in the journal."""
        self._leaving = True
        self.stop()

    def _gather(self, rows: list[Row], waiters: list[Call]) -> None:
        """Rows of what comes within the window, and the calls that somebody waits for."""
        calls = self._first()
        if not calls:
            return
        end = time.monotonic() + (_MARGIN_SECONDS if self._flows else WINDOW_SECONDS)
        size = 0
        while True:
            calls += self._more(_MOST_ROWS - len(rows) - len(calls))
            size += sum(call.prediction_bytes for call in calls)
            waiters += [call for call in calls if call.written is not None]
            self._take(calls, rows, end)
            left = end - _MARGIN_SECONDS - time.monotonic()
            if waiters or self._stop.is_set() or left <= 0 or len(rows) >= _MOST_ROWS or size >= _MOST_BYTES:
                return
            calls = self._calls.after_pause(min(left, _PAUSE_SECONDS if self._with_images else left))
            if not calls and time.monotonic() >= end - _MARGIN_SECONDS:
                return

    def _first(self) -> list[Call]:
        """The call that a window begins with; where calls flow and have no images, after they have gathered."""
        self._flows = self._came and not self._with_images and not self._stop.is_set()
        calls = self._calls.after_pause(_GATHER_SECONDS) if self._flows else []
        if not calls:
            self._flows = False
            call = self._calls.get(_IDLE_SECONDS)
            calls = [] if call is None else [call]
        self._came, self._with_images = bool(calls), False
        return calls

    def _more(self, most: int) -> list[Call]:
        calls: list[Call] = []
        size = 0
        while len(calls) < most and size < _MOST_BYTES and (call := self._calls.get(None)) is not None:
            calls.append(call)
            size += call.prediction_bytes
        return calls

    def _take(self, calls: list[Call], rows: list[Row], end: float) -> None:
        """Rows of calls; then their images, in random order, until the time is over. Large rows are written here."""
        with_image: list[tuple[Call, Row, Prediction | None]] = []
        for place, call in enumerate(calls):
            if self._leaving:
                self._all_stored = False
                break
            if place % _ROWS_A_TURN == _ROWS_A_TURN - 1:
                time.sleep(0)
            while self._calls.urgent and not self._leaving:
                time.sleep(_STAND_BACK_SECONDS)
            if call.sequence == MARK:
                continue
            self._in_hand += 1
            row, prediction = self._parsed(call)
            rows.append(row)
            self._held += held_bytes(row, prediction)
            if call.image is None:
                row["image_state"] = "sampled out" if call.image_dropped else "none"
                self._counts.sampled_out += call.image_dropped
                measure_prediction(row, prediction, self._output_metrics, None)
                self._calls.release(call)
            else:
                with_image.append((call, row, prediction))
                self._with_images = True
            if self._held >= _MOST_HELD_BYTES:
                self._measure_some(with_image, end)
                with_image = []
                self._write(rows)
        self._measure_some(with_image, end)

    def _measure_some(self, with_image: list[tuple[Call, Row, Prediction | None]], end: float) -> None:
        """Measure the images of calls, flagged ones first, until the time is over."""
        self._chance.shuffle(with_image)
        with_image.sort(key=lambda waiting: not waiting[1]["flagged"])
        measured = 0
        for call, row, prediction in with_image:
            chosen = row["flagged"] or self._job.measure_share >= 1 or self._chance.random() < self._job.measure_share
            in_time = (measured == 0 or time.monotonic() < end) and not self._leaving
            wanted = chosen and in_time and (row["flagged"] or self._spare.any_left())
            self._measure(call, row, prediction, wanted)
            measured += wanted

    def _parsed(self, call: Call) -> tuple[Row, Prediction | None]:
        try:
            row, prediction = make_row(
                call,
                writer=self._writer_name,
                labels=self._labels,
                task=self._job.task,
                parse=self._job.parse,
                columns=self._tag_columns,
                tags=self._job.tags,
                measurers=self._job.measurers,
            )
        except BaseException as reason:  # a caller's own class may raise anything
            return unread_row(call, self._writer_name, reason), None
        if isinstance(prediction, Segmentation) and len(prediction.labels) > len(self._labels):
            self._labels = prediction.labels
        return row, prediction

    def _measure(self, call: Call, row: Row, prediction: Prediction | None, wanted: bool) -> None:
        image = None
        if wanted:
            began = self._spare.begin()
            image = measure_image(row, call, prediction, self._job)
            self._spare.end(began)
            self._counts.measured += image is not None
            self._counts.unreadable += image is None
            if image is not None and not self._retainer.idle:
                retain_noted(self._retainer, row, call.image, image)
        else:
            row["image_state"] = "sampled out"
            self._counts.sampled_out += 1
        self._calls.release(call)
        measure_prediction(row, prediction, self._output_metrics, image)
