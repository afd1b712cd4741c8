"""In which form a baseline is written, by the ending of its name: Parquet or JSON. Both read back as the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from lookoutcv.errors import ConfigError
from lookoutcv.files.atomic import check_writable
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
    try:
        return _FORMS[Path(path).suffix.lower()]
    except KeyError:
        raise ConfigError(
            f"a baseline cannot be written as {Path(path).name!r}: it is Parquet or JSON",
            f"End its name in .parquet or .json, as {Path(path).with_suffix('.parquet').name}.",
            path=os.fspath(path),
            key="output",
        ) from None


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
