"""Whether settings can work: what they name is there, can be read, and is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from lookoutcv.errors import LookoutError
from lookoutcv.project.check_value import check_value
from lookoutcv.settings.effective import EffectiveSettings, misspelt_variables
from lookoutcv.settings.schema import dotted
from lookoutcv.settings.settings_file import Problem, SettingValue


def problems_with(found: EffectiveSettings, known: Sequence[Problem] = ()) -> list[Problem]:
    """Everything that is wrong, in the order of the file.

    Args:
        found: The settings; their plugins must be loaded already.
        known: Problems that were found before: of the plugins.
    """
    told = [*known, *found.problems, *misspelt_variables(found.schema)]
    outputs = [one.value for (_, name), one in found.values.items() if name == "output"]
    made = {path for one in outputs for path in (one if isinstance(one, list) else [one])}
    for (section, name), setting in found.values.items():
        if name == "baseline" and setting.value in made and not os.path.exists(setting.value):
            continue  # `lookout baseline` will make it
        key = found.schema.key(section, name)
        told += problems_from(setting, dotted(section, name), partial(check_value, section, key, setting.value))
    told += _models(found)
    told += _predictions(found)
    return sorted(dict.fromkeys(told), key=_line)


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


def _models(found: EffectiveSettings) -> Iterator[Problem]:
    """Each model with the card that it would be asked with; the first verb that asks it tells."""
    from lookoutcv.models import open_model  # noqa: PLC0415
    from lookoutcv.models.cards.card_flags import with_flags  # noqa: PLC0415
    from lookoutcv.models.model_file import file_of  # noqa: PLC0415

    seen = set()
    for verb in found.schema.verbs:
        taken = found.parameters_of(verb)
        if "model" not in taken:
            continue
        model, card, flags = taken["model"], taken.get("card"), taken.get("set_")
        asked = (model.value, card and card.value, tuple(flags.value) if flags else ())
        if asked in seen:
            continue
        seen.add(asked)

        def opened(asked: Any = asked) -> None:
            name, path, given = asked
            open_model(name, with_flags(path, given, file_of(name)) if given else path)

        place = next(p for p in found.schema.verbs[verb]["model"] if found.values.get(p) is model)
        yield from problems_from(model, dotted(*place), opened)


def _predictions(found: EffectiveSettings) -> Iterator[Problem]:
    """Each file of predictions with the annotations that go with it."""
    from lookoutcv.measuring.predictions.imported_predictions import import_predictions  # noqa: PLC0415

    seen = set()
    for verb in found.schema.verbs:
        taken = found.parameters_of(verb)
        if "predictions" not in taken:
            continue
        told, beside = taken["predictions"], taken.get("annotations")
        asked = (told.value, None if beside is None else beside.value)
        if asked not in seen:
            seen.add(asked)
            place = next(p for p in found.schema.verbs[verb]["predictions"] if found.values.get(p) is told)
            yield from problems_from(told, dotted(*place), partial(import_predictions, *asked))
