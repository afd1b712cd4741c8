"""The project's settings for programs: what `lookout.yaml` says, as arguments of the functions of the API."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.configuration.project_schema import MODEL_PARAMETERS, project_schema
from lookoutcv.errors import ConfigError
from lookoutcv.settings.effective import EffectiveSettings, effective_settings, is_setting
from lookoutcv.settings.find_file import find_settings_file
from lookoutcv.settings.key import OFF


@only_known_keywords(types=False)
@dataclass(frozen=True)
class ProjectSettings:
    """What a project's `lookout.yaml` and the environment say, verb by verb.

    Each function's arguments are an attribute of its name: `settings.baseline` for `lo.baseline(**settings.baseline)`,
    and so `measure`, `monitor`, `compare`, `predict` and `evaluate`. Paths are as seen from the current folder.

    Args:
        path: The file; None where there is none.
    """

    path: str | None
    _effective: EffectiveSettings

    def __getattr__(self, verb: str) -> dict[str, Any]:
        if verb.startswith("_") or verb not in self._effective.schema.verbs:
            raise AttributeError(f"there are no settings of {verb!r}")
        return _arguments(verb, {name: one.value for name, one in self._effective.parameters_of(verb).items()})

    def value(self, key: str, default: Any = None) -> Any:
        """One setting as it is given, for what is no argument of a function: `settings.value("baseline.output")`.

        Args:
            key: Section and key with a dot between, or a key outside of sections.
            default: What is returned where it is not given.
        """
        section, _, name = key.rpartition(".")
        setting = self._effective.values.get((section, name))
        return default if setting is None else setting.value


@only_known_keywords()
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
    from lookoutcv.plugins import add_files  # noqa: PLC0415

    effective = read_project(path) or EffectiveSettings(project_schema())
    plugins = refuse_problems(effective).values.get(("", "plugins"))
    add_files([] if plugins is None else plugins.value)
    return ProjectSettings(effective.path, effective)


def read_project(path: str | os.PathLike[str] | None = None) -> EffectiveSettings | None:
    """The project's settings, right or wrong.

    Args:
        path: The file; None to look for one.
    Returns:
        None where there is nothing to read: neither a file nor a variable of the environment.
    Raises:
        ConfigError: The file cannot be read.
    """
    file = find_settings_file(path)
    if file is None and not any(map(is_setting, os.environ)):
        return None
    return effective_settings(project_schema(), file)


def refuse_problems(effective: EffectiveSettings) -> EffectiveSettings:
    """The same settings.

    Raises:
        ConfigError: Any of them is wrong. Fields: path, key, nearest, problems.
    """
    if not effective.problems:
        return effective
    first, more = effective.problems[0], len(effective.problems) - 1
    problem, _, remedy = str(first).rstrip(".").partition(". ")
    ending = f"There {'is 1 more problem' if more == 1 else f'are {more} more problems'}: " if more else ""
    ending += f"`lookout config check` lists {'them all' if more else 'what is wrong'}."
    raise ConfigError(
        problem,
        f"{remedy}{'' if remedy[-1:] in '?' else '.'} {ending}".strip(),
        path=effective.path,
        key=first.key,
        nearest=first.nearest,
        problems=effective.problems,
    )


def combined(values: Mapping[str, Any]) -> dict[str, Any]:
    """A verb's settings as a function takes them: those that only change another one are gone into that one.

    Args:
        values: By parameter: `no_cache` turns `cache` off, `no_inference` drops the model, `set_` changes its card,
            `explain_share` becomes a measurer of where it looks.
    Raises:
        ConfigError: `explain_share` without a model.
    Example:
        >>> combined({"workers": 2, "model": "m.onnx", "no_inference": True, "no_cache": True})
        {'workers': 2, 'cache': False}
    """
    arguments = dict(values)
    if arguments.pop("no_cache", False) or str(arguments.get("cache", "")).lower() == OFF:
        arguments["cache"] = False
    passed_over = bool(arguments.pop("no_inference", False))
    if passed_over:
        arguments = {name: value for name, value in arguments.items() if name not in MODEL_PARAMETERS}
    changes = arguments.pop("set_", None)
    if changes and arguments.get("model"):
        from lookoutcv.models.card_files import flagged_card  # noqa: PLC0415

        arguments["card"] = flagged_card(arguments["model"], arguments.get("card"), changes)
    share = arguments.pop("explain_share", None)
    if share is not None and not passed_over:
        arguments["measurers"] = [_attention(arguments, share)]
    return arguments


def _attention(arguments: Mapping[str, Any], share: float) -> Any:
    """The measurer of where the model looks."""
    import lookoutcv as lo  # noqa: PLC0415

    if arguments.get("model") is None:
        raise ConfigError(
            f"{option('explain_share')} is a share of the images of which it is measured where a model looks, and "
            "there is no model",
            f"Give {option('model', 'MODEL')} too.",
            key="explain_share",
        )
    how = {name: arguments[name] for name in ("card", "device", "trust") if arguments.get(name) is not None}
    return lo.attention(arguments["model"], explain_share=share, **how)


def _arguments(verb: str, values: dict[str, Any]) -> dict[str, Any]:
    """What of a verb's parameters its function takes, in the function's form."""
    import lookoutcv as lo  # noqa: PLC0415

    function = getattr(lo, verb, None)
    if function is None:
        return values
    parameters = inspect.signature(function).parameters
    accepted = set(parameters)
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        accepted |= set(lo.Options.__annotations__)
    return {name: value for name, value in combined(values).items() if name in accepted}
