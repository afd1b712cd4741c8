"""What of SQL is let through to a log: one SELECT over it, of a bounded length, that opens no files."""

from __future__ import annotations

import re
from typing import Any

from lookoutcv.errors import ConfigError

# Longer ones are no questions of people, and the parser's work grows with them.
_LONGEST = 20_000
# Words, numbers and signs between two commas, with those around their brackets. polars walks along them by recursion: a
# sum of 1,000 terms, which has 2,000 of them, took 2.4 s, one of 3,000 terms 40 s, and 9,900 were more than its stack.
_LONGEST_CHAIN = 2_000
# Texts, names in quotes, and whatever else; where a comment begins, `_end_of_comment` tells where it ends.
_PARTS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|(\$\w*\$).*?\1|--[^\n]*|/\*|[\w.]+|[^\w\s]""",
    re.DOTALL,
)
_COMMENT_ENDS = re.compile(r"/\*|\*/")
_NESTED_TOO_DEEPLY = "recursion limit exceeded"
_NO_TABLE_FUNCTION = "is not a supported table function"


def checked(sql: str) -> str:
    """The same statement, as far as it can be told without the parser that runs it; `refuse_files` does the rest.

    Args:
        sql: A query over the table `log`.
    Raises:
        ConfigError: It is not one SELECT, or it is too long. Fields: key.
    Example:
        >>> checked("SELECT count(*) FROM log")
        'SELECT count(*) FROM log'
    """
    if len(sql) > _LONGEST:
        raise _refused(f"it has {len(sql):,} characters, and {_LONGEST:,} are allowed")
    parts = _parts(sql)
    first = next((part for part in parts if part != "("), "")
    if first.lower() not in ("select", "with"):
        raise _refused(f"it begins with {first[:40]!r}" if first else "it is empty")
    chain = _longest_chain(parts)
    if chain > _LONGEST_CHAIN:
        raise ConfigError(
            f"the query is not run: {chain:,} words and signs follow each other without a comma, and "
            f"{_LONGEST_CHAIN:,} are allowed",
            "Shorten it: IN (1, 2, 3) instead of = 1 OR = 2 OR = 3, and one SELECT instead of many joined by UNION.",
            key="sql",
        )
    return sql


def refuse_files(sql: str, polars: Any) -> None:
    """Refuse a statement that reads a file, by what polars' own parser finds in it.

    A text search would be led past by quotes and comments, and would take the name of a picture for a function. polars
    tells the tables that a statement names, wherever they stand, and of each whether it has such a function.

    Args:
        sql: The statement.
        polars: The module.
    Raises:
        ConfigError: It reads a file, or is nested too deeply. Fields: key.
        polars.exceptions.PolarsError: It is not SQL.
    Example:
        >>> import polars
        >>> refuse_files("SELECT * FROM log WHERE id = 'scan_front.jpg'", polars)
    """
    context = polars.SQLContext()
    try:
        names = context._ctxt.table_identifiers(sql, True, True)
    except polars.exceptions.PolarsError as reason:
        if _NESTED_TOO_DEEPLY not in str(reason):
            raise
        raise ConfigError(
            "the query is not run: it is nested too deeply",
            "Take some brackets away, or name parts of it: WITH part AS (SELECT ...) SELECT ... FROM part.",
            key="sql",
        ) from None
    for name in names:
        if _is_function(context, name, polars):
            raise _refused(f"{name} reads files, and only the log is read here")


def _is_function(context: Any, name: str, polars: Any) -> bool:
    quoted = name.replace('"', '""')
    try:
        context.execute(f'SELECT * FROM "{quoted}"()', eager=False).collect_schema()
    except polars.exceptions.PolarsError as reason:
        return _NO_TABLE_FUNCTION not in str(reason)
    return True


def _parts(sql: str) -> list[str]:
    """Words, numbers, texts and signs in order. No boundary: what polars reads otherwise, it refuses itself."""
    parts = []
    place = 0
    while match := _PARTS.search(sql, place):
        place = match.end()
        if match[0] == "/*":
            place = _end_of_comment(sql, place)
        elif not match[0].startswith("--"):
            parts.append(match[0])
    return parts


def _end_of_comment(sql: str, place: int) -> int:
    """Comments may hold comments."""
    depth = 1
    while depth and (match := _COMMENT_ENDS.search(sql, place)):
        depth += 1 if match[0] == "/*" else -1
        place = match.end()
    return len(sql) if depth else place


def _longest_chain(parts: list[str]) -> int:
    """The most parts between two commas, with those around the brackets in which they stand."""
    longest, around, here = 0, [0], 0
    for part in parts:
        if part == ",":
            here = around[-1]
        elif part == ")" and len(around) > 1:
            here = around.pop()
        else:
            here += 1
            if part == "(":
                around.append(here)
        longest = max(longest, here)
    return longest


def _refused(why: str) -> ConfigError:
    return ConfigError(
        f"the query is not run: {why}",
        "Give one SELECT over the table log, such as: SELECT model, count(*) AS n FROM log GROUP BY model",
        key="sql",
    )
