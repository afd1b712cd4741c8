"""What of SQL is let through to a log: one SELECT over it, and no function that opens files."""

from __future__ import annotations

import re

from lookoutcv.errors import ConfigError

# Longer ones are no questions of people, and the parser's work grows with them.
_LONGEST = 20_000
_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/|\()*", re.DOTALL)
_FIRST = re.compile(r"(?:select|with)\b", re.IGNORECASE)
# Whatever the quotes around it: a parser that reads quotes otherwise than we do must not be led past this.
_OPENS_FILES = re.compile(r"(?:read|scan)_[a-z]+", re.IGNORECASE)


def checked(sql: str) -> str:
    """The same statement.

    Args:
        sql: A query over the table `log`.
    Raises:
        ConfigError: It is not one SELECT, or it would read something else than the log. Fields: key.
    Example:
        >>> checked("SELECT count(*) FROM log")
        'SELECT count(*) FROM log'
    """
    if len(sql) > _LONGEST:
        raise _refused(f"it has {len(sql):,} characters, and {_LONGEST:,} are allowed")
    rest = sql[_COMMENTS.match(sql).end() :]  # type: ignore[union-attr] # it matches nothing too
    if not _FIRST.match(rest):
        word = rest.split(maxsplit=1)[0][:40] if rest.split() else ""
        raise _refused(f"it begins with {word!r}" if word else "it is empty")
    match = _OPENS_FILES.search(sql)
    if match:
        raise _refused(f"{match[0]} reads files, and only the log is read here")
    return sql


def _refused(why: str) -> ConfigError:
    return ConfigError(
        f"the query is not run: {why}",
        "Give one SELECT over the table log, such as: SELECT model, count(*) AS n FROM log GROUP BY model",
        key="sql",
    )
