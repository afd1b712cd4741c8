"""What a verb reads, by its declared settings, is spared by what it writes: asked as it begins, and of a project."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from lookoutcv.settings.declared_parameters import Parameter


def spare_inputs(values: Iterable[tuple[Parameter, Any]], *read_too: str | None) -> None:
    """Refuse outputs that are inputs, inside a folder that is read, or the same file twice.

    Args:
        values: The settings of one verb, with what holds for each.
        read_too: Further files that are read: the settings file.
    Raises:
        OutputUnwritable: One is.
    """
    values = list(values)
    pairs = [(parameter, one) for parameter, value in values for one in _listed(value)]
    outputs = [value for parameter, value in pairs if parameter.setting.output]
    if not outputs:
        return
    from lookoutcv.files.outputs import refuse_doubled, refuse_inputs  # noqa: PLC0415 - only verbs that write pay for it
    from lookoutcv.sources.input_paths import input_paths  # noqa: PLC0415 - as above

    refuse_doubled(outputs)
    places = [value for parameter, value in pairs if parameter.setting.place]
    # The reports of an index, templates: what is written may lie beside them.
    files = [value for parameter, value in pairs if _names_a_file(parameter) and os.path.isfile(value)]
    named = {parameter.name: value for parameter, value in values}
    if named.get("model"):
        from lookoutcv.models.card_files import label_files  # noqa: PLC0415 - as above

        files += label_files(named["model"], named.get("card"), named.get("set_") or ())
    for output in outputs:
        refuse_inputs(output, input_paths(output, places, files, *read_too))


def _names_a_file(parameter: Parameter) -> bool:
    return parameter.key.kind == "path" and not (parameter.setting.output or parameter.setting.place)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
