"""The project's settings for programs: what `lookout.yaml` says, as arguments of the functions of the API."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from lookoutcv.cli.configured import Chosen, checked, settings_for
from lookoutcv.cli.parameters import INFERENCE, settled_card
from lookoutcv.cli.schema import schema_of
from lookoutcv.settings.effective import EffectiveSettings


@dataclass(frozen=True)
class ProjectSettings:
    """What a project's `lookout.yaml` and the environment say, verb by verb.

    Each function's arguments are an attribute of its name: `settings.baseline` for `lo.baseline(**settings.baseline)`,
    and so `measure`, `monitor`, `compare`, `predict` and `evaluate`. Paths are as seen from the current folder.

    Args:
        path: The file; None where there is none.
    """

    path: str | None
    _found: EffectiveSettings

    def __getattr__(self, verb: str) -> dict[str, Any]:
        if verb.startswith("_") or verb not in self._found.schema.verbs:
            raise AttributeError(f"there are no settings of {verb!r}")
        return _arguments(verb, {name: one.value for name, one in self._found.parameters_of(verb).items()})

    def value(self, key: str, default: Any = None) -> Any:
        """One setting as it is given, for what is no argument of a function: `settings.value("baseline.output")`.

        Args:
            key: Section and key with a dot between, or a key outside of sections.
            default: What is returned where it is not given.
        """
        section, _, name = key.rpartition(".")
        setting = self._found.values.get((section, name))
        return default if setting is None else setting.value


def load_config(path: str | os.PathLike[str] | None = None) -> ProjectSettings:
    """Read a project's settings, as the command line does. Plugins that they name are known from then on.

    Args:
        path: The file; unless given, the one in LOOKOUTCV_CONFIG, else `lookout.yaml` here or in the nearest folder
            above. Without any, only environment variables speak.
    Raises:
        ConfigError: The file cannot be read, or a key or value is wrong. Fields: path, key, nearest, problems.
    Example:
        >>> import lookoutcv as lo
        >>> settings = lo.load_config("lookout.yaml")  # doctest: +SKIP
        >>> base = lo.baseline(**settings.baseline)  # doctest: +SKIP
    """
    from lookoutcv.cli.main import app
    from lookoutcv.plugins import add_files

    found = settings_for(app, Chosen(None if path is None else Path(path))) or EffectiveSettings(schema_of(app))
    plugins = checked(found).values.get(("", "plugins"))
    add_files([] if plugins is None else plugins.value)
    return ProjectSettings(found.path, found)


def _arguments(verb: str, given: dict[str, Any]) -> dict[str, Any]:
    """What of a verb's parameters its function takes, in the function's form."""
    import lookoutcv as lo
    from lookoutcv.measuring.options import Options

    function = getattr(lo, verb, None)
    if function is None:
        return given
    if given.pop("no_inference", False):
        given = {name: value for name, value in given.items() if name not in INFERENCE}
    flags = given.pop("set_", None)
    if flags and "model" in given:
        given["card"] = settled_card(given["model"], given.get("card"), flags)
    parameters = inspect.signature(function).parameters
    takes = set(parameters)
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        takes |= set(get_type_hints(Options))
    return {name: value for name, value in given.items() if name in takes}
