"""Labels: a file of names, as lines, as a table of numbers and names, or as JSON."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path
from typing import Any

from lookoutcv.errors import ConfigError
from lookoutcv.plain_text import text_of

# Labels that stand for nothing: they take the index of the background, or of a class that was left out.
PLACEHOLDERS = ("???", "background", "__background__")
_NUMBERED = re.compile(r"^\s*(\d+)\s*[:,;\t ]\s*(\S.*)$")
# Numbers from 1 on count only before a separator: "1 star" and "2 stars" are names.
_SEPARATED = re.compile(r"^\s*(\d+)\s*[:,;\t]\s*(\S.*)$")
# "id,name" above numbered lines; a lone "background" is a name.
_TITLES = re.compile(r"[,;\t]")
_MOST_BYTES = 2**24
# Names of twenty thousand classes.
_MOST_WRITTEN = 2**20


def parse_labels(text: str) -> tuple[str, ...]:
    """The names in a label file: one a line, in the order of the scores, or each led by its number.

    Numbers count from 0 on, or from 1 on before a colon, comma, semicolon or tab; a table may have titles of columns.

    Example:
        >>> parse_labels("0 cat\\n1 dog\\n"), parse_labels("cat\\ndog")
        (('cat', 'dog'), ('cat', 'dog'))
    """
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    names = _names_of_numbers(lines, _NUMBERED, 0) or _names_of_numbers(lines, _SEPARATED, 1)
    if names is None and len(lines) > 2 and not _TITLES.search(lines[0]):
        after = _names_of_numbers(lines[1:], _SEPARATED, 1)
        names = None if after is None else (lines[0], *after)
    elif names is None and len(lines) > 2:
        names = _names_of_numbers(lines[1:], _SEPARATED, 0) or _names_of_numbers(lines[1:], _SEPARATED, 1)
    return tuple(lines) if names is None else names


def _names_of_numbers(lines: list[str], form: re.Pattern[str], first: int) -> tuple[str, ...] | None:
    matches = [form.match(line) for line in lines]
    if not all(match is not None and int(match[1]) == number for number, match in enumerate(matches, first)):
        return None
    return tuple(match[2].strip().strip('"') for match in matches if match is not None)


def labels_in_text(text: str) -> tuple[str, ...] | None:
    """The labels in a mapping or list written as text, as exporters leave it in a model's file; None for other text.

    Args:
        text: A list of names, or a mapping of numbers from 0 on to names, or one that has such under `names` or
            `id2label`; as JSON or as Python writes it. It is parsed, never run.
    Example:
        >>> labels_in_text("{0: 'cat', 1: 'dog'}"), labels_in_text("{'stride': 32, 'names': ['cat']}")
        (('cat', 'dog'), ('cat',))
        >>> labels_in_text("cat") is None
        True
    """
    if len(text) > _MOST_WRITTEN or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        parsed = _parse_literal(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    names = parsed.get("names", parsed.get("id2label", parsed)) if isinstance(parsed, dict) else parsed
    if isinstance(names, dict):
        places = {str(key): name for key, name in names.items()}
        names = [places.get(str(place)) for place in range(len(places))]
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        return None
    return tuple(name.strip() for name in names)


def _parse_literal(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return ast.literal_eval(text)


def read_labels(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """The names in a label file.

    Raises:
        ConfigError: It cannot be read, or is not text.
    """
    name = os.fspath(path)
    try:
        if Path(path).stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{name} is no file of labels: it is too large", "Give one name a line.", path=name)
        text = text_of(Path(path).read_bytes())
    except (OSError, ValueError) as reason:
        why = getattr(reason, "strerror", None) or "it is not text"
        raise ConfigError(
            f"the labels in {name} cannot be read: {why}", "Check the path.", path=name, key="labels"
        ) from None
    if Path(path).suffix.lower() != ".json":
        return parse_labels(text)
    names = labels_in_text(text)
    if names is None:
        raise ConfigError(
            f"{name} is JSON, and no list of names and no mapping of all numbers from 0 on to names",
            'Write ["cat", "dog"], {"0": "cat", "1": "dog"}, or a text file with one name a line.',
            path=name,
            key="labels",
        )
    return names
