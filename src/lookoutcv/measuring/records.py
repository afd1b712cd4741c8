"""Records in hand: the rows that `measure` gave for a whole source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.measuring.record_file import record_file
from lookoutcv.records.model_identity import ModelIdentity, model_metadata
from lookoutcv.results.images.skipped import Skipped


@only_known_keywords()
@dataclass(frozen=True)
class Records:
    """One row for each image that was read.

    Args:
        name: What a person calls the source.
        table: The rows; see `records.schema` for the columns. Empty where they were written to a file instead.
        count: Images that were read.
        skipped: Images that could not be read, with reasons (the first thousand).
        skipped_count: How many there were.
        model: Whose predictions they hold; None where there are none.
        notes: How many marked objects were read, what was left out and why, in sentences.
    """

    name: str
    table: pa.Table = field(repr=False)
    count: int
    skipped: tuple[Skipped, ...] = ()
    skipped_count: int = 0
    model: ModelIdentity | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.count

    @property
    def schema(self) -> pa.Schema:
        """The columns."""
        return self.table.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in batches."""
        yield from self.table.to_batches()

    def save(self, path: str | os.PathLike[str], *, force: bool = False, raw: bool = False) -> Path:
        """Write them as Parquet, CSV or JSON, by the suffix; whole or not at all.

        Args:
            path: Records that lie there are replaced.
            force: Replace another file too.
            raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.

        Raises:
            ConfigError: Another suffix.
            OutputUnwritable: The file cannot be written there.
        """
        target = Path(path)
        with record_file(target, self.schema, model_metadata(self.model), force=force, raw=raw) as writer:
            for batch in self.batches():
                writer.write(batch)
        return target
