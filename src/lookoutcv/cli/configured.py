"""Verbs whose parameters come from the project's settings where the command line does not give them."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from lookoutcv.configuration.project_settings import read_project, refuse_problems
from lookoutcv.log.location import set_default_directory
from lookoutcv.settings.effective import WITHOUT_A_FILE, EffectiveSettings, misspelt_variables
from lookoutcv.settings.key import OFF

_KEY = "lookoutcv.settings"
# Every verb that takes a source may be given `log:NAME`.
_LOG = ("log", "directory")
_in_force: ContextVar[EffectiveSettings | None] = ContextVar("lookoutcv.settings", default=None)


# These make or explain settings, or need none: for them no file is read.
_WITHOUT_SETTINGS = frozenset({"init", "config", "demo", "doctor", "show"})


@dataclass(frozen=True)
class SettingsChoice:
    """What the command line says of settings: a file, or none at all.

    Args:
        file: That of `--config`; None to look for one.
        no_config: Take none.
    """

    file: Path | None = None
    no_config: bool = False

    def read(self) -> EffectiveSettings | None:
        """The project's settings, right or wrong; None where there are none to read."""
        return None if self.no_config else read_project(self.file)


def settings_provide(verb: str, *parameters: str) -> bool:
    """Whether the settings give all of these parameters of a verb, so that it can be typed without them."""
    effective = _in_force.get()
    return effective is not None and set(parameters) <= set(effective.parameters_of(verb))


def settings_file_in_force() -> str | None:
    """The settings file that the verb at work takes its parameters from."""
    effective = _in_force.get()
    return None if effective is None else effective.path


def apply_settings(context: typer.Context) -> dict[str, Any]:
    """Let the verb that is about to be parsed take its parameters from the settings.

    Args:
        context: Of the whole command line; its `obj` is a `SettingsChoice`.
    Returns:
        Those settings that hold for every verb and were not typed.
    Raises:
        ConfigError: A setting is wrong.
    """
    _in_force.set(None)
    set_default_directory(None)
    invoked = context.invoked_subcommand
    choice: SettingsChoice = context.obj
    effective = None if invoked is None or invoked in _WITHOUT_SETTINGS else choice.read()
    if effective is None or invoked is None:
        return {}
    for problem in misspelt_variables(effective.schema):
        typer.echo(f"lookout: {problem}", err=True)
    _set_defaults(context, refuse_problems(effective), invoked)
    directory = effective.values.get(_LOG)
    set_default_directory(None if directory is None else str(directory.value))
    general = {key: one.value for (section, key), one in effective.values.items() if not section}
    return {name: value for name, value in general.items() if _source_of(context, name) != "COMMANDLINE"}


def _source_of(context: Any, name: str) -> str:
    source = context.get_parameter_source(name)
    return "" if source is None else str(source.name)


def _set_defaults(context: typer.Context, effective: EffectiveSettings, invoked: str) -> None:
    defaults: dict[str, Any] = {}
    for verb in effective.schema.verbs:
        group, _, member = verb.partition(" ")
        if group == invoked:
            values = {
                name: OFF if setting.value is False and _can_be_off(effective, verb, name) else setting.value
                for name, setting in effective.parameters_of(verb).items()
            }
            defaults |= {member: values} if member else values
    context.default_map = {invoked: defaults}
    context.meta[_KEY] = effective
    _in_force.set(effective)


def _can_be_off(effective: EffectiveSettings, verb: str, parameter: str) -> bool:
    return effective.schema.key(*effective.schema.verbs[verb][parameter][0]).can_be_off


class ConfiguredCommand(TyperCommand):
    """A verb that says which of its parameters came from the settings."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As every command parses; what the settings gave is told on standard error."""
        effective: EffectiveSettings | None = ctx.meta.get(_KEY)
        if effective is None:
            return super().parse_args(ctx, args)
        values = effective.parameters_of(" ".join(ctx.command_path.split()[1:]))
        model_left_out = "model" in values and self._takes_more_than_a_model() and not any(map(_is_model, args))
        rest = super().parse_args(ctx, [values["model"].value, *args] if model_left_out and args else args)
        if model_left_out:
            ctx.set_parameter_source("model", ctx.get_parameter_source("model").DEFAULT_MAP)
        _drop_another_models_card(ctx)
        from_settings = {name: values[name] for name in values if _from_settings(ctx, name)}
        if _LOG in effective.values and any(map(_needs_directory, ctx.params.values())):
            from_settings["log.directory"] = effective.values[_LOG]
        sentence = _origins_in_words(from_settings, effective)
        if sentence:
            typer.echo(f"lookout: {sentence}", err=True)
        return rest

    def _takes_more_than_a_model(self) -> bool:
        """Whether `lookout predict IMAGES` could be meant: the model is the first argument of several."""
        arguments = [one.name for one in self.params if one.param_type_name == "argument"]
        return len(arguments) > 1 and arguments[0] == "model"


def _needs_directory(value: Any) -> bool:
    """Whether a parameter names a log, and not where it is."""
    return isinstance(value, str) and value.startswith("log:") and "directory=" not in value


def _is_model(word: str) -> bool:
    from lookoutcv.errors import LookoutError
    from lookoutcv.models.formats.base import registry
    from lookoutcv.models.packages.package import package_at

    suffixes = tuple(suffix for one in registry for suffix in one.suffixes)
    try:
        return word.lower().endswith(suffixes) or ".py:" in word or package_at(word) is not None
    except LookoutError:
        return True  # a package, and why it cannot be opened is said where it is


def _from_settings(ctx: Any, name: str) -> bool:
    return _source_of(ctx, name) == "DEFAULT_MAP"


def _drop_another_models_card(ctx: Any) -> None:
    """A model that was typed gets neither the card of the one in the settings nor the trust that is put in it."""
    if "model" in ctx.params and not _from_settings(ctx, "model") and ctx.params["model"] is not None:
        for name, unsaid in (("card", None), ("set_", None), ("trust", False)):
            if name in ctx.params and _from_settings(ctx, name):
                ctx.params[name] = unsaid
                ctx.set_parameter_source(name, ctx.get_parameter_source("model"))


def _origins_in_words(from_settings: dict[str, Any], effective: EffectiveSettings) -> str:
    """One line: what came from where."""
    parts = []
    for from_file, place in ((True, effective.path), (False, "the environment")):
        words = [
            f"{name.rstrip('_')} {one.shown}"
            for name, one in from_settings.items()
            if one.from_file is from_file and one.origin not in WITHOUT_A_FILE
        ]
        if words:
            parts.append(f"from {place}: {', '.join(words)}")
    return "; ".join(parts)
