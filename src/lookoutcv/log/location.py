"""Where a log is unless somebody says otherwise; the command line knows it without loading anything."""

from __future__ import annotations

from contextvars import ContextVar

DIRECTORY = "lookout_cv_logs"
_directory: ContextVar[str] = ContextVar("lookoutcv.log", default=DIRECTORY)


def set_default_directory(directory: str | None) -> None:
    """Say where `log:NAME` is looked for unless its options say it: what a project's settings give.

    Args:
        directory: A folder or a URL; None for the usual place.
    Example:
        >>> set_default_directory("s3://bucket/logs")
        >>> default_directory()
        's3://bucket/logs'
        >>> set_default_directory(None)
        >>> default_directory()
        'lookout_cv_logs'
    """
    _directory.set(directory or DIRECTORY)


def default_directory() -> str:
    """Where `log:NAME` is looked for."""
    return _directory.get()
