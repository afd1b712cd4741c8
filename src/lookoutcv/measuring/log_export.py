"""The log as a file of records: for `compare` on another machine, or for other programs."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

from lookoutcv.log.table.arguments import checked_path
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.measuring.record_file import check_record_output, record_file
from lookoutcv.records.model_identity import model_metadata
from lookoutcv.sources.kinds.log import of_log


def export(
    output: str | os.PathLike[str], table: LogTable, which: LogFilter, *, force: bool = False, raw: bool = False
) -> int:
    """Write the records of one model, a batch at a time; the file appears, complete, at the end.

    Args:
        output: Ends in .parquet (a record file, which `baseline` and `compare` read), .csv, .json or .jsonl.
        table: The log.
        which: Which rows; the model may be left out where the log has one only.
        force: Replace a file that lies there and holds no records, too.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
    Returns:
        How many records were written.
    Raises:
        SourceNotFound: There is no such model in the log.
        NoImages: There is no such row.
        ConfigError, OutputUnwritable: The file cannot be written there, or not so.
    """
    inputs = [table.directory]
    check_record_output(checked_path(output, "output"), inputs=inputs, force=force)
    source = of_log(table, which)
    batches = source.records()
    first = next(batches)
    rows = 0
    with record_file(
        Path(output), first.schema, model_metadata(source.model), inputs=inputs, force=force, raw=raw
    ) as writer:
        for batch in chain([first], batches):
            writer.write(batch)
            rows += batch.num_rows
    return rows
