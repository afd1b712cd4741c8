"""One person's pictures gone for good: rows, pictures, and every old file and segment that still holds them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError
from lookoutcv.log.buffer.commit import DAMAGED, commit
from lookoutcv.log.buffer.journal import journals_in
from lookoutcv.log.buffer.segments import SEGMENT, read_segment, segments_in
from lookoutcv.log.buffer.spool import WriterFolder, spool_for, writer_folders
from lookoutcv.log.defaults import ERASE_WAIT_SECONDS
from lookoutcv.log.table.arguments import checked_model, checked_names, checked_seconds
from lookoutcv.log.table.files import Files
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable, at_version, text
from lookoutcv.log.table.own_files import WRITER, named
from lookoutcv.log.table.transactions import quoted, retried
from lookoutcv.log.upkeep.vacuum import unread_files
from lookoutcv.log.writing.replay import replay

# More at once make a statement that takes long to parse.
_MOST_IMAGES = 1000
# A file that no commit names and that is younger may be a running writer's, which commits it in a moment.
_UNREFERENCED_SECONDS = 3600.0
_LOOK_SECONDS = 0.5


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Erased:
    """What was removed of some images, or would be.

    Args:
        dry_run: Nothing was changed.
        rows: Of the table.
        pictures: Retained images of these rows.
        old_files: That the table was made of before, and that held these rows.
        segments: In this machine's spool: of dead writers they were committed first, damaged ones were removed.
        left: What could not be removed, or not from here, in sentences.
    """

    dry_run: bool
    rows: int
    pictures: int
    old_files: int
    segments: int
    left: tuple[str, ...]


def erase(
    images: str | Iterable[str],
    table: LogTable,
    *,
    model: str | None = None,
    wait: float = ERASE_WAIT_SECONDS,
    spool: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
) -> Erased:
    """Remove all rows and pictures of some images for good: old files of the table that hold them go at once too.

    Delta Lake keeps the files that it replaced, for queries that run and for looking back. Those that hold one of
    these images are removed without the usual week's wait: a query that began before may fail, and the states of the
    table that they belonged to cannot be read any more. Others stay. Safe beside running writers.

    Args:
        images: Names, as they were logged: compared letter by letter, no patterns. 1,000 at most.
        table: The log.
        model: Only rows of this model.
        wait: Seconds to wait for running writers to commit such rows that they hold in this machine's spool.
        spool: As given to the logger; by default where it is by default.
        dry_run: Only say what would go.
    Raises:
        ConfigError: No image is named, or too many are.
        UnreadableSource: The log cannot be changed.
    """
    names = checked_names(images, "image")
    if not 1 <= len(names) <= _MOST_IMAGES or not all(names):
        raise ConfigError(
            f"{len(names):,} images are named",
            f"Name 1 to {_MOST_IMAGES:,}, as `lookout log tail` shows them.",
            key="image",
        )
    erasure = _Erasure(table, names, checked_model(model), spool_for(table.directory, spool))
    return erasure.expected() if dry_run else erasure.done(checked_seconds(wait, "wait"))


class _Erasure:
    """The rows of some images while they are removed."""

    def __init__(self, table: LogTable, names: Sequence[str], model: str | None, spool: Path) -> None:
        self._table, self._model, self._spool = table, model, spool
        self._names = pa.array(names, pa.string())
        self._files = Files(table)
        model_term = "" if model is None else f" AND model = {quoted(model)}"
        self._predicate = f"id IN ({', '.join(map(quoted, names))}){model_term}"

    def expected(self) -> Erased:
        rows, pictures = self._rows(self._table)
        old, young, others = self._old_files()
        segments = [path for path in self._waiting() if self._in_segment(path)]
        return Erased(True, rows, len(pictures), len(old), len(segments), tuple(self._left(young, others)))

    def done(self, wait: float) -> Erased:
        segments = self._commit_dead()
        end = time.monotonic() + wait
        rows = pictures = 0
        while True:
            removed = self._remove_rows()
            rows, pictures = rows + removed[0], pictures + removed[1]
            if not self._held_by_writers() or time.monotonic() > end:
                break
            time.sleep(_LOOK_SECONDS)
        segments += self._remove_damaged()
        old, young, others = self._old_files()
        self._files.remove_all(old)
        return Erased(False, rows, pictures, len(old), segments, tuple(self._left(young, others)))

    def _rows(self, table: LogTable) -> tuple[int, list[str]]:
        columns = [name for name in ("retained_image",) if name in table.schema.names]
        rows, pictures = 0, []
        for batch in table.scan(LogFilter(self._model), ["id", *columns], also=text("id").isin(self._names)):
            rows += batch.num_rows
            if columns:
                pictures += batch.column("retained_image").drop_null().to_pylist()
        return rows, pictures

    def _remove_rows(self) -> tuple[int, int]:
        self._table.delta.update_incremental()
        if not self._rows(self._table)[0]:
            return 0, 0
        version = retried(self._table, lambda delta: (delta.delete(self._predicate), delta.version()))[1]
        rows, pictures = self._rows(at_version(self._table, version - 1))
        return rows, sum(self._files.remove(path) > 0 for path in pictures)

    def _old_files(self) -> tuple[list[str], list[str], list[str]]:
        """Files with these images that the table is not made of any more; those too young to be touched; others'."""
        self._table.delta.update_incremental()
        replaced = set(unread_files(self._table, 0)[0])
        own, others = unread_files(self._table, 0, unreferenced=True)
        old: list[str] = []
        young: list[str] = []
        for path in sorted({*replaced, *own}):
            if self._in_file(path):
                settled = path in replaced or self._files.age_seconds(path) > _UNREFERENCED_SECONDS
                (old if settled else young).append(path)
        return old, young, [path for path in others if path.endswith(".parquet") and self._in_file(path)]

    def _in_file(self, path: str) -> bool:
        try:
            with self._files.open(path) as source:
                parquet = pq.ParquetFile(source)
                if "id" not in parquet.schema_arrow.names:
                    return False
                return any(self._in(batch) for batch in parquet.iter_batches(columns=["id"]))
        except (OSError, pa.ArrowException):
            return False  # gone in this moment, or never finished

    def _in(self, batch: pa.RecordBatch) -> bool:
        return bool(pc.any(pc.is_in(batch.column("id"), value_set=self._names)).as_py())

    # The spool.

    def _waiting(self) -> Iterator[Path]:
        for folder in writer_folders(self._spool):
            yield from (path for _, path in segments_in(folder))
        yield from self._damaged()

    def _damaged(self) -> Iterator[Path]:
        """As `commit` names what it sets aside; what somebody else keeps there is not touched."""
        for path in sorted((self._spool / DAMAGED).glob("*")):
            writer, _, segment = path.name.rpartition("-")
            if WRITER.fullmatch(writer) and SEGMENT.fullmatch(segment):
                yield path

    def _in_segment(self, path: Path) -> bool:
        try:
            return any(self._in(batch) for batch in read_segment(path).batches)
        except OSError:
            return False  # committed in this moment

    def _held_by_writers(self) -> bool:
        return any(self._in_segment(path) for folder in writer_folders(self._spool) for _, path in segments_in(folder))

    def _commit_dead(self) -> int:
        """Commit what dead writers left, so that it can be removed from the table; running ones do that themselves."""
        count = 0
        for path in writer_folders(self._spool):
            if not journals_in(path) and not any(self._in_segment(file) for _, file in segments_in(path)):
                continue
            folder = WriterFolder.adopt(path)
            if folder is None:
                continue
            try:
                replay(path)
                numbers = [number for number, _ in segments_in(path)]
                commit(self._table.directory, path, numbers, self._table.storage_options or {})
            except BaseException:
                folder.release()
                raise
            folder.remove()
            count += len(numbers)
        return count

    def _remove_damaged(self) -> int:
        """What could be read of them is in the table long since."""
        damaged = [path for path in self._damaged() if self._in_segment(path)]
        for path in damaged:
            path.unlink(missing_ok=True)
        return len(damaged)

    def _left(self, young: Sequence[str], others: Sequence[str]) -> Iterator[str]:
        if self._held_by_writers():
            yield "A running writer holds such rows and has not committed them yet: run this again in a minute."
        if young:
            yield (
                f"{len(young)} files hold such rows that no commit names yet; a writer may be about to: "
                "run this again in an hour."
            )
        if others:
            yield (
                f"Files in the log's folder that no log wrote hold such rows and stay: {named(others)}. "
                "Remove them yourself if they must go."
            )
        yield "Copies elsewhere (exports, baselines with thumbnails, reports) are not touched."
        yield "Spools of other machines cannot be seen from here: their writers commit twice a minute."
        yield "The names alone can stand in the table's history (the smallest and largest of a file) for 30 days."
