"""The way into a history."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.extras import need
from lookoutcv.history.history_settings import DEFAULT_PLACE

if TYPE_CHECKING:
    from lookoutcv.history.history import History


@only_known_keywords()
def open_history(place: str | os.PathLike[str] = DEFAULT_PLACE) -> History:
    """Open what a service did, or begin it.

    Args:
        place: A file of SQLite, or the URL of a database: postgresql+pg8000://user@host/name.
    Returns:
        It, its tables those of this version. Close it, or use it in a `with`.
    Raises:
        MissingExtra: SQLAlchemy or Alembic is not installed.
        UsageError: The URL is of no such database, or its driver is not installed.
        NotOurFile: What is there is something else, which is left as it is.
        NewerFormat: A newer LookOutCV made it.
        HistoryUnavailable: The database does not answer, or cannot be written.
    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, open_history(f"{folder}/history.db") as history:
        ...     _ = history.add_event("started", message="the service began")
        ...     [event.message for event in history.events()]
        ['the service began']
    """
    need("sqlalchemy", "history")
    need("alembic", "history")
    from lookoutcv.history.history import History  # noqa: PLC0415 - it imports what may not be installed
    from lookoutcv.history.history_database import Database  # noqa: PLC0415

    return History(Database(os.fspath(place)))
