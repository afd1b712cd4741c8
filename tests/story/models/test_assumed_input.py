"""What was assumed of a model's input is told wherever it is asked, is true, and is not told where the card says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from lookoutcv.cli.main import main
from tiny_models import onnx_classifier

SCALE = "input.scale 1/255 is assumed (pixels of 0 to 1); labelled images tell: lookout card MODEL --try IMAGES."
COLOUR = "input.colour RGB is assumed; some models want BGR."
WORDS = {"red": (250, 20, 20), "green": (20, 250, 20), "blue": (20, 20, 250)}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return onnx_classifier(tmp_path / "net.onnx", names="['red', 'green', 'blue']")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, (red, green, blue) in WORDS.items():
        (tmp_path / "d" / name).mkdir(parents=True)
        for number in range(12):
            Image.new("RGB", (8, 8), (red - number, green, blue + number // 3)).save(
                tmp_path / "d" / name / f"{number}.png"
            )
    return tmp_path / "d"


def test_every_verb_that_asks_a_model_tells_it(
    model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, page, found = tmp_path / "b.parquet", tmp_path / "r.html", tmp_path / "r.json"
    watched = ["--model", str(model), "--metrics", "exposure"]
    calls = {
        "predict": ["predict", str(model), str(folder)],
        "evaluate": ["evaluate", str(model), str(folder)],
        "card": ["card", str(model), "-o", str(tmp_path / "c.yaml")],
        "baseline": ["baseline", str(folder), "-o", str(kept), "--no-perturb", *watched],
        "monitor": ["monitor", str(folder), "-b", str(kept), "-o", str(found), "--html", str(page), *watched],
    }
    for verb, call in calls.items():
        assert main(call) == 0, verb
        told = capsys.readouterr()
        plain = " ".join((told.out + told.err).split())
        assert SCALE in plain, verb
        assert COLOUR in plain, verb
    assert any(SCALE in note and COLOUR in note for note in json.loads(found.read_text())["notes"])
    assert SCALE in page.read_text()
    assert (tmp_path / "c.yaml").read_text().count("is assumed") == 2


def test_it_is_true_and_not_told_where_the_card_says_it(
    model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(*more: str) -> str:
        assert main(["predict", str(model), str(folder / "red" / "0.png"), "--top", "1", *more]) == 0
        return capsys.readouterr().out

    assumed = printed()
    named = printed("--set", "input.scale=0.00392156862745098", "--set", "input.colour=RGB")
    assert "is assumed" not in named
    assert assumed.splitlines()[0] == named.splitlines()[0], "what was assumed is what was done"
    other = printed("--set", "input.scale=0.00392156862745098", "--set", "input.colour=BGR")
    assert other.splitlines()[0] != named.splitlines()[0]
    assert main(["card", str(model), "-o", str(tmp_path / "net.card.yaml")]) == 0
    capsys.readouterr()
    assert "is assumed" not in printed(), "the card beside the model says it now"
