"""A gate's files, written whole: what others wrote is not replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.outputs import FileKind, check_output, marked, write_output
from lookoutcv.gate.artifact import GATE_FILE, GateState

CARD_FILE = "README.md"
# Names that gates give; a gate.json from elsewhere may name what it likes.
OF_GATES = {
    *("gate.safetensors", "cnn_model.pt", "cnn_model.onnx", "vit_model.onnx"),
    *("metrics.json", "cnn_metrics.json", "vit_metrics.json"),
}
# A person may write one, too, and lay it beside a gate.
CARD = marked("the card of a gate", r"\A# A gate: ")


def own_files(place: Path) -> set[str]:
    """Names of files that the gate in a folder says were written beside it; empty where there is none."""
    try:
        held = json.loads((place / GATE_FILE).read_bytes())
        return {str(name) for name in held["files"]} if held["format"] == GateState.FORMAT else set()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def save_files(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> list[Path]:
    """Write files to a folder, in their order; the last says which others belong to it.

    Args:
        folder: Made where it is not there.
        files: By name.
    Raises:
        OutputUnwritable: They cannot be written there, or files of these names lie there that belong to no gate.
    """
    place = Path(folder)
    gates = marked("a gate", rf'"format": "{GateState.FORMAT}"')
    known = own_files(place)
    beside = FileKind("a file of a gate", lambda path: path.name in known)
    kinds = {name: {GATE_FILE: gates, CARD_FILE: CARD}.get(name, beside) for name in files}
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f"{place} cannot be made ({error.strerror})", "Give another folder.", path=str(place)
        ) from error
    for name in files:
        check_output(place / name, kinds[name])
    for name, data in files.items():
        write_output(place / name, data, kinds[name])
    # Of a gate of another variant that lay here.
    for name in known & OF_GATES - set(files):
        (place / name).unlink(missing_ok=True)
    return [place / name for name in files]
