"""A gate's files, written whole: what others wrote is not replaced."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.atomic import check_writable, write_bytes
from lookoutcv.gate.artifact import GATE_FILE


def save_files(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> list[Path]:
    """Write files to a folder, in their order; the last says which others belong to it.

    Args:
        folder: Made where it is not there.
        files: By name.
    Raises:
        OutputUnwritable: They cannot be written there, or files of these names lie there and no gate beside them.
    """
    place = Path(folder)
    others = [name for name in files if (place / name).exists()]
    if others and not (place / GATE_FILE).is_file():
        raise OutputUnwritable(
            f"{place / others[0]} is there, and no gate beside it",
            "Give another folder: what others wrote is not replaced.",
            path=str(place),
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f"{place} cannot be made ({error.strerror})", "Give another folder.", path=str(place)
        ) from error
    for name in files:
        check_writable(place / name)
    for name, data in files.items():
        write_bytes(place / name, data)
    return [place / name for name in files]
