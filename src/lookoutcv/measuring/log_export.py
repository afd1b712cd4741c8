"""The log as a file of records: for `compare` on another machine, or for other programs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.table.time_range import MomentLike, SpanLike, window
from lookoutcv.measuring.record_file import check_output, record_file
from lookoutcv.records.model_identity import model_metadata
from lookoutcv.sources.kinds.log import of_log


def export_log(
    output: str | os.PathLike[str],
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    model: str | None = None,
    version: str | None = None,
    last: SpanLike | None = None,
    since: MomentLike | None = None,
    until: MomentLike | None = None,
    tags: Mapping[str, str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> int:
    """Write the records of one model, a batch at a time; the file appears, complete, at the end.

    Args:
        output: Ends in .parquet (a record file, which `baseline` and `compare` read), .csv, .json or .jsonl.
        directory, version, last, since, until, tags, storage_options: As for `read_log`.
        model: Its name; may be left out where the log has one model only.
    Returns:
        How many records were written.
    Raises:
        SourceNotFound: There is no log, or no such model in it.
        NoImages: There is no such row.
        ConfigError, OutputUnwritable: The file cannot be written there, or not so.
    """
    check_output(output)
    which = window(model, version=version, last=last, since=since, until=until, tags=tags)
    source = of_log(directory, which, storage_options=storage_options)
    batches = source.records()
    first = next(batches)
    rows = 0
    with record_file(Path(output), first.schema, model_metadata(source.model)) as writer:
        for batch in chain([first], batches):
            writer.write(batch)
            rows += batch.num_rows
    return rows
