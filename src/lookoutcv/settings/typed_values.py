"""A mapping of keys and values as a frozen, typed dataclass. A wrong key names its path and the nearest right one."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_type_hints

from lookoutcv.errors import ConfigError
from lookoutcv.settings.yaml_file import read_mapping

Settings = TypeVar("Settings")


def load_settings(path: str | os.PathLike[str], kind: type[Settings]) -> Settings:
    """Read a settings file.

    Args:
        path: A YAML file that holds a mapping.
        kind: A dataclass whose fields are the keys.
    Raises:
        ConfigError: The file cannot be read, is not YAML, or holds a wrong key or value. Fields: path, key, nearest.
    """
    name = os.fspath(path)
    return typed(read_mapping(path), kind, name)


def typed(values: Mapping[Any, Any], kind: type[Settings], name: str, key: str = "") -> Settings:
    """A mapping as typed settings, its keys and values checked, at every depth.

    Args:
        values: Keys and values, as a YAML file holds them.
        kind: A dataclass whose fields are the keys. A field that is a dataclass holds a mapping of its own.
        name: What messages call the place the values are from.
        key: Where the mapping stands within that place, for messages: "input".
    Raises:
        ConfigError: A wrong key or value. Fields: path, key, nearest.
    Example:
        >>> from dataclasses import make_dataclass
        >>> typed({"size": 3}, make_dataclass("Box", [("size", int)]), "box.yaml").size
        3
    """
    _check_keys(values, kind, name, key)
    return _typed(values, kind, name, key)


def _check_keys(values: Mapping[Any, Any], kind: Any, name: str, key: str) -> None:
    fields = {field.name: hint for field, hint in _fields(kind)}
    for name_of_key, value in values.items():
        path = f"{key}.{name_of_key}" if key else str(name_of_key)
        if name_of_key not in fields:
            nearest = difflib.get_close_matches(str(name_of_key), fields, n=1)
            guess = f"Did you mean {nearest[0]!r}?" if nearest else f"The keys are {', '.join(fields)}."
            raise ConfigError(f"{name}: there is no key {path!r}", guess, path=name, key=path, nearest=nearest)
        if dataclasses.is_dataclass(fields[name_of_key]) and isinstance(value, Mapping):
            _check_keys(value, fields[name_of_key], name, path)


def _fields(kind: Any) -> Iterator[tuple[dataclasses.Field[Any], Any]]:
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        yield field, hints[field.name]


def _typed(values: Mapping[Any, Any], kind: type[Settings], name: str, above: str) -> Settings:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as reason:
        first = reason.errors()[0]
        key = ".".join(map(str, (above, *first["loc"]) if above else first["loc"]))
        raise ConfigError(f"{name}: {key} is wrong ({first['msg']})", "Correct it.", path=name, key=key) from None
    except ConfigError as error:
        raise error.about(name) from None
