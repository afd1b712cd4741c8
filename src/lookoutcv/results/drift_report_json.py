"""The report as JSON values and back; `drift_report.schema.json` beside this file describes them."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.results.drift_report import FORMAT, VERSION, DriftReport


def to_dict(report: DriftReport) -> dict[str, Any]:
    """The report as JSON values: dicts, lists, text, finite numbers, booleans and None.

    Returns:
        Keys "format" and "version" first, then the fields of `DriftReport` in order. NaN and infinite numbers, which
        JSON does not know, become None.
    Example:
        >>> from lookoutcv.results.drift_report import Side
        >>> side = Side("a", 1, 1)
        >>> report = DriftReport(None, "insufficient", None, 0.0, 0.01, None, "Too few.", side, side, [])
        >>> list(to_dict(report).items())[:3]
        [('format', 'lookoutcv.report'), ('version', 1), ('overall_drift_detected', None)]
    """
    return {"format": FORMAT, "version": VERSION, **cast(dict[str, Any], _plain(report))}


def from_dict(data: object, path: str = "") -> DriftReport:
    """The report that `to_dict` gave. Keys that this version does not know are ignored.

    Args:
        data: What a JSON file held.
        path: Where it came from, for errors.
    Raises:
        NotOurFile: Not a report of LookOutCV.
        NewerFormat: Written by a newer version.
        CorruptFile: A key is missing or holds the wrong kind of value.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise NotOurFile(
            f"{path or 'this'} is not a LookOutCV report", "Give the JSON that `lookout monitor` wrote.", path=path
        )
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _corrupt(path, "version", "no version number")
    if version > VERSION:
        raise NewerFormat(
            f"{path or 'this report'} has version {version}; this LookOutCV reads up to {VERSION}",
            "Update with: pip install -U lookoutcv",
            path=path,
            found=version,
            supported=VERSION,
        )
    return cast(DriftReport, _object(DriftReport, data, "", path))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        # float() also turns numpy's own floats, which json cannot write in every version, into plain ones.
        return float(value) if math.isfinite(value) else None
    return value


def _object(kind: type[Any], data: object, key: str, path: str) -> object:
    if not isinstance(data, Mapping):
        raise _corrupt(path, key, "not an object")
    hints = get_type_hints(kind)
    found = {}
    for field in fields(kind):
        name = f"{key}.{field.name}".lstrip(".")
        if field.name in data:
            found[field.name] = _value(hints[field.name], data[field.name], name, path)
        elif _required(field):
            raise _corrupt(path, name, "missing")
    return kind(**found)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(hint: Any, data: object, key: str, path: str) -> object:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if data is None else _value(next(a for a in arguments if a is not types.NoneType), data, key, path)
    if is_dataclass(hint):
        return _object(cast(type[Any], hint), data, key, path)
    if origin is list:
        if not isinstance(data, list):
            raise _corrupt(path, key, "not a list")
        return [_value(arguments[0], item, f"{key}[{i}]", path) for i, item in enumerate(data)]
    if origin is dict:
        if not isinstance(data, Mapping):
            raise _corrupt(path, key, "not an object")
        return {str(name): _value(arguments[1], item, f"{key}.{name}", path) for name, item in data.items()}
    return _scalar(hint, data, key, path)


def _scalar(hint: Any, data: object, key: str, path: str) -> object:
    if hint is Any:
        return data
    if get_origin(hint) is Literal:
        if data in get_args(hint):
            return data
        raise _corrupt(path, key, f"not one of {', '.join(map(str, get_args(hint)))}")
    truth = isinstance(data, bool)
    if hint is float and isinstance(data, (int, float)) and not truth and math.isfinite(data):
        return float(data)
    if hint is not float and isinstance(data, hint) and truth == (hint is bool):
        return data
    raise _corrupt(path, key, f"not of type {hint.__name__}")


def _corrupt(path: str, key: str, problem: str) -> CorruptFile:
    return CorruptFile(
        f"{path or 'this report'} is damaged: {key or 'its content'} is {problem}",
        "Make the report again, or fetch an undamaged copy.",
        path=path,
    )
