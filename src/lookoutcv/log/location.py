"""Where a log is unless somebody says otherwise; the command line knows it without loading anything."""

from __future__ import annotations

from contextvars import ContextVar

DIRECTORY = "lookout_cv_logs"
_settled: ContextVar[str] = ContextVar("lookoutcv.log", default=DIRECTORY)


def settle(directory: str | None) -> None:
    """Say where `log:NAME` is looked for unless its options say it: what a project's settings give.

    Args:
        directory: A folder or a URL; None for the usual place.
    Example:
        >>> settle("s3://bucket/logs")
        >>> settled()
        's3://bucket/logs'
        >>> settle(None)
        >>> settled()
        'lookout_cv_logs'
    """
    _settled.set(directory or DIRECTORY)


def settled() -> str:
    """Where `log:NAME` is looked for."""
    return _settled.get()
