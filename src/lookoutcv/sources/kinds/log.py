"""The prediction log as a source: `log:car-detector?last=1d`. Its rows are records already; nothing is measured anew.

Options: `last`, or `since` and `until`; `version`; `tag=camera=north,site=x`; `directory`, unless it is the usual one
or that of the settings; `as`, the name of the model where it is to be taken for another: that of a baseline made from a
file.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lookoutcv.errors import NoImages, SourceNotFound
from lookoutcv.predictions import TASKS
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.target_options import parted, typed

if TYPE_CHECKING:
    import pyarrow as pa

    from lookoutcv.log.table.inventory import Inventory
    from lookoutcv.log.table.log_filter import LogFilter
    from lookoutcv.log.table.log_table import LogTable

PREFIX = "log:"


@dataclass(frozen=True)
class LogSource:
    """The rows of one model, of a stretch of time.

    Args:
        name: As the user wrote it.
        table: The log, as it is now.
        which: Which rows.
        known_as: What the model is called; unless given its name in the log, with its version where that is one.
    """

    name: str
    table: LogTable
    which: LogFilter
    known_as: str | None = None

    def count(self) -> int:
        """How many rows."""
        return self._inventory.rows

    def records(self) -> Iterator[pa.RecordBatch]:
        """The rows as records, in constant memory, with those columns that this model has.

        Raises:
            NoImages: There is no such row.
            UnreadableSource: The log cannot be read.
        """
        if not self._inventory.rows:
            raise NoImages(
                f"no row of the log fits {self.name}",
                "`lookout log list` says which models, versions and days there are.",
                source=self.name,
                skipped=(),
            )
        from lookoutcv.log.table.inventory import filled, record_columns  # noqa: PLC0415 - most sources are no log

        task = self.model.task if self.model else None
        columns = record_columns(self.table.schema.names, filled(self.table, self.which), task)
        return self.table.records(self.which, columns)

    @property
    def model(self) -> ModelIdentity | None:
        """Whose predictions the rows hold, known by its name alone; None where they are of several tasks."""
        inventory = self._inventory
        tasks = [task for task in TASKS if task in inventory.tasks]
        if len(tasks) != 1:
            return None
        versions = sorted(inventory.versions)
        own = str(self.which.model) + (f" {versions[0]}" if len(versions) == 1 and versions[0] else "")
        return ModelIdentity(self.known_as or own, None, tasks[0], inventory.labels, imported=True)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the comparison must know."""
        return tuple(_notes(self._inventory))

    @cached_property
    def _inventory(self) -> Inventory:
        from lookoutcv.log.table.inventory import take_inventory  # noqa: PLC0415 - as above

        return take_inventory(self.table, self.which)


def _notes(inventory: Inventory) -> Iterator[str]:
    measured = inventory.states.get("measured", 0)
    by_state = [f"{inventory.states[state]:,} {words}" for state, words in _STATES if inventory.states.get(state)]
    if by_state:
        yield (
            f"Of {inventory.rows:,} logged predictions the image of {measured:,} was measured ({', '.join(by_state)}); "
            "predictions are compared of all, images of those measured."
        )
    if len(inventory.versions) > 1:
        counts = ", ".join(f"{version or 'none'} ({rows:,})" for version, rows in sorted(inventory.versions.items()))
        yield f"The rows are of several versions of the model: {counts}."
    if inventory.contradictory:
        yield "The rows name the model's classes in different orders: their scores are not compared."


_STATES = (
    ("sampled out", "left out by chance under load"),
    ("none", "logged without an image"),
    ("unreadable", "unreadable"),
)


def _opens(target: Any) -> bool:
    return isinstance(target, str) and target.startswith(PREFIX) and not os.path.lexists(target)


def of_log(table: LogTable, which: LogFilter, *, name: str | None = None, known_as: str | None = None) -> LogSource:
    """A stretch of a log as a source.

    Args:
        table: The log.
        which: Its rows; of the only model that the log has, where none is named.
        name: What the user calls it.
        known_as: As of `LogSource`.
    Raises:
        SourceNotFound: There is no such model in it.
    """
    model = _model(which.model or "", table)
    return LogSource(name or PREFIX + printable(model), table, replace(which, model=model), known_as)


def _model(name: str, table: LogTable) -> str:
    models = table.models
    if name in models:
        return name
    if not name and len(models) == 1:
        return models[0]
    nearest = difflib.get_close_matches(name, models, n=1)
    guess = f"Did you mean {printable(nearest[0])!r}? " if nearest else ""
    listed = ", ".join(printable(one) for one in models[:10]) + (" ..." if len(models) > 10 else "")
    raise SourceNotFound(
        f"the log at {table.directory} has no model {printable(name)!r}" if name else "the log has several models",
        f"{guess}There are: {listed}." if models else "It is empty.",
        source=PREFIX + name,
    )


def _tags(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(name and equals for name, equals, _ in pairs):
        raise ValueError("a tag and its value, as tag=camera=north, with commas between several")
    return {name: value for name, _, value in pairs}


_OPTIONS: dict[str, Any] = {
    "last": str,
    "since": str,
    "until": str,
    "version": str,
    "tag": _tags,
    "directory": str,
    "as": str,
}


@source_kind("log", opens=_opens, order=5)
def log(target: Any) -> LogSource:
    """Predictions that a logger wrote: log:MODEL?last=1d."""
    from lookoutcv.log.location import default_directory  # noqa: PLC0415
    from lookoutcv.log.table.log_filter import LogFilter  # noqa: PLC0415 - as above
    from lookoutcv.log.table.log_table import open_table  # noqa: PLC0415 - as above

    path, texts = parted(target)
    options = typed(texts, _OPTIONS, target)
    which = LogFilter(
        path.removeprefix(PREFIX) or None,
        version=options.get("version"),
        last=options.get("last"),
        since=options.get("since"),
        until=options.get("until"),
        tags=options.get("tag", ()),
    )
    table = open_table(options.get("directory") or default_directory())
    return of_log(table, which, name=printable(target), known_as=options.get("as"))
