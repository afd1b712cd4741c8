"""A gate's files, written whole: what others wrote is not replaced."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.outputs import FileKind, check_output, marked, write_output
from lookoutcv.gate.artifact import GATE_FILE, GateState

CARD_FILE = "README.md"
OF_NETWORKS = (
    *("gate.safetensors", "cnn_model.pt", "cnn_model.onnx", "vit_model.onnx"),
    *("metrics.json", "cnn_metrics.json", "vit_metrics.json"),
)
# A person may write one, too, and lay it beside a gate.
CARD = marked("the card of a gate", r"\A# A gate: ")


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
    beside = FileKind("a file of a gate", lambda path: gates.recognises(place / GATE_FILE))
    kinds = {name: {GATE_FILE: gates, CARD_FILE: CARD}.get(name, beside) for name in files}
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f"{place} cannot be made ({error.strerror})", "Give another folder.", path=str(place)
        ) from error
    for name in files:
        check_output(place / name, kinds[name])
    ours = (place / GATE_FILE).is_file()  # or it would have been refused
    for name, data in files.items():
        write_output(place / name, data, kinds[name])
    # Of a gate of another variant that lay here.
    for name in OF_NETWORKS if ours else ():
        if name not in files:
            (place / name).unlink(missing_ok=True)
    return [place / name for name in files]
