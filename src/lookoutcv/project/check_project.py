"""Whether settings can work: what they name is there, can be read, and is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from lookoutcv.configuration.spared_inputs import spare_inputs
from lookoutcv.configuration.verbs import VERBS
from lookoutcv.errors import LookoutError
from lookoutcv.project.check_value import check_value
from lookoutcv.settings.effective import EffectiveSettings, misspelt_variables
from lookoutcv.settings.schema import dotted
from lookoutcv.settings.setting_value import Problem, SettingValue


def check_project(effective: EffectiveSettings, plugin_problems: Sequence[Problem] = ()) -> list[Problem]:
    """Everything that is wrong, in the order of the file.

    Args:
        effective: The settings; their plugins must be loaded already.
        plugin_problems: What went wrong with those.
    """
    problems = [*plugin_problems, *effective.problems, *misspelt_variables(effective.schema)]
    outputs = [setting.value for (_, name), setting in effective.values.items() if name == "output"]
    written = {path for output in outputs for path in (output if isinstance(output, list) else [output])}
    for (section, name), setting in effective.values.items():
        if name == "baseline" and setting.value in written and not os.path.exists(setting.value):
            continue  # `lookout baseline` will make it
        key = effective.schema.key(section, name)
        problems += problems_from(setting, dotted(section, name), partial(check_value, section, key, setting.value))
    problems += _model_problems(effective)
    problems += _prediction_problems(effective)
    problems += _output_problems(effective)
    return sorted(dict.fromkeys(problems), key=_line)


def _line(problem: Problem) -> tuple[str, int]:
    place, _, line = problem.place.rpartition(":")
    return (place, int(line)) if line.isdigit() else (problem.place, 0)


def problems_from(setting: SettingValue, path: str, check: Callable[[], object]) -> list[Problem]:
    """What a check of a setting says: nothing, or one problem at the setting's place.

    Args:
        setting: What is checked.
        path: Its key: "monitor.policy".
        check: Raises what is wrong.
    """
    try:
        check()
    except LookoutError as error:
        return [Problem(setting.origin, path, f"{path}: {error}", tuple(getattr(error, "nearest", ()) or ()))]
    return []


def _model_problems(effective: EffectiveSettings) -> Iterator[Problem]:
    """Each model with the card that goes with it; only the first verb that takes both tells."""
    from lookoutcv.models import open_model  # noqa: PLC0415
    from lookoutcv.models.card_files import flagged_card  # noqa: PLC0415
    from lookoutcv.training.packing.timm_network import PREFIX  # noqa: PLC0415

    checked = set()
    for verb in effective.schema.verbs:
        parameters = effective.parameters_of(verb)
        if "model" not in parameters:
            continue
        model, card, flags = parameters["model"], parameters.get("card"), parameters.get("set_")
        if str(model.value).startswith(PREFIX):
            continue  # a network of timm is no file
        trust = parameters.get("trust")
        trusted = bool(trust and trust.value)
        combination = (model.value, card and card.value, tuple(flags.value) if flags else (), trusted)
        if combination in checked:
            continue
        checked.add(combination)

        def open_it(combination: Any = combination) -> None:
            name, card_file, changes, trust = combination
            open_model(name, flagged_card(name, card_file, changes) if changes else card_file, trust=trust)

        yield from problems_from(model, _key_of(effective, verb, "model"), open_it)


def _prediction_problems(effective: EffectiveSettings) -> Iterator[Problem]:
    """Each file of predictions with the annotations that go with it."""
    from lookoutcv.measuring.predictions.imported_predictions import import_predictions  # noqa: PLC0415

    checked = set()
    for verb in effective.schema.verbs:
        parameters = effective.parameters_of(verb)
        if "predictions" not in parameters:
            continue
        predictions, annotations = parameters["predictions"], parameters.get("annotations")
        combination = (predictions.value, None if annotations is None else annotations.value)
        if combination not in checked:
            checked.add(combination)
            read = partial(import_predictions, *combination)
            yield from problems_from(predictions, _key_of(effective, verb, "predictions"), read)


def _output_problems(effective: EffectiveSettings) -> Iterator[Problem]:
    """Each output that is something the same verb reads."""
    for verb in effective.schema.verbs:
        held = effective.parameters_of(verb)
        settings = [(one, held[one.name].value) for one in VERBS[verb].parameters if one.name in held]
        for written, value in settings:
            if written.setting.output:
                read = [(one, other) for one, other in settings if not one.setting.output]
                check = partial(spare_inputs, [*read, (written, value)], effective.path)
                yield from problems_from(held[written.name], _key_of(effective, verb, written.name), check)


def _key_of(effective: EffectiveSettings, verb: str, parameter: str) -> str:
    """The key from which a verb's parameter has its value."""
    value = effective.parameters_of(verb)[parameter]
    places = effective.schema.verbs[verb][parameter]
    return dotted(*next(place for place in places if effective.values.get(place) is value))
