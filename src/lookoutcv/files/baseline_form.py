"""In which form a baseline is written, by the ending of its name: Parquet or JSON. Both read back as the same."""

from __future__ import annotations

import os
from typing import Any, Literal

from lookoutcv.files.atomic import check_writable
from lookoutcv.files.endings import check_ending
from lookoutcv.records.stamp import json_kind

Form = Literal["parquet", "json"]
# A name without an ending promises nothing: Parquet, which is smaller.
_FORMS: dict[str, Form] = {".parquet": "parquet", ".json": "json", "": "parquet"}
# More than the first key takes, indented or not.
_HEAD = 200


def form_of(path: str | os.PathLike[str]) -> Form:
    """The form that the ending of a baseline's name means.

    Raises:
        ConfigError: It means none of ours.
    Example:
        >>> form_of("baseline.json"), form_of("baseline.parquet"), form_of("baseline")
        ('json', 'parquet', 'parquet')
    """
    return _FORMS[check_ending(path, "a baseline", list(_FORMS))]


def check_output(path: str | os.PathLike[str]) -> None:
    """Refuse a name that a baseline cannot have, before anything is measured.

    Raises:
        ConfigError: Its ending means no form.
        OutputUnwritable: The file cannot be written there.
    """
    form_of(path)
    check_writable(path)


def is_json_baseline(target: Any) -> bool:
    """Whether the target is the file of a baseline in JSON, by its first bytes."""
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(target):
        return False
    try:
        with open(target, "rb") as file:
            return json_kind(file.read(_HEAD)) == "baseline"
    except OSError:
        return False
