"""The files of a log: those that the table is made of, and any below its folder, wherever it is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.files import is_url
from lookoutcv.files.storage import place_of
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.log.table.own_files import is_data_file, is_picture

_LISTED = ("path", "size_bytes", "num_records", "partition.model", "partition.day")


def listed(table: LogTable, columns: Sequence[str] = _LISTED) -> Iterator[dict[str, Any]]:
    """The files that the table is made of: path, bytes, rows, partition.

    Args:
        table: The log.
        columns: Of the table's own list; those it lacks are left out.
    """
    actions = pa.table(table.delta.get_add_actions(flatten=True))
    yield from actions.select([name for name in columns if name in actions.column_names]).to_pylist()


def day_of(value: Any) -> date:
    """A partition's day, which some versions of Delta Lake give as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


class Files:
    """The files below a table, wherever it is.

    Args:
        table: The log.
    """

    def __init__(self, table: LogTable) -> None:
        self._local = None if is_url(table.directory) else Path(table.directory)
        self._system: Any
        self._system, self._root = (None, "") if self._local else _object_store(table)

    def below(self, folder: str) -> Iterator[tuple[str, int, float]]:
        """Every file below a folder: its path below the table, its bytes, when it was written (seconds since 1970)."""
        if self._local is not None:
            for root, _, names in os.walk(self._local / folder):
                for name in names:
                    with suppress(OSError):  # removed in this moment
                        status = Path(root, name).stat()
                        yield Path(root, name).relative_to(self._local).as_posix(), status.st_size, status.st_mtime
            return
        try:
            entries = self._system.ls(f"{self._root}/{folder}", detail=True)
        except FileNotFoundError:
            return
        for entry in entries:
            path = str(entry["name"]).removeprefix(f"{self._root}/")
            if entry["type"] == "directory":
                yield from self.below(path)
            elif path.rstrip("/") != folder:
                yield path, int(entry["size"] or 0), _written(entry)

    def age_seconds(self, path: str) -> float:
        """How long ago a file was written; 0 where it is gone."""
        with suppress(OSError):
            if self._local is not None:
                return time.time() - (self._local / path).stat().st_mtime
            return time.time() - _written(self._system.info(f"{self._root}/{path}"))
        return 0.0

    def open(self, path: str) -> Any:
        """A file to read from.

        Raises:
            OSError: It is gone.
        """
        return open(self._local / path, "rb") if self._local else self._system.open(f"{self._root}/{path}", "rb")

    def remove(self, path: str) -> int:
        """Remove a file that a log's writers wrote, and its folder where that is empty then.

        Args:
            path: From a row of the log: one that leads elsewhere, or to a file of somebody else's, is not followed.
        Returns:
            Its bytes; 0 where there was none.
        """
        if not (is_data_file(path) or is_picture(path)):
            return 0
        if self._local is None:
            try:
                size = int(self._system.info(f"{self._root}/{path}")["size"] or 0)
                self._system.rm_file(f"{self._root}/{path}")
            except FileNotFoundError:
                return 0
            return size
        target = self._local / path
        # A link may have been put there that leads out of the log.
        if not target.parent.resolve().is_relative_to(self._local.resolve()):
            return 0
        try:
            size = target.lstat().st_size
            target.unlink()
        except OSError:
            return 0
        with suppress(OSError):
            target.parent.rmdir()
        return size

    def remove_all(self, paths: Sequence[str]) -> None:
        """Remove files as `remove` does; those that are gone are passed over."""
        if self._local is None:
            own = [f"{self._root}/{path}" for path in paths if is_data_file(path) or is_picture(path)]
            with suppress(FileNotFoundError):
                self._system.rm(own)  # a thousand a request
                return
        for path in paths:
            self.remove(path)


# What Delta Lake takes as options, as fsspec's S3 takes them.
_NAMES = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL": "endpoint_url",
}


def _object_store(table: LogTable) -> tuple[Any, str]:
    """A file system, and what it calls the table."""
    import fsspec  # noqa: PLC0415 - only object stores need it

    place = place_of(table.directory)
    delta_options = {key.upper(): value for key, value in (table.storage_options or {}).items()}
    options = {
        **dict(place.options),
        **{name: delta_options[key] for key, name in _NAMES.items() if key in delta_options},
    }
    region = delta_options.get("AWS_REGION") or os.environ.get("AWS_REGION")
    if place.protocol in ("s3", "s3a") and region:
        options["client_kwargs"] = {"region_name": region}
    # A cache of listings would keep what was removed.
    return fsspec.filesystem(place.protocol, use_listings_cache=False, **options), place.key.rstrip("/")


def _written(entry: dict[str, Any]) -> float:
    """When an object was written; now where its store does not tell, so that it counts as new."""
    modified: Any = entry.get("LastModified") or entry.get("mtime") or entry.get("last_modified")
    return float(modified.timestamp()) if hasattr(modified, "timestamp") else time.time()
