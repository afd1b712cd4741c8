"""What a dead writer left in its journal: rows of the calls that are in no segment, in a segment of their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lookoutcv.errors import ConfigError
from lookoutcv.log.buffer.counters import Counts
from lookoutcv.log.buffer.journal import Chunk, check_journals, journals_in, read_journals
from lookoutcv.log.buffer.segments import SegmentWriter, read_segment, segments_in
from lookoutcv.log.one_call.call_codec import decoded_calls
from lookoutcv.log.one_call.call_queue import Call
from lookoutcv.log.one_call.call_values import Labels, Note
from lookoutcv.log.one_call.parse_predictions import (
    Parsed,
    parse_classification,
    parse_detection,
    parse_segmentation,
)
from lookoutcv.log.writing.job import Job
from lookoutcv.log.writing.log_row import Row, held_bytes, make_row, measure_prediction
from lookoutcv.log.writing.row_writer import RowWriter
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Segmentation, Task
from lookoutcv.records.measurer import MeasuredColumn, Measurer

_PARSE: dict[Task, Callable[[Any, Labels, Note], Parsed]] = {
    "classification": parse_classification,
    "detection": parse_detection,
    "segmentation": parse_segmentation,
}
_MOST_ROWS = 2048
# Of rows that wait to be written: masks, mostly.
_MOST_BYTES = 8 << 20


def about(job: Job) -> dict[str, str]:
    """What a journal says of the logger whose calls it holds."""
    columns = {one.name: [(column.name, column.type, column.unit) for column in one.columns] for one in job.measurers}
    return {
        "job": json.dumps(
            {
                "model": job.model,
                "version": job.version,
                "task": job.task,
                "labels": job.labels,
                "tags": job.tags,
                "measurers": columns,
            }
        )
    }


def replay(folder: Path, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make a segment of the calls in the journals of a dead writer, and remove the journals.

    May be cut short anywhere and done again: calls that are in a segment already are left out.

    Args:
        folder: The writer's; this process holds its lock.
        goes_on: Called between the chunks of calls; where it says no, the rest is left for another time.
    Returns:
        How many stretches of the journals were damaged; none are counted where something is left.
    Raises:
        OSError: They cannot be read, or the segment cannot be written.
    """
    journals = journals_in(folder)
    if not journals:
        return 0
    stored, damaged = check_journals(folder)
    segments = segments_in(folder)
    known = {
        sequence
        for _, path in segments
        for batch in read_segment(path).batches
        for sequence in batch.column("sequence").to_pylist()
    }
    writer = SegmentWriter(folder, first=1 + max((number for number, _ in segments), default=0))
    try:
        for chunk in read_journals(folder):
            if not goes_on():
                return 0
            damaged += not _written(chunk, stored, known, folder.name, writer)
    finally:
        writer.rotate()
    for path in journals:
        with suppress(FileNotFoundError):
            path.unlink()
    return damaged


def _written(chunk: Chunk, stored: int, known: set[int], name: str, writer: SegmentWriter) -> bool:
    """Write the rows of a chunk that are in no segment; whether it was one."""
    try:
        job = _job(chunk)
        calls = [call for place, call in decoded_calls(chunk.calls, chunk.arrays) if place > stored]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ConfigError):
        return False
    _write([call for call in calls if call.sequence not in known], job, name, writer)
    known.update(call.sequence for call in calls)
    return True


def _job(chunk: Chunk) -> Job:
    told = json.loads(chunk.about["job"])
    task: Task = told["task"]
    # What calls measured themselves is kept; their images are gone, so nothing more is measured.
    measurers = tuple(
        Measurer(name, tuple(MeasuredColumn(*column) for column in columns), lambda view, prediction: {})
        for name, columns in told.get("measurers", {}).items()
    )
    labels = tuple(told["labels"])
    return Job(told["model"], told["version"], task, _PARSE[task], (), labels, told["tags"], measurers=measurers)


def _write(calls: list[Call], job: Job, name: str, segments: SegmentWriter) -> None:
    columns: set[str] = set()
    # A full disk is an error here: whoever found the journal comes again.
    rows_to = RowWriter(job, name, segments.append, Counts(), threading.Event(), patient=False)
    labels, rows, held = job.labels, [], 0
    for call in calls:
        row, labels, size = _row(call, job, name, labels, columns)
        rows.append(row)
        held += size
        if len(rows) >= _MOST_ROWS or held >= _MOST_BYTES:
            rows_to.write(rows, labels, columns)
            labels, rows, held = job.labels, [], 0
    if rows:
        rows_to.write(rows, labels, columns)


def _row(
    call: Call, job: Job, name: str, labels: tuple[str, ...], columns: set[str]
) -> tuple[Row, tuple[str, ...], int]:
    """The row of a call, the labels that it counts through, and what it holds."""
    row, prediction = make_row(
        call,
        writer=name,
        labels=labels,
        task=job.task,
        parse=job.parse,
        columns=columns,
        tags=job.tags,
        measurers=job.measurers,
    )
    row["image_state"] = "sampled out" if call.image_dropped else "none"
    measure_prediction(row, prediction, for_task(job.task), None)
    if isinstance(prediction, Segmentation) and len(prediction.labels) > len(labels):
        labels = prediction.labels
    return row, labels, held_bytes(row, None)
