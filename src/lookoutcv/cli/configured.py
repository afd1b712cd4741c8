"""Verbs whose parameters come from the project's settings where the command line does not give them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from lookoutcv.errors import ConfigError
from lookoutcv.log.location import settle
from lookoutcv.settings.declaration import OFF
from lookoutcv.settings.effective import KNOWN_BEFORE, PREFIX, EffectiveSettings, effective_settings, misspelt_variables
from lookoutcv.settings.find_file import find_settings_file

_KEY = "lookoutcv.settings"
# Every verb that takes a source may be given `log:NAME`.
_LOG = ("log", "directory")
_in_force: ContextVar[EffectiveSettings | None] = ContextVar("lookoutcv.settings", default=None)


# These make or explain settings, or need none: for them no file is read.
_UNTOUCHED = frozenset({"init", "config", "demo", "doctor", "show"})


@dataclass(frozen=True)
class Chosen:
    """What the command line says of settings: a file, or none at all."""

    config: Path | None = None
    no_config: bool = False


def settings_for(app: typer.Typer, chosen: Chosen) -> EffectiveSettings | None:
    """The project's settings, right or wrong.

    Args:
        app: Whose verbs they are for.
        chosen: Which file.
    Returns:
        None where there is nothing to read; then nothing is loaded either.
    Raises:
        ConfigError: The file cannot be read.
    """
    path = None if chosen.no_config else find_settings_file(chosen.config)
    if chosen.no_config or (path is None and not _speaks(os.environ)):
        return None
    from lookoutcv.cli.schema import schema_of

    return effective_settings(schema_of(app), path)


def is_given(verb: str, *parameters: str) -> bool:
    """Whether the settings give all of these parameters of a verb, so that it can be typed without them."""
    found = _in_force.get()
    return found is not None and set(parameters) <= set(found.parameters_of(verb))


def file_in_force() -> str | None:
    """The settings file that the verb at work takes its parameters from."""
    found = _in_force.get()
    return None if found is None else found.path


def _speaks(environment: Mapping[str, str]) -> bool:
    return any(name.startswith(PREFIX) and name not in KNOWN_BEFORE for name in environment)


def take_over(context: typer.Context, app: typer.Typer) -> dict[str, Any]:
    """Let the verb that is about to be parsed take its parameters from the settings.

    Args:
        context: Of the whole command line; its `obj` is a `Chosen`.
        app: The application.
    Returns:
        Those settings that hold for every verb and were not typed.
    Raises:
        ConfigError: A setting is wrong.
    """
    _in_force.set(None)
    settle(None)
    invoked = context.invoked_subcommand
    found = None if invoked is None or invoked in _UNTOUCHED else settings_for(app, context.obj)
    if found is None or invoked is None:
        return {}
    for problem in misspelt_variables(found.schema):
        typer.echo(f"lookout: {problem}", err=True)
    _hand_over(context, checked(found), invoked)
    place = found.values.get(_LOG)
    settle(None if place is None else str(place.value))
    everywhere = {key: one.value for (section, key), one in found.values.items() if not section}
    return {name: value for name, value in everywhere.items() if not _typed(context, name)}


def _typed(context: Any, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def checked(found: EffectiveSettings) -> EffectiveSettings:
    """The same settings.

    Raises:
        ConfigError: Any of them is wrong. Fields: path, key, nearest, problems.
    """
    if not found.problems:
        return found
    first, more = found.problems[0], len(found.problems) - 1
    problem, _, remedy = str(first).rstrip(".").partition(". ")
    ending = f"There {'is 1 more problem' if more == 1 else f'are {more} more problems'}: " if more else ""
    ending += f"`lookout config check` lists {'them all' if more else 'what is wrong'}."
    raise ConfigError(
        problem,
        f"{remedy}{'' if remedy[-1:] in '?' else '.'} {ending}".strip(),
        path=found.path,
        key=first.key,
        nearest=first.nearest,
        problems=found.problems,
    )


def _hand_over(context: typer.Context, found: EffectiveSettings, invoked: str) -> None:
    defaults: dict[str, Any] = {}
    for verb in found.schema.verbs:
        group, _, member = verb.partition(" ")
        if group == invoked:
            given = {
                name: OFF if one.value is False and name == "cache" else one.value
                for name, one in found.parameters_of(verb).items()
            }
            defaults |= {member: given} if member else given
    context.default_map = {invoked: defaults}
    context.meta[_KEY] = found
    _in_force.set(found)


class ConfiguredCommand(TyperCommand):
    """A verb that says which of its parameters came from the settings."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As every command parses; what the settings gave is told on standard error."""
        found: EffectiveSettings | None = ctx.meta.get(_KEY)
        if found is None:
            return super().parse_args(ctx, args)
        given = found.parameters_of(" ".join(ctx.command_path.split()[1:]))
        left_out = "model" in given and self._takes_more_than_a_model() and not any(map(_is_model, args))
        rest = super().parse_args(ctx, [given["model"].value, *args] if left_out and args else args)
        if left_out:
            ctx.set_parameter_source("model", ctx.get_parameter_source("model").DEFAULT_MAP)
        _leave_another_models_card(ctx)
        taken = {name: given[name] for name in given if _from_settings(ctx, name)}
        if _LOG in found.values and any(map(_needs_place, ctx.params.values())):
            taken["log.directory"] = found.values[_LOG]
        told = _told(taken, found)
        if told:
            typer.echo(f"lookout: {told}", err=True)
        return rest

    def _takes_more_than_a_model(self) -> bool:
        """Whether `lookout predict IMAGES` could be meant: the model is the first argument of several."""
        arguments = [one.name for one in self.params if one.param_type_name == "argument"]
        return len(arguments) > 1 and arguments[0] == "model"


def _needs_place(value: Any) -> bool:
    """Whether a parameter names a log, and not where it is."""
    return isinstance(value, str) and value.startswith("log:") and "directory=" not in value


def _is_model(word: str) -> bool:
    from lookoutcv.models.formats.base import registry

    suffixes = tuple(suffix for one in registry for suffix in one.suffixes)
    return word.lower().endswith(suffixes) or ".py:" in word


def _from_settings(ctx: Any, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "DEFAULT_MAP"


def _leave_another_models_card(ctx: Any) -> None:
    """A model that was typed does not get the card of the one in the settings."""
    if "model" in ctx.params and not _from_settings(ctx, "model") and ctx.params["model"] is not None:
        for name in ("card", "set_"):
            if name in ctx.params and _from_settings(ctx, name):
                ctx.params[name] = None
                ctx.set_parameter_source(name, ctx.get_parameter_source("model"))


def _told(taken: dict[str, Any], found: EffectiveSettings) -> str:
    """One line: what came from where."""
    parts = []
    for from_file, place in ((True, found.path), (False, "the environment")):
        words = [
            f"{name.rstrip('_')} {one.shown}"
            for name, one in taken.items()
            if one.from_file is from_file and one.origin not in KNOWN_BEFORE
        ]
        if words:
            parts.append(f"from {place}: {', '.join(words)}")
    return "; ".join(parts)
