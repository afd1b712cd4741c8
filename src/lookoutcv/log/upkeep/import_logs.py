"""Plain Parquet logs, one file a process, into the prediction log: each file once, however often it is asked for.

Such files are called `<model>_logs_<pid>.parquet` and hold one row a prediction, or one a box. Columns are known by the
names that people give them; numbers that are not known were measured by another program, in a way of its own: they are
kept under `imported.<name>` and never mixed with metrics of ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import SourceNotFound, UnreadableSource
from lookoutcv.files import is_url
from lookoutcv.files.parquet import is_parquet
from lookoutcv.log.table.arguments import checked_model, checked_path
from lookoutcv.log.table.own_files import PLAIN_LOG, note_shared_folder
from lookoutcv.log.upkeep.plain_log import PlainLog
from lookoutcv.progress import Progress

_NOT_PARQUET = (
    "not a Parquet file, and import reads no other. Write a table as Parquet first, as pandas does: "
    "pandas.read_csv(FILE).to_parquet(NEW_FILE)"
)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Imported:
    """What became of the files.

    Args:
        files: How many were brought in now.
        rows: How many rows that made.
        known: Files that were in the log already.
        skipped: Files that could not be read, each with the reason.
        notes: What of the files that were brought in is not taken over, in sentences.
    """

    files: int
    rows: int
    known: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def import_logs(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    directory: str | os.PathLike[str],
    *,
    model: str | None = None,
    storage_options: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Bring plain Parquet logs into a prediction log.

    Args:
        sources: Files, or folders, which are searched for `<model>_logs_<pid>.parquet` with everything below them.
        directory: The log: a local folder or a URL, as for the loggers.
        model: Its name; by default that in the file's name, else in its column `model_name`.
        storage_options: As for the loggers.
        progress: Called as `progress(files_done, files)`.
    Returns:
        What was brought in. A file that is in the log already is left out: it is known by its bytes. A file that grew
        since then is another file; import logs whose writers have ended.
    Raises:
        SourceNotFound: There is no such file or folder, or nothing in it.
        UsageError: A file does not say which model it is of.
        MissingExtra: deltalake is not installed.
    Example:
        >>> import_logs("old_logs", "lookout_cv_logs")  # doctest: +SKIP
    """
    checked_model(model)
    files = list(_files(sources))
    already_imported: list[str] = []
    skipped: list[tuple[str, str]] = []
    notes: list[str] = []
    imported = rows = 0
    table = os.fspath(directory)
    options = dict(storage_options or {})
    note_shared_folder(table)
    for place, path in enumerate(files):
        if progress is not None:
            progress(place, len(files))
        try:
            log = PlainLog(path, model)
            rows_of_file = log.bring(table if is_url(table) else os.path.abspath(table), options)
        except UnreadableSource as reason:
            skipped.append((str(path), reason.problem))
            continue
        except (pa.ArrowException, OSError, UnicodeDecodeError) as reason:
            why = str(reason).partition("\n")[0][:200] or type(reason).__name__
            if isinstance(reason, pa.ArrowException) and not is_parquet(path):
                why = _NOT_PARQUET
            skipped.append((str(path), why))
            continue
        if rows_of_file is None:
            already_imported.append(str(path))
        else:
            imported, rows = imported + 1, rows + rows_of_file
            notes.extend(log.notes)
    if progress is not None:
        progress(len(files), len(files))
    return Imported(imported, rows, tuple(already_imported), tuple(skipped), tuple(notes))


def _files(sources: Any) -> Iterator[Path]:
    details = [sources] if not isinstance(sources, Iterable) or isinstance(sources, str) else list(sources)
    for one in (Path(checked_path(path, "sources")) for path in details):
        if one.is_file():
            yield one
            continue
        below = sorted(path for path in one.rglob("*_logs_*.parquet") if PLAIN_LOG.fullmatch(path.name))
        if not below:
            what = f"no log in {one}" if one.is_dir() else f"no file or folder {one}"
            raise SourceNotFound(
                f"there is {what}", "Name files, or a folder with <model>_logs_<pid>.parquet.", source=str(one)
            )
        yield from below
