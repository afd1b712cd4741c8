"""A model format whose files are Python: what a runtime could do that is taken over by the file that it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.models.formats.base import ModelFormat, registry
from lookoutcv.plugins import load_file

CARD = {
    "labels": ["dark", "light"],
    "input": {"size": [4, 4], "layout": "NHWC", "colour": "RGB", "scale": 1 / 255, "mean": 0, "std": 1},
    "head": "softmax",
}
# What a picture's brightness says, as a program's `run` gives it.
HONEST = """
import numpy as np
def run(batch):
    light = batch.reshape(len(batch), -1).mean(axis=1)
    return [np.stack([1 - light, light], axis=1)]
"""
_FORMAT = """
from pathlib import Path
from lookoutcv.models.formats.base import TensorInfo, model_format

class Program:
    inputs = (TensorInfo("x", (None, 4, 4, 3), "float32"),)
    outputs, labels, batch = (), None, None

    def __init__(self, text):
        self._names = {}
        exec(text, self._names)

    def run(self, batch):
        return self._names["run"](batch)

@model_format("program", suffixes=(".program",), recognises=lambda path, head: path.suffix == ".program")
def program(path, options):
    "Programs of tests."
    return Program(Path(path).read_text())
"""


class Programs:
    """Writes programs that `open_model` opens.

    Args:
        folder: Where they are written.
        monkeypatch: Makes their format known, and undoes it.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.plugin = folder / "program_format.py"
        self.plugin.write_text(_FORMAT)
        registry.names()
        made: ModelFormat = load_file(self.plugin).program
        monkeypatch.setitem(registry._plugins, "program", made)
        monkeypatch.setitem(registry._origins, "program", str(self.plugin))

    def write(self, *parts: str) -> Path:
        """A file of these parts, one below the other."""
        path = self.folder / "net.program"
        path.write_text("\n".join(parts))
        return path
