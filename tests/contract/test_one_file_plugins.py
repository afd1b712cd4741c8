"""A new plugin is one file: dropped into its room, or named with `--plugin`, it is used and nothing else changes.

Whoever adds a room to `lookoutcv.plugins.ROOMS` adds what a plugin of it looks like here, and how it is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import lookoutcv
from lookoutcv.plugins import ENVIRONMENT_VARIABLE, ROOMS, Room


@dataclass(frozen=True)
class Example:
    """A plugin file, and a program that fails where the plugin is not used."""

    plugin: str
    use: str


EXAMPLES = {
    "lookoutcv.metrics": Example(
        plugin="""
from lookoutcv.grids import linear
from lookoutcv.metrics import metric

@metric("own.half", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def half(view):
    "One half."
    return 0.5
""",
        use="""
assert lo.measure(IMAGE, metrics="own")["own.half"] == 0.5
assert lo.CVMetrics.HALF == "own.half"
""",
    ),
    "lookoutcv.outputs": Example(
        plugin="""
from lookoutcv.grids import linear
from lookoutcv.outputs import output_metric

@output_metric("output.letters", task="classification", unit="1", range=(0, None), grid=linear(0, 50, 50),
               source="ours", rises="longer", falls="shorter")
def letters(view):
    "Letters of the predicted class."
    return float(len(view.prediction.label))
""",
        use="""
from lookoutcv.predictions import Classification
records = lo.measure([IMAGE, IMAGE], model=lambda pixels: Classification("heron", 0.5), workers=1)
assert records.table["output.letters"].to_pylist() == [5, 5]
""",
    ),
    "lookoutcv.sources.kinds": Example(
        plugin="""
from dataclasses import dataclass
import numpy as np
from lookoutcv.sources import source_kind
from lookoutcv.sources.kinds.base import NamedOnly

@dataclass(frozen=True)
class GreyRef(NamedOnly):
    id: str

    def load(self):
        return np.full((8, 8, 3), int(self.id), np.uint8)

class Greys:
    name = "greys"

    def __iter__(self):
        return iter([GreyRef("51"), GreyRef("102")])

    def count(self):
        return 2

@source_kind("greys", opens=lambda target: target == "greys:")
def greys(target):
    "Two grey images."
    return Greys()
""",
        use="""
records = lo.measure("greys:", metrics="exposure.brightness", workers=1)
assert [round(value, 3) for value in records.table["exposure.brightness"].to_pylist()] == [0.2, 0.4]
""",
    ),
    "lookoutcv.models.formats": Example(
        plugin="""
import numpy as np
from lookoutcv.models.formats.base import model_format

class Runtime:
    inputs, outputs, labels, batch = (), (), ("night", "day"), None

    def run(self, batch):
        return [np.tile(np.float32([0.25, 0.75]), (len(batch), 1))]

@model_format("stone", suffixes=(".stone",), recognises=lambda path, head: head.startswith(b"STONE"))
def stone(path, wish):
    "Models written in stone."
    return Runtime()
""",
        use="""
with open("model.stone", "wb") as file:
    file.write(b"STONE")
card = {"input": {"size": [4, 4], "layout": "NHWC", "colour": "RGB", "scale": 1.0, "mean": 0.0, "std": 1.0,
                  "dtype": "float32"}, "head": "softmax"}
assert lo.open_model("model.stone", card).predict([IMAGE])[0].label == "day"
""",
    ),
    "lookoutcv.models.heads": Example(
        plugin="""
from dataclasses import dataclass
from lookoutcv.models.heads.base import head
from lookoutcv.predictions import Classification

@dataclass(frozen=True)
class Smallest:
    "There is nothing to set."

@head("smallest", task="classification", settings=Smallest, classes=lambda outputs, settings: outputs[0].shape[1],
      guess=lambda probe: None)
def smallest(outputs, framings, labels, settings):
    "The class with the smallest number."
    return [Classification(labels[row.argmin()], 0.5) for row in outputs[0]]
""",
        use="""
model = lo.open_model(lambda pixels: [3.0, 1.0, 2.0], {"labels": ["cat", "dog", "owl"], "head": "smallest"})
assert model.predict([IMAGE])[0].label == "dog"
""",
    ),
    "lookoutcv.adapters": Example(
        plugin="""
from lookoutcv.adapters.base import adapter
from lookoutcv.predictions import Classification

@adapter("smoke", recognises=lambda result: isinstance(result, bytes))
def smoke(result, context):
    "Signals of smoke."
    return Classification(result.decode(), 1.0)
""",
        use="""
from lookoutcv.adapters import adapted
assert adapted(b"owl").label == "owl"
""",
    ),
    "lookoutcv.explanation.methods": Example(
        plugin="""
import numpy as np
from lookoutcv.explanation.methods.base import score_method

@score_method("middle", source="ours", samples=1)
def middle(questions):
    "The middle, whatever the model says."
    return np.float32([[0, 0, 0], [0, questions.whole, 0], [0, 0, 0]])
""",
        use="""
from lookoutcv.explanation import explain_scores
found = explain_scores(lambda images: np.full((len(images), 2), 0.5), IMAGE, 1, method="middle")
assert (found.values[1, 1], found.peak) == (1, 0.5)
""",
    ),
    "lookoutcv.gate.variants": Example(
        plugin="""
from lookoutcv.gate.variants.base import Score, variant

@variant("contrasty", source="ours", standard_cut=300)
def contrasty(learnt):
    "Never sharp enough."
    return lambda view: Score(view.stds[3])
""",
        use="""
assert lo.Gate.load("contrasty", judges=[]).check(IMAGE).label_name == "blurred"
""",
    ),
    "lookoutcv.gate.judges": Example(
        plugin="""
from lookoutcv.gate.judges.base import Limit, Numbers, judge

@judge("wide", Limit("px", low=10**6, below="it is {value} px wide, at least {limit} is fit", form=".0f"))
def wide(view, learnt):
    "Whether it is wide."
    return Numbers({"px": float(view.width)})
""",
        use="""
assert lo.Gate.load("threshold", threshold=0, judges=["wide"]).check(IMAGE).reasons[0].startswith("it is ")
""",
    ),
    "lookoutcv.reports.formats": Example(
        plugin="""
from lookoutcv.reports.formats.base import report_format

@report_format("shout", suffixes=(".shout",), media_type="text/plain")
def shout(report, options):
    "The severity in capitals."
    return report.severity.upper().encode()
""",
        use="""
report = lo.compare([IMAGE] * 20, [IMAGE] * 20, workers=1)
assert lo.render(report, format="shout") == report.severity.upper()
assert lo.render(report, "report.shout").read_bytes() == report.severity.upper().encode()
""",
    ),
    "lookoutcv.reports.displays": Example(
        plugin="""
from lookoutcv.reports.displays.base import display

@display("Weather")
def weather(result):
    "The weather in one word."
    return f"<b>{result.word}</b>"
""",
        use="""
from lookoutcv.plugins import html_of
class Weather:
    word = "rain"
assert html_of(Weather()) == "<b>rain</b>"
assert html_of(lo.compare([IMAGE] * 20, [IMAGE] * 20, workers=1)).startswith("<iframe")
""",
    ),
}
BEGINNING = """
import numpy as np
import lookoutcv as lo
IMAGE = np.full((8, 8, 3), 51, np.uint8)
"""


@pytest.fixture(scope="session")
def copied_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package, on which nothing else looks."""
    home = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(lookoutcv.__file__).parent, home / "lookoutcv", ignore=ignored)
    return home


def use(example: Example, folder: Path, package: Path, plugins: str = "") -> None:
    program = f"{BEGINNING}assert lo.__file__.startswith({str(package)!r})\n{example.use}"
    environment = {**os.environ, "PYTHONPATH": str(package), ENVIRONMENT_VARIABLE: plugins}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_room_has_an_example() -> None:
    assert set(EXAMPLES) == {room.package for room in ROOMS}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.package)
def test_a_file_in_the_room_is_a_plugin(room: Room, copied_package: Path, tmp_path: Path) -> None:
    dropped = copied_package / room.package.replace(".", "/") / "dropped.py"
    dropped.write_text(EXAMPLES[room.package].plugin)
    try:
        use(EXAMPLES[room.package], tmp_path, copied_package)
    finally:
        dropped.unlink()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.package)
def test_a_file_of_the_users_own_is_a_plugin(room: Room, tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(EXAMPLES[room.package].plugin)
    use(EXAMPLES[room.package], tmp_path, Path(lookoutcv.__file__).parents[1], str(own))
