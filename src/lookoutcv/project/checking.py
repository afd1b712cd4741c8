"""Whether settings can work: what they name is there, can be read, and is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from lookoutcv.errors import LookoutError
from lookoutcv.files.atomic import check_writable
from lookoutcv.files.remote import is_url
from lookoutcv.project.reading import Problem, Setting
from lookoutcv.project.schema import Key, dotted
from lookoutcv.project.settings import Settings, misspelt


def problems_of(found: Settings, known: Sequence[Problem] = ()) -> list[Problem]:
    """Everything that is wrong, in the order of the file.

    Args:
        found: The settings; their plugins must be loaded already.
        known: Problems that were found before: of the plugins.
    """
    told = [*known, *found.problems, *misspelt(found.schema)]
    outputs = [one.value for (_, name), one in found.given.items() if name == "output"]
    made = {path for one in outputs for path in (one if isinstance(one, list) else [one])}
    for (section, name), setting in found.given.items():
        if name == "baseline" and setting.value in made and not os.path.exists(setting.value):
            continue  # `lookout baseline` will make it
        key = found.schema.key(section, name)
        told += told_by(setting, dotted(section, name), partial(_check, key, setting.value))
    told += _models(found)
    return sorted(dict.fromkeys(told), key=_line)


def _line(problem: Problem) -> tuple[str, int]:
    place, _, line = problem.place.rpartition(":")
    return (place, int(line)) if line.isdigit() else (problem.place, 0)


def told_by(setting: Setting, path: str, check: Callable[[], object]) -> list[Problem]:
    """What a check of a setting says: nothing, or one problem at the setting's place.

    Args:
        setting: What is checked.
        path: Its key: "monitor.policy".
        check: Raises what is wrong.
    """
    try:
        check()
    except LookoutError as error:
        # The setting is told by its place; a text that is not shown must not be told by an error either.
        said = f"{path}: what it holds cannot be used." if setting.secret else f"{path}: {error}"
        return [Problem(setting.origin, path, said, tuple(getattr(error, "nearest", ()) or ()))]
    return []


def _check(key: Key, value: Any) -> None:
    for one in value if isinstance(value, list) else [value]:
        if key.name in _WORDS:
            _WORDS[key.name](one)
        elif key.place and key.name not in (*_OF_A_MODEL, *_NOT_THERE_YET):
            _source(one)
        elif key.kind == "path" and not key.place and isinstance(one, str) and not key.can_be_off:
            check_writable(one)


def _metrics(value: str) -> None:
    from lookoutcv.metrics import selected  # noqa: PLC0415

    selected(value)


def _policy(value: str) -> None:
    from lookoutcv.monitoring.policies import policy_of  # noqa: PLC0415

    policy_of(value)


def _baseline(value: str) -> None:
    from lookoutcv.measuring.baseline import Baseline  # noqa: PLC0415

    Baseline.load(value)


def _batch_by(value: str) -> None:
    from lookoutcv.records.keys import division  # noqa: PLC0415

    division(value)


def _group_by(value: str) -> None:
    from lookoutcv.records.keys import division  # noqa: PLC0415

    division(value, "group_by")


def _source(value: str) -> None:
    from lookoutcv.files.parquet import is_parquet  # noqa: PLC0415
    from lookoutcv.sources import RecordSource, open_source  # noqa: PLC0415

    if not is_url(value) and not is_parquet(value):
        source = open_source(value)
        if not isinstance(source, RecordSource):
            next(iter(source), None)


_WORDS: dict[str, Callable[[str], None]] = {
    "metrics": _metrics,
    "policy": _policy,
    "baseline": _baseline,
    "batch_by": _batch_by,
    "group_by": _group_by,
}
# A log begins with its first prediction.
_NOT_THERE_YET = ("directory",)
_OF_A_MODEL = ("model", "file", "card", "set", "plugins")


def _models(found: Settings) -> Iterator[Problem]:
    """Each model with the card that it would be asked with; the first verb that asks it tells."""
    from lookoutcv.models import open_model  # noqa: PLC0415
    from lookoutcv.models.card_flags import with_flags  # noqa: PLC0415
    from lookoutcv.models.model_file import file_of  # noqa: PLC0415

    seen = set()
    for verb in found.schema.verbs:
        taken = found.of(verb)
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

        place = next(p for p in found.schema.verbs[verb]["model"] if found.given.get(p) is model)
        yield from told_by(model, dotted(*place), opened)
