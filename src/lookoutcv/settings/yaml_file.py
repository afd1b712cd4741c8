"""YAML and JSON files as people write them: read within bounds, and what is wrong with one is told with its line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lookoutcv.errors import ConfigError
from lookoutcv.plain_text import parse_error, text_of

# Settings are written by hand; anything this large is another file.
MOST_BYTES = 1_000_000
_MOST_REPEATED_BYTES = 4 * MOST_BYTES


def read_mapping(path: str | os.PathLike[str], words: Sequence[str] = ()) -> dict[Any, Any]:
    """The keys and values of a YAML or JSON file.

    Args:
        path: JSON where its name ends in .json, else YAML.
        words: Keys below which truth values (yes, no, on, off) are words.
    Raises:
        ConfigError: The file cannot be read, is no YAML or JSON, repeats itself without end, or holds something else.
            Fields: path.
    """
    name = os.fspath(path)
    content = read_bounded(name)
    with explained_syntax_errors(name):
        if is_json(name):
            values = json.loads(text_of(content))
        else:
            import yaml  # noqa: PLC0415 - only those who have a settings file pay for it

            values = yaml.safe_load(text_of(content))
            _check_repeated(values, name)
            if words and isinstance(values, dict):
                as_written = yaml.load(text_of(content), Loader=yaml.BaseLoader)
                values.update({key: _words(values[key], as_written[key]) for key in words if key in values})
    if not isinstance(values, dict):
        raise ConfigError(f"{name} holds no settings", "Write one `key: value` a line.", path=name)
    return values


def _check_repeated(values: Any, name: str) -> None:
    """Refuse a file whose references (`*name`), which name a value again, make far more of it than is written.

    Nine lists of ten references to the list before are a kilobyte, and a thousand million texts for whoever walks them.
    """
    left = _MOST_REPEATED_BYTES
    waiting = [values]
    while waiting:
        value = waiting.pop()
        left -= len(value) if isinstance(value, str) else 1
        if left < 0:
            raise ConfigError(f"{name} repeats itself without end by its references", "Write it out.", path=name)
        if isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _words(value: Any, as_written: Any) -> Any:
    """A list, or what a mapping maps to, with truth values as they are written."""
    if isinstance(value, list):
        return [_words(one, text) for one, text in zip(value, as_written, strict=True)]
    if isinstance(value, dict) and len(value) == len(as_written):
        return {key: _words(one, text) for (key, one), text in zip(value.items(), as_written.values(), strict=True)}
    return as_written if isinstance(value, bool) else value


def is_json(path: str) -> bool:
    """Whether a file is to be read as JSON, by its name."""
    return path.lower().endswith(".json")


def read_bounded(path: str) -> bytes:
    """What a file holds.

    Raises:
        ConfigError: It cannot be read, or is larger than `MOST_BYTES`. Fields: path.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror or error})", "Check the path.", path=path) from None
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{path} is larger than 1 MB", "Give a settings file.", path=path)
    return content


@contextmanager
def explained_syntax_errors(path: str) -> Iterator[None]:
    """Turn what a parser of YAML or JSON raises into an error that names the file and the line.

    Raises:
        ConfigError: Fields: path.
    Example:
        >>> with explained_syntax_errors("card.json"):
        ...     json.loads("{")
        Traceback (most recent call last):
        lookoutcv.errors.ConfigError: card.json:1 is not JSON (Expecting property name enclosed in double quotes). ...
    """
    import yaml  # noqa: PLC0415

    try:
        yield
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = getattr(error, "lineno", None) if mark is None else mark.line + 1
        place = path if line is None else f"{path}:{line}"
        said = getattr(error, "problem", None) or getattr(error, "msg", None)
        problem = " ".join(str(said).split()) if said else parse_error(error)
        form = "JSON" if is_json(path) else "YAML"
        raise ConfigError(f"{place} is not {form} ({problem})", "Correct it.", path=path) from None
