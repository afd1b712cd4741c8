"""Frozen dataclasses as JSON values and back, by the types of their fields, checked at every depth."""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

# What tells of a value that is not of its type: the place of the value ("metrics[0].effect"), and what it is.
Fail = Callable[[str, str], Exception]


def to_values(value: object) -> Any:
    """Dicts, lists, text, numbers, booleans and None. NaN and infinite numbers, which JSON lacks, become None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_values(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_values(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_values(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        # float() also turns numpy's own floats, which json cannot write in every version, into plain ones.
        return float(value) if math.isfinite(value) else None
    return value


def read_object(kind: type[Any], data: object, key: str, fail: Fail) -> Any:
    """The dataclass that `to_values` turned into these values. Keys that it does not have are ignored.

    Args:
        kind: The dataclass.
        data: JSON values.
        key: Where they stand in the whole; "" for the whole.
        fail: Makes the error that is raised.
    """
    if not isinstance(data, Mapping):
        raise fail(key, "not an object")
    values = {}
    for name, (hint, required) in _types(cast(Hashable, kind)).items():
        place = f"{key}.{name}".lstrip(".")
        if name in data:
            values[name] = _value(hint, data[name], place, fail)
        elif required:
            raise fail(place, "missing")
    return kind(**values)


@cache
def _types(kind: Hashable) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether it must be there."""
    hints = get_type_hints(kind)
    return {field.name: (hints[field.name], _required(field)) for field in fields(cast(type[Any], kind))}


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(hint: Any, data: object, key: str, fail: Fail) -> object:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if data is None else _value(next(a for a in arguments if a is not types.NoneType), data, key, fail)
    if is_dataclass(hint):
        return read_object(cast(type[Any], hint), data, key, fail)
    if origin in (list, tuple):
        return _sequence(origin, arguments, data, key, fail)
    if origin is dict:
        if not isinstance(data, Mapping):
            raise fail(key, "not an object")
        return {
            _key(arguments[0], name, key, fail): _value(arguments[1], item, f"{key}.{name}", fail)
            for name, item in data.items()
        }
    return _scalar(hint, data, key, fail)


def _sequence(origin: type[Any], arguments: tuple[Any, ...], data: object, key: str, fail: Fail) -> object:
    if not isinstance(data, list):
        raise fail(key, "not a list")
    kinds = arguments
    if origin is list or arguments[-1] is Ellipsis:
        kinds = arguments[:1] * len(data)
    elif len(arguments) != len(data):
        raise fail(key, f"not a list of {len(arguments)}")
    return origin(
        _value(kind, item, f"{key}[{i}]", fail) for i, (kind, item) in enumerate(zip(kinds, data, strict=True))
    )


def _key(kind: type[Any], name: object, key: str, fail: Fail) -> object:
    """A name in an object: JSON knows text only, and whole numbers are written as such."""
    if kind is int:
        if not str(name).isdecimal():
            raise fail(f"{key}.{name}", "not under a whole number")
        return int(str(name))
    return str(name)


def _scalar(hint: Any, data: object, key: str, fail: Fail) -> object:
    if hint is Any:
        return data
    if get_origin(hint) is Literal:
        if data in get_args(hint):
            return data
        raise fail(key, f"not one of {', '.join(map(str, get_args(hint)))}")
    if issubclass(hint, Enum):
        if isinstance(data, str) and data in [one.value for one in hint]:
            return hint(data)
        raise fail(key, f"not one of {', '.join(str(one.value) for one in hint)}")
    truth = isinstance(data, bool)
    if hint is float and isinstance(data, (int, float)) and not truth and abs(data) <= sys.float_info.max:
        return float(data)
    if hint is not float and isinstance(data, hint) and truth == (hint is bool):
        return data
    raise fail(key, f"not of type {hint.__name__}")
