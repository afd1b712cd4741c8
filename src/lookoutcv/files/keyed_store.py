"""Values by key in one file that several processes share: for what can be worked out again, at a cost.

An SQLite file in write-ahead mode: many may read while one writes, and a process that is killed leaves what it had
committed. Nothing that happens to the file is an error of whoever uses it: what cannot be read is not there, what
cannot be written is not kept, and a damaged file is set aside and begun anew. Each value has a checksum with its key.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

# "LOcv" in the header of the file, and the form of its tables.
_APPLICATION = 0x4C4F6376
_FORM = 1
# How a file of SQLite begins, and where the mark stands in it (https://www.sqlite.org/fileformat2.html).
_SQLITE, _MARK_AT = b"SQLite format 3\0", 68
_TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, used INTEGER NOT NULL, value BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_use ON entries (used);
"""
# Another process that writes is done long before; whoever waits longer goes without.
_PATIENCE_SECONDS = 5.0
_SECONDS_A_DAY = 86_400
# Setting a damaged file aside, or meeting another process that makes the file just now, takes one more.
_TRIES = 3
# Dropping entries costs a pass over them, so it is done rarely: an eighth at a time.
_DROPPED_SHARE = 8
_CHECKSUM_BYTES = 4
# Another process holds it: what would be written now is not kept, and the next write is tried again.
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# The file is not what it should be; anything else (full, locked, read-only) passes or is nobody's fault.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH}


