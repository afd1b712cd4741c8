"""One database: how it is connected to, transactions that are whole or not at all, and its failures as our errors."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import exc

from lookoutcv.errors import CorruptFile, HistoryUnavailable, LookoutError, NewerFormat, NotOurFile, UsageError
from lookoutcv.history.history_tables import JOBS, REPORTS
from lookoutcv.secrets import hide_secrets_of, without_secrets

_Found = TypeVar("_Found")
VERSION_TABLE = "lookout_history_version"
_BUSY_SECONDS = 30
_ADVISORY_LOCK = 4_776_101  # any number that no other program is likely to lock in the same database
_POOL = "lookoutcv_history"
_READ = {"lookout_read": True}


class Database:
    """The pool of connections to one database.

    Args:
        place: A path of a SQLite file, or a URL `sqlite:///...` or `postgresql+DRIVER://...`.
    Raises:
        UsageError: The URL is of no such database.
        NotOurFile: What is there is something else; it is left as it is.
        NewerFormat: A newer LookOutCV made it.
        HistoryUnavailable: It does not answer, or cannot be written.
    """

    def __init__(self, place: str | Path) -> None:
        hide_secrets_of(str(place))
        self._url = _url(place)
        self.name = self._url.render_as_string(hide_password=True)
        if self._url.get_backend_name() == "sqlite":
            self.name = self._url.database or ""
            _must_be_sqlite(self.name)
            self._engine = sa.create_engine(self._url, connect_args={"timeout": _BUSY_SECONDS})
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        else:
            try:
                # The pool logs a traceback for each connection that a stopped server left behind; it is raised instead.
                logging.getLogger(f"sqlalchemy.pool.impl.QueuePool.{_POOL}").setLevel(logging.CRITICAL + 1)
                self._engine = sa.create_engine(self._url, pool_pre_ping=True, pool_size=5, pool_logging_name=_POOL)
            except (ImportError, exc.ArgumentError) as reason:
                raise UsageError(
                    f"the driver of {self.name} cannot be loaded ({reason})", "Install it, and name it in the URL."
                ) from None
        self.write(self._upgrade)
        if self._engine.dialect.name == "sqlite":
            self._write_ahead()

    def write(self, work: Callable[[sa.Connection], _Found]) -> _Found:
        """Do work in one transaction, from the first on with the right to write."""
        return self._run(work, {})

    def read(self, work: Callable[[sa.Connection], _Found]) -> _Found:
        """Do work that only reads, on one state of the database."""
        return self._run(work, _READ)

    def close(self) -> None:
        """Close what is connected."""
        self._engine.dispose()

    def _write_ahead(self) -> None:
        """Let readers and a writer go on beside each other; only now, when the file is known to be ours."""
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            pass  # another process has it open and does the same, or the next that opens it will
        finally:
            connection.close()

    def _run(self, work: Callable[[sa.Connection], _Found], options: dict[str, Any]) -> _Found:
        again = True
        while True:
            committing = False
            try:
                with self._engine.connect().execution_options(**options) as connection:
                    transaction = connection.begin()
                    found = work(connection)
                    committing = True
                    transaction.commit()
                    return found
            except exc.SQLAlchemyError as error:
                # Before the commit nothing has been done, so that it may be done again; after it nobody knows.
                if again and not committing and getattr(error, "connection_invalidated", False):
                    again = False
                    continue
                raise self._told(error) from without_secrets(error)

    def _told(self, error: exc.SQLAlchemyError) -> LookoutError:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        if isinstance(getattr(error, "orig", None), sqlite3.DatabaseError) and (
            "malformed" in reason or "not a database" in reason
        ):
            return CorruptFile(
                f"{self.name} is damaged ({reason})", "Restore it from a backup, or name another file.", path=self.name
            )
        return HistoryUnavailable(
            f"the history {self.name} cannot be used ({reason})",
            "See that the database runs, has room and may be written, then try again.",
            url=self.name,
            reason=reason,
        )

    def _upgrade(self, connection: sa.Connection) -> None:
        """Bring the tables to the newest revision; who comes second waits, and finds it done."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        script = ScriptDirectory(
            str(Path(__file__).parent), version_locations=[str(Path(__file__).parent / "migrations")]
        )
        known = {revision.revision for revision in script.walk_revisions()}
        found = self._revisions(connection)
        if not found <= known:
            raise NewerFormat(
                f"{self.name} was made by a newer LookOutCV (revision {', '.join(sorted(found - known))})",
                "Install a newer LookOutCV, or name another history.",
                path=self.name,
                found=", ".join(sorted(found)),
                supported=script.get_current_head(),
            )
        if found == {script.get_current_head()}:
            return
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with EnvironmentContext(Config(), script, fn=lambda now, _: script._upgrade_revs("head", now)) as environment:
            environment.configure(connection=connection, version_table=VERSION_TABLE)
            environment.run_migrations()

    def _revisions(self, connection: sa.Connection) -> set[str]:
        there = set(sa.inspect(connection).get_table_names())
        if VERSION_TABLE in there:
            return set(connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars())
        # A file of SQLite is ours alone; a database of a server may hold other things beside.
        strangers = there if connection.dialect.name == "sqlite" else there & {REPORTS.name, JOBS.name}
        if strangers:
            raise NotOurFile(
                f"{self.name} holds tables that LookOutCV did not make", "Name another database.", path=self.name
            )
        return set()


def _url(place: str | Path) -> sa.URL:
    text = str(place)
    if "://" not in text:
        if not text or "\0" in text:
            raise UsageError("a history needs the name of its file", "Name one, such as lookout_history.db.")
        return sa.URL.create("sqlite", database=text)
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        raise UsageError(f"{text} is no URL of a database", "Write postgresql+DRIVER://host/database.") from None
    if url.get_backend_name() not in ("sqlite", "postgresql") or (not url.database or url.database == ":memory:"):
        raise UsageError(
            f"{text} is no database that a history can be in", "Name a file of SQLite or a PostgreSQL database."
        )
    return url


def _must_be_sqlite(path: str) -> None:
    try:
        with open(path, "rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return
    except OSError as reason:
        raise HistoryUnavailable(
            f"{path} cannot be read ({reason.strerror})", "Name a file that may be.", url=path, reason=reason.strerror
        ) from None
    if head and head != b"SQLite format 3\0":
        raise NotOurFile(f"{path} is no history, nor a file of SQLite", "Name another file.", path=path)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver thinks
    cursor = connection.cursor()
    for pragma in ("synchronous = FULL", "trusted_schema = OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that begins by reading and then writes fails if another wrote between.
    reading = connection.get_execution_options().get("lookout_read")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
