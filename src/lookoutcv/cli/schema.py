"""The settings that a project's file may hold, read off the verbs: each parameter is a key, with no list to keep.

A verb has a section of its own name. What verbs share (the groups of `parameters.py`) can be said once for all of them,
in the sections `measure`, `model` and `report`; a verb's own section goes before those.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo, ParameterInfo

from lookoutcv.cli.parameters import INFERENCE, MEASURING, PICTURING, REPORTING, Place
from lookoutcv.settings.declaration import Key, Kind, Schema, Section

# These make or explain settings, or need none.
UNCONFIGURED = frozenset({"init", "config", "demo", "doctor", "plugins", "show"})
# Of what every verb takes: what chooses or explains the settings cannot be one.
_NO_SETTINGS = frozenset({"ctx", "version", "debug", "config_", "no_config"})
_TOP_NAMES = {"plugin": "plugins"}
_HELP = {
    "measure": "How images are measured, by every verb that measures; and for `lookout measure` what.",
    "model": "The model that is asked about every image.",
    "report": "What reports look like and where they go.",
}
_KINDS: dict[Any, Kind] = {bool: "boolean", int: "integer", float: "number", Path: "path"}


def schema_of(app: typer.Typer) -> Schema:
    """Every setting of an application.

    Args:
        app: With its verbs.
    """
    top: dict[str, Key] = {}
    if app.registered_callback is not None and app.registered_callback.callback is not None:
        for name, annotation, default in _parameters(app.registered_callback.callback):
            if name not in _NO_SETTINGS:
                key = _key(_TOP_NAMES.get(name, name), annotation, default)
                top[key.name] = key
    made = _Sections()
    for verb, function in _verbs(app):
        made.add(verb, function)
    return Schema(top, made.sections(), made.verbs)


def _verbs(app: typer.Typer, *, within: bool = False) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each verb with its function; "log add" for a verb of a group."""
    for command in app.registered_commands:
        if command.callback is not None:
            name = command.name or command.callback.__name__.replace("_", "-")
            if within or name not in UNCONFIGURED:
                yield name, command.callback
    for group in app.registered_groups:
        inner = group.typer_instance
        if inner is None:
            continue
        name = str(group.name or inner.info.name)
        if name not in UNCONFIGURED:
            yield from ((f"{name} {verb}", function) for verb, function in _verbs(inner, within=True))


class _Sections:
    """Keys and where each verb looks for its parameters, verb by verb."""

    def __init__(self) -> None:
        self.verbs: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
        self._keys: dict[str, dict[str, Key]] = {"measure": {}, "model": {}, "report": {}}
        self._help = dict(_HELP)

    def add(self, verb: str, function: Callable[..., Any]) -> None:
        own = verb.partition(" ")[0]
        shared: frozenset[str] = getattr(inspect.unwrap(function), "shared", frozenset())
        summary = (inspect.getdoc(function) or "").partition("\n")[0]
        self._help.setdefault(own, f"`lookout {own}`" if " " in verb else f"`lookout {verb}`: {summary}")
        looked_up = self.verbs.setdefault(verb, {})
        for name, annotation, default in _parameters(function):
            key = _key(_flag(name, annotation), annotation, default)
            if key.name.startswith("no_") and key.name[3:] in self._keys.get(own, {}):
                continue  # `cache: false` says it
            self._keys.setdefault(own, {}).setdefault(key.name, key)
            places = [(own, key.name)]
            section = _shared_section(name, shared)
            if section is not None and section != own:
                common = "file" if (section, name) == ("model", "model") else key.name
                self._keys[section].setdefault(common, _renamed(key, common))
                places.append((section, common))
            looked_up[name] = tuple(places)

    def sections(self) -> dict[str, Section]:
        return {name: Section(self._help[name], keys) for name, keys in self._keys.items()}


def _shared_section(name: str, shared: frozenset[str]) -> str | None:
    if name in INFERENCE:
        return "model"
    if name in shared and name in MEASURING:
        return "measure"
    return "report" if name in shared and (name in REPORTING or name in PICTURING) else None


def _parameters(function: Callable[..., Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each parameter that typer shows: name, annotation, default."""
    inner = inspect.unwrap(function)
    hints = get_type_hints(inner, include_extras=True)
    for name, parameter in inspect.signature(inner).parameters.items():
        told = [part for part in get_args(hints[name])[1:] if isinstance(part, ParameterInfo)]
        if told and not getattr(told[0], "hidden", False):
            yield name, hints[name], None if parameter.default is parameter.empty else parameter.default


def _flag(name: str, annotation: Any) -> str:
    """The name of a parameter's flag: that is what its key is called."""
    info = _info(annotation)
    # Typer takes the first flag of an annotation for a default, and sorts that out later.
    flags = [str(flag) for flag in (info.default, *(info.param_decls or ())) if str(flag).startswith("--")]
    named = flags[0].partition("/")[0] if flags and isinstance(info, OptionInfo) else name
    return named.lstrip("-").replace("-", "_").rstrip("_")


def _info(annotation: Any) -> ParameterInfo:
    return next(part for part in get_args(annotation)[1:] if isinstance(part, ParameterInfo))


def _key(name: str, annotation: Any, default: Any) -> Key:
    kind, many, choices = _type_of(get_args(annotation)[0])
    info = _info(annotation)
    place = next((part for part in get_args(annotation)[1:] if isinstance(part, Place)), None)
    return Key(
        name,
        kind,
        help=info.help or "",
        default=_plain(default),
        place=place is not None,
        place_names=("-", *place.words) if place is not None else ("-",),
        many=many,
        minimum=getattr(info, "min", None),
        choices=choices,
        can_be_off=name == "cache",
    )


def _renamed(key: Key, name: str) -> Key:
    return key if name == key.name else Key(**{**vars(key), "name": name})


def _type_of(hint: Any) -> tuple[Kind, bool, tuple[str, ...]]:
    """The kind of one value, whether there are many, and the values allowed."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    many = get_origin(hint) is list
    if many:
        hint = get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "string", many, tuple(str(member.value) for member in hint)
    return _KINDS.get(hint, "string"), many, ()


def _plain(default: Any) -> Any:
    """A default as a file would say it."""
    if isinstance(default, Enum):
        return default.value
    return str(default) if isinstance(default, Path) else default
