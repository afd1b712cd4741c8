"""Settings files: YAML into frozen, typed settings. A wrong key names its path and the nearest right one."""

from __future__ import annotations

import dataclasses
import difflib
import os
from pathlib import Path
from typing import Any, TypeVar

from lookoutcv.errors import ConfigError

Settings = TypeVar("Settings")

# Settings are written by hand; anything this large is another file.
_MOST_BYTES = 1_000_000


def load_settings(path: str | os.PathLike[str], kind: type[Settings]) -> Settings:
    """Read a settings file.

    Args:
        path: A YAML file that holds a mapping.
        kind: A dataclass whose fields are the keys.
    Raises:
        ConfigError: The file cannot be read, is not YAML, or holds a wrong key or value. Fields: path, key, nearest.
    """
    name = os.fspath(path)
    values = _read(Path(path), name)
    known = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            nearest = difflib.get_close_matches(str(key), known, n=1)
            guess = f"Did you mean {nearest[0]!r}?" if nearest else f"The keys are {', '.join(known)}."
            raise ConfigError(f"{name}: there is no key {str(key)!r}", guess, path=name, key=str(key), nearest=nearest)
    return _typed(values, kind, name)


def _read(path: Path, name: str) -> dict[Any, Any]:
    import yaml  # noqa: PLC0415 - only those who have a settings file pay for it

    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise ConfigError(f"{name} is larger than 1 MB", "Give a settings file.", path=name)
        values = yaml.safe_load(text)
    except OSError as reason:
        raise ConfigError(
            f"{name} cannot be read ({reason.strerror or reason})", "Check the path.", path=name
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as reason:
        where = str(reason).replace("\n", " ")
        raise ConfigError(f"{name} is not YAML ({where})", "Correct it.", path=name) from None
    if not isinstance(values, dict):
        raise ConfigError(f"{name} holds no settings", "Write one `key: value` a line.", path=name)
    return values


def _typed(values: dict[Any, Any], kind: type[Settings], name: str) -> Settings:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as reason:
        first = reason.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{name}: {key} is wrong ({first['msg']})", "Correct it.", path=name, key=key) from None
    except ConfigError as error:
        raise error.about(name) from None
