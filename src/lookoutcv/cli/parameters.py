"""The parameters of a verb, from what the rooms declare: flags, types, defaults and help texts are not said here."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, get_type_hints, is_typeddict

import typer

from lookoutcv.cli.configured import settings_file_in_force
from lookoutcv.configuration.project_settings import combined
from lookoutcv.configuration.verbs import VERBS, Group
from lookoutcv.settings.declaration import JSON_HELP, Setting
from lookoutcv.settings.declared_parameters import Parameter
from lookoutcv.settings.key import Kind

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
            settings: list[tuple[Setting, Kind, Any]] = []
            for name, group in groups.items():
                values = {parameter.name: arguments.pop(parameter.name) for parameter in group.parameters()}
                arguments[name] = _collected(group, values)
                settings += [(one.setting, one.key.kind, values[one.name]) for one in group.parameters()]
            _spare_inputs(settings)
            function(**arguments)

        parameters = [*_expanded(function, groups)]
        parsed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        parsed.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        del parsed.__wrapped__
        return parsed

    return decorate


def _spare_inputs(settings: Sequence[tuple[Setting, Kind, Any]]) -> None:
    """Refuse outputs that are inputs, or inside a folder that is read, before a verb begins.

    Raises:
        OutputUnwritable: One is.
    """
    outputs = [path for setting, _, value in settings if setting.output for path in _listed(value)]
    if not outputs:
        return
    from lookoutcv.files.outputs import refuse_inputs
    from lookoutcv.sources.input_paths import input_paths

    places = [value for setting, _, value in settings if setting.place]
    others = [value for setting, kind, value in settings if kind == "path" and not (setting.place or setting.output)]
    # The reports of an index, templates: what is written may lie beside them.
    files = [path for value in others for path in _listed(value) if os.path.isfile(path)]
    for output in outputs:
        refuse_inputs(output, input_paths(output, places, files, settings_file_in_force()))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


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
