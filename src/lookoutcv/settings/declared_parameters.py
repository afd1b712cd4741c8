"""Declarations of settings resolved: each field as a parameter with its key, its flags, its type and its default."""

from __future__ import annotations

import dataclasses
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from inspect import get_annotations
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from lookoutcv.settings.declaration import Setting
from lookoutcv.settings.key import Key, Kind

_KINDS: dict[Any, Kind] = {bool: "boolean", int: "integer", float: "number", Path: "path"}
_MISSING: Any = dataclasses.MISSING


@dataclass(frozen=True)
class Parameter:
    """A declared setting, resolved.

    Args:
        name: Of the field: what functions call it.
        key: What a settings file may say.
        type: Of one value.
        default: As the class has it; None where nothing holds without it.
        required: It has no default.
        setting: As declared.
        in_file: Whether it is a key of the file, not only a flag.
    """

    name: str
    key: Key
    type: Any
    default: Any
    required: bool
    setting: Setting
    in_file: bool = True

    @property
    def flags(self) -> tuple[str, ...]:
        """Of a command line; empty where it is typed without one."""
        if self.setting.positional:
            return ()
        long = f"--{(self.setting.flag or self.key.name).replace('_', '-')}"
        if self.setting.negatable:
            long = f"{long}/--no-{long[2:]}"
        return (long, self.setting.short) if self.setting.short else (long,)


def declared_parameters(declaration: type) -> tuple[Parameter, ...]:
    """The settings that a class declares, in its order.

    Args:
        declaration: A dataclass or a TypedDict; fields without a `Setting` are none.
    Example:
        >>> from typing import Annotated, TypedDict
        >>> Box = TypedDict("Box", {"size": Annotated[int | None, Setting("Its side.", minimum=1)]})
        >>> [(one.name, one.key.kind, one.flags) for one in declared_parameters(Box)]
        [('size', 'integer', ('--size',))]
    """
    return tuple(_parameters(declaration))


def documentation(declaration: type) -> str:
    """The docstring of a class of options, with an Args section from what its fields say of themselves.

    Example:
        >>> from typing import Annotated, TypedDict
        >>> Box = TypedDict("Box", {"size": Annotated[int | None, Setting("Its side.", details="In pixels.")]})
        >>> Box.__doc__ = "A box."
        >>> print(documentation(Box))
        A box.
        <BLANKLINE>
        Args:
            size: Its side. In pixels.
    """
    lines = [
        textwrap.fill(f"{name}: {text}", 116, initial_indent=" " * 4, subsequent_indent=" " * 8)
        for name, hint in _hints(declaration).items()
        for text in (_text_of(one) for one in get_args(hint)[1:])
        if text
    ]
    return "\n".join([(declaration.__doc__ or "").strip(), "", "Args:", *lines])


def _text_of(note: Any) -> str:
    return f"{note.help} {note.details}".strip() if isinstance(note, Setting) else getattr(note, "help", "")


def _hints(declaration: type) -> dict[str, Any]:
    """Each field's annotation.

    Raises:
        TypeError: They are texts: the module has a `from __future__ import annotations`.
    """
    hints = {name: hint for base in reversed(declaration.__mro__) for name, hint in get_annotations(base).items()}
    if any(isinstance(hint, str) for hint in hints.values()):
        raise TypeError(f"{declaration.__module__} declares settings: it must not postpone its annotations")
    return hints


def _parameters(declaration: type) -> Iterator[Parameter]:
    fields = dataclasses.fields(declaration) if dataclasses.is_dataclass(declaration) else ()
    defaults = {field.name: field.default for field in fields}
    for name, hint in _hints(declaration).items():
        setting = next((one for one in get_args(hint)[1:] if isinstance(one, Setting)), None)
        if setting is None:
            continue
        default = defaults.get(name, setting.default)
        yield (parameter := _resolved(name, get_args(hint)[0], setting, default))
        if setting.off:
            no = Setting(setting.off, name=f"no_{parameter.key.name}")
            yield replace(_resolved(f"no_{name}", bool, no, False), in_file=False)
        if setting.companion is not None:
            beside, annotation, of_companion = setting.companion
            yield _resolved(beside, annotation, of_companion, of_companion.default)


def _resolved(name: str, annotation: Any, setting: Setting, default: Any) -> Parameter:
    type_, many, choices = _type_of(setting.type or annotation)
    required = default is _MISSING
    default = None if required else default
    key = Key(
        setting.name or name.rstrip("_"),
        "string" if choices else _KINDS.get(type_, "string"),
        help=setting.help,
        default=_as_in_file(default),
        place=setting.place,
        place_names=("-", *setting.place_names),
        many=many,
        minimum=setting.minimum,
        choices=choices,
        can_be_off=bool(setting.off),
    )
    return Parameter(name, key, type_, default, required, setting)


def _type_of(hint: Any) -> tuple[Any, bool, tuple[str, ...]]:
    """The type of one value, whether there are many, and the values allowed."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    many = get_origin(hint) is list
    if many:
        hint = get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint, many, tuple(str(member.value) for member in hint)
    return hint, many, ()


def _as_in_file(default: Any) -> Any:
    """A default as a file would say it."""
    if isinstance(default, Enum):
        return default.value
    return str(default) if isinstance(default, Path) else default
