"""In which form a baseline is written, by the ending of its name: Parquet or JSON. Both read back as the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from lookoutcv.files.endings import check_ending
from lookoutcv.files.outputs import FileKind, check_output
from lookoutcv.files.parquet import is_parquet, record_file_kind
from lookoutcv.records.stamp import JSON_HEAD_BYTES, json_kind

Form = Literal["parquet", "json"]
# A name without an ending promises nothing: Parquet, which is smaller.
_FORMS: dict[str, Form] = {".parquet": "parquet", ".json": "json", "": "parquet"}


def form_of(path: str | os.PathLike[str]) -> Form:
    """The form that the ending of a baseline's name means.

    Raises:
        ConfigError: It means none of ours.
    Example:
        >>> form_of("baseline.json"), form_of("baseline.parquet"), form_of("baseline")
        ('json', 'parquet', 'parquet')
    """
    return _FORMS[check_ending(path, "a baseline", list(_FORMS))]


def check_baseline_output(path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Refuse a name that a baseline cannot have, before anything is measured.

    Raises:
        ConfigError: Its ending means no form.
        OutputUnwritable: The file cannot be written there.
    """
    form_of(path)
    check_output(path, BASELINE, force=force)


def is_json_baseline(target: Any) -> bool:
    """Whether the target is the file of a baseline in JSON, by its first bytes."""
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(target):
        return False
    try:
        with open(target, "rb") as file:
            return json_kind(file.read(JSON_HEAD_BYTES)) == "baseline"
    except OSError:
        return False


def _is_baseline(path: Path) -> bool:
    return record_file_kind(path) == "baseline" if is_parquet(path) else is_json_baseline(path)


BASELINE = FileKind("a baseline", _is_baseline)
