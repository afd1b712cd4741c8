"""The parameters of a verb, from what the rooms declare: flags, types, defaults and help texts are not said here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, get_type_hints, is_typeddict

import typer

from lookoutcv.cli.configured import settings_file_in_force
from lookoutcv.configuration.project_settings import combined
from lookoutcv.configuration.spared_inputs import spare_inputs
from lookoutcv.configuration.verbs import VERBS, Group
from lookoutcv.settings.declaration import JSON_HELP
from lookoutcv.settings.declared_parameters import Parameter

JsonOption = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Function = Callable[..., None]


def verb(name: str) -> Callable[[Function], Function]:
    """Make a function the verb of a name: each of its parameters receives one group of settings, as it was declared.

    Args:
        name: As in `configuration.verbs`, which says what the groups are; so it does what the help says.
    """
    declared = VERBS[name]

    def decorate(function: Function) -> Function:
        groups = dict(zip(inspect.signature(function).parameters, declared.groups, strict=True))
        parsed = takes(**groups)(function)
        parsed.__doc__ = declared.summary
        parsed.handler = function  # type: ignore[attr-defined]
        return parsed

    return decorate


def takes(**groups: Group) -> Callable[[Function], Function]:
    """Give a function declared parameters in place of some of its own.

    Args:
        groups: By the function's own parameter: it receives an object of the first class that the group declares, or
            for a `TypedDict` those options that have a value.
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def parsed(**arguments: Any) -> None:
            settings: list[tuple[Parameter, Any]] = []
            for name, group in groups.items():
                values = {parameter.name: arguments.pop(parameter.name) for parameter in group.parameters()}
                arguments[name] = _collected(group, values)
                settings += [(one, values[one.name]) for one in group.parameters()]
            spare_inputs(settings, settings_file_in_force())
            function(**arguments)

        parameters = [*_expanded(function, groups)]
        parsed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        parsed.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        del parsed.__wrapped__
        return parsed

    return decorate


def _expanded(function: Function, groups: Mapping[str, Group]) -> Iterator[inspect.Parameter]:
    own = inspect.signature(function).parameters
    hints = {} if groups.keys() >= own.keys() else get_type_hints(function, include_extras=True)
    for name, parameter in own.items():
        if name in groups:
            yield from map(_typer_parameter, groups[name].parameters())
        else:
            yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])


def _typer_parameter(parameter: Parameter) -> inspect.Parameter:
    value: Any = list[parameter.type] if parameter.key.many else parameter.type  # type: ignore[name-defined]
    annotation = value if parameter.required or parameter.default is not None else value | None
    setting = parameter.setting
    if setting.positional:
        shown = typer.Argument(metavar=setting.metavar, help=setting.help)
    else:
        shown = typer.Option(*parameter.flags, metavar=setting.metavar, help=setting.help, min=setting.minimum)
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if parameter.required else parameter.default,
        annotation=Annotated[annotation, shown],
    )


def _collected(group: Group, values: Mapping[str, Any]) -> Any:
    declaration = group.declarations[0]
    arguments = combined(values)
    if is_typeddict(declaration):
        return {name: value for name, value in arguments.items() if value is not None}
    return declaration(**arguments)
