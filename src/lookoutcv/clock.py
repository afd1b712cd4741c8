"""The time, as files and reports write it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The current time as ISO 8601 UTC to the second.

    Example:
        >>> now()[10], now()[-6:]
        ('T', '+00:00')
    """
    return datetime.now(UTC).isoformat(timespec="seconds")


def local() -> datetime:
    """The current time where this machine is, without a zone: as people write it into names of folders."""
    return datetime.now().replace(microsecond=0)


def utc() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)