class KeyedStore:
    """Values by key, in a file of bounded size that drops what was used longest ago.

    Args:
        path: The file; `prepare` or the first `write` makes it, and its folder.
        max_bytes: Size that the file is kept to, give or take one `write`.
    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, KeyedStore(Path(folder, "a"), 10**6) as store:
        ...     store.write({b"key": b"value"})
        ...     store.get(b"key"), store.get(b"other")
        (b'value', None)
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self.max_bytes = max_bytes
        self.trouble: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._readable = self._writable = True
        self._stale: set[bytes] = set()

    def __reduce__(self) -> tuple[type[KeyedStore], tuple[Path, int]]:
        # A connection belongs to its process: each opens its own.
        return type(self), (self.path, self.max_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. The next use opens it again."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def prepare(self) -> bool:
        """Make the file where there is none, and set a damaged one aside.

        Returns:
            Whether it can be used; if not, or if it was set aside, `trouble` says why.
        """
        for _ in range(_TRIES):
            with self._guarded(writing=True):
                self._make()
            if self._connection is not None:
                return True
            if not self._writable:
                break
        return False

    def get(self, key: bytes) -> bytes | None:
        """The value of a key; None where it is not there, or is damaged."""
        if not self._readable:
            return None
        row = None
        with self._guarded(writing=False):
            row = self._opened().execute("SELECT used, value FROM entries WHERE key = ?", (key,)).fetchone()
        if row is None or (value := _checked(key, row[1])) is None:
            return None
        if row[0] != _today():
            self._stale.add(key)
        return value

    def stale(self) -> set[bytes]:
        """Keys that `get` has found since the last call and whose day of use is to be noted, by `write`."""
        stale, self._stale = self._stale, set()
        return stale

    def write(self, values: Mapping[bytes, bytes], used: Collection[bytes] = ()) -> None:
        """Keep values, all or none, and note that others were used today.

        Args:
            values: By key; one that is there already is replaced.
            used: Keys as `stale` gives them.
        """
        if not self._writable:
            return
        today = _today()
        with self._guarded(writing=True):
            self._make()
            connection = self._opened(writing=True)
            with _transaction(connection):
                connection.executemany(
                    "INSERT OR REPLACE INTO entries (key, used, value) VALUES (?, ?, ?)",
                    [(key, today, _summed(key, value)) for key, value in values.items()],
                )
                connection.executemany("UPDATE entries SET used = ? WHERE key = ?", [(today, key) for key in used])
            self._bound(connection)

    def count(self) -> int:
        """How many values there are; 0 where the file cannot be read."""
        count = 0
        with self._guarded(writing=False):
            count = int(self._opened().execute("SELECT COUNT(*) FROM entries").fetchone()[0])
        return count

    def _opened(self, writing: bool = False) -> sqlite3.Connection:
        if self._connection is None:
            # Only a writer makes the file: a reader that made one would leave an empty file where nothing is kept.
            mode = "rwc" if writing else "rw"
            address = f"{self.path.absolute().as_uri()}?mode={mode}"
            self._connection = sqlite3.connect(address, _PATIENCE_SECONDS, isolation_level=None, uri=True)
            # Nothing waits for the disk: should the machine itself fail, checksums find what it lost.
            self._connection.execute("PRAGMA synchronous = OFF")
            if not writing:
                self._check_form()
        return self._connection

    def _make(self) -> None:
        """The file with its tables, where it is not there yet."""
        if self._connection is not None:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = self._opened(writing=True)
        if connection.execute("PRAGMA application_id").fetchone()[0] == 0 and not _tables(connection):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            with _transaction(connection):
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_FORM}")
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        self._check_form()

    def _check_form(self) -> None:
        assert self._connection is not None
        marks = [
            self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        ]
        if marks != [_APPLICATION, _FORM]:
            raise _ForeignError("it is not a file of this kind and form")

    def _bound(self, connection: sqlite3.Connection) -> None:
        """Drop what was used longest ago where the file has grown over its size."""
        pages, free, size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        if (pages - free) * size <= self.max_bytes:
            return
        with _transaction(connection):
            connection.execute(
                "DELETE FROM entries WHERE number IN (SELECT number FROM entries ORDER BY used, number"
                " LIMIT (SELECT COUNT(*) / ? + 1 FROM entries))",
                (_DROPPED_SHARE,),
            )
        connection.execute("PRAGMA incremental_vacuum").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _guarded(self, writing: bool) -> Iterator[None]:
        """Whatever goes wrong with the file in the block is dealt with here."""
        try:
            yield
        except (sqlite3.Error, OSError, _ForeignError) as error:
            self.close()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if isinstance(error, _ForeignError) or code in _DAMAGED:
                self._damaged(error, writing)
            elif writing and code not in _BUSY:
                self._writable = False
                self.trouble = f"it cannot be written ({error})"
            elif not writing:
                self._readable = False

    def _damaged(self, error: Exception, writing: bool) -> None:
        """Only who writes moves the file: readers beside it would move the new one that was begun in its place."""
        self._readable = False
        if not writing:
            return
        if not _is_ours(self.path):
            self._writable = False
            self.trouble = "a file of another program lies there, and stays as it is"
            return
        aside = self.path.with_name(f"{self.path.name}.damaged")
        number = 2
        while aside.exists() and not _is_ours(aside):
            aside, number = self.path.with_name(f"{self.path.name}.damaged{number}"), number + 1
        try:
            os.replace(self.path, aside)
            for suffix in ("-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError:
            self._writable = False
            self.trouble = f"it is damaged ({error})"
            return
        self._readable = True
        self.trouble = f"it was damaged ({error}); it lies in {aside.name} now, and a new one was begun"


class _ForeignError(Exception):
    """The file is SQLite, but not ours or of another form."""


def _is_ours(path: Path) -> bool:
    """Whether a file has the mark of this kind at its beginning, damaged as the rest may be."""
    try:
        with open(path, "rb") as file:
            head = file.read(_MARK_AT + 4)
    except OSError:
        return False
    return head.startswith(_SQLITE) and head[_MARK_AT:] == _APPLICATION.to_bytes(4, "big")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0])


def _summed(key: bytes, value: bytes) -> bytes:
    """A value with its checksum: SQLite itself does not notice a flipped bit in a page."""
    return value + zlib.crc32(value, zlib.crc32(key)).to_bytes(_CHECKSUM_BYTES, "big")


def _checked(key: bytes, stored: object) -> bytes | None:
    if not isinstance(stored, bytes):
        return None
    value = stored[:-_CHECKSUM_BYTES]
    return value if _summed(key, value) == stored else None


def _today() -> int:
    return int(time.time() // _SECONDS_A_DAY)
