"""What callers of the log give, checked: a wrong type ends in a sentence, not in the depths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from lookoutcv.calls.argument_types import a_kind
from lookoutcv.errors import ConfigError


def checked_positive(**numbers: Any) -> None:
    """Numbers above 0.

    Raises:
        ConfigError: One is none.
    """
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise ConfigError(f"{name} is {value!r}", "Give a number above 0.", key=name)


def checked_share(value: Any, name: str) -> float:
    """A number from 0 to 1.

    Raises:
        ConfigError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ConfigError(f"{name} is {value!r}", "Give a number from 0 to 1.", key=name)
    return value


def checked_seconds(value: Any, name: str) -> float:
    """A number of seconds, 0 or more.

    Raises:
        ConfigError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ConfigError(f"{name} is {value!r}", "Give seconds, 0 or more.", key=name)
    return float(value)


def checked_text(value: Any, name: str) -> str:
    """The same text.

    Raises:
        ConfigError: It is none.
    """
    if not isinstance(value, str):
        raise ConfigError(f"{name} is {value!r}, {a_kind(value)}", f"Give {name} as text.", key=name)
    return value


def checked_path(value: Any, name: str) -> str:
    """A path as text.

    Raises:
        ConfigError: It is none.
    """
    if not isinstance(value, str | os.PathLike):
        raise ConfigError(f"{name} is {value!r}, {a_kind(value)}", f"Give {name} as a path.", key=name)
    return os.fspath(value)


def checked_mapping(value: Any, name: str) -> Mapping[Any, Any]:
    """The same mapping; an empty one for None.

    Raises:
        ConfigError: It is none.
    """
    if not isinstance(value, Mapping | None):
        raise ConfigError(f"{name} is {value!r}, {a_kind(value)}", f"Give {name} as a dictionary.", key=name)
    return value or {}


def checked_names(value: str | Iterable[str], name: str) -> list[str]:
    """One name or several as a list.

    Raises:
        ConfigError: They are no texts.
    """
    if isinstance(value, str):
        return [value]
    names = list(value) if isinstance(value, Iterable) else [value]
    return [checked_text(one, name) for one in names]


def checked_model(value: Any) -> str | None:
    """A model's name, or None for all.

    Raises:
        ConfigError: It is no text.
    """
    return None if value is None else checked_text(value, "model")
