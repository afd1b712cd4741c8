"""What a setting is called is what the person in front of the sentence can type."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import lookoutcv as lo
from drawn_classes import draw_classes
from lookoutcv.calls.option_names import on_a_command_line, option
from lookoutcv.cli.main import main
from lookoutcv.errors import LookoutError
from lookoutcv.measuring.measuring_settings import Options

WRONG = {
    "epochs": -1,
    "batch_size": 0,
    "mixup": 11.0,
    "cutmix": -1.0,
    "test_size": 1.5,
    "validation_size": 0.0,
    "image_size": 5000,
    "seed": 2**40,
    "threads": 2000,
    "budget": "soon",
    "augment": "srong",
    "device": "gpu",
    "models": ",",
    "weights": "nowhere.pt",
}
SOURCE = Path(inspect.getfile(lo)).parent


def test_on_a_command_line_options_have_dashes_and_in_python_names() -> None:
    assert option("output", "FOLDER") == "output=FOLDER"
    with on_a_command_line():
        assert option("output", "FOLDER") == "-o FOLDER"
        assert option("mlflow_uri", "off") == "--mlflow off"
    assert option("resume", True) == "resume=True"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_told_by_the_name_it_was_given_by(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    draw_classes(tmp_path / "photos", ("a", "b"), 8)
    asked = {"models": "test_resnet", "weights": "none", name: WRONG[name]}
    with pytest.raises(LookoutError) as refused:
        lo.train("photos", "run", **asked)
    typed = f"--{name.replace('_', '-')}"
    assert "--" not in str(refused.value)
    words = [f"--{key.replace('_', '-')}={value}" for key, value in asked.items()]
    assert main(["train", "photos", "-o", "run", *words])
    if name != "weights":  # a place: the message has the place itself
        assert name in str(refused.value)
        assert typed in capsys.readouterr().err


def test_every_setting_that_a_sentence_names_can_be_given() -> None:
    """A sentence that tells what to give names what some call takes."""
    functions = filter(inspect.isfunction, (getattr(lo, name) for name in lo.__all__))
    known = {name for function in functions for name in inspect.signature(function).parameters} | set(
        inspect.get_annotations(Options)
    )
    for file in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "option":
                first = call.args[0]
                if isinstance(first, ast.Constant):
                    assert first.value in known, f"{file}: {first.value}"


def test_the_installed_command_names_what_is_typed(tmp_path: Path) -> None:
    draw_classes(tmp_path / "photos", ("a", "b"), 8)
    words = ["train", "photos", "-o", "run", "--models", "test_resnet", "--weights", "none", "--epochs=2", "--mixup=11"]
    process = subprocess.run(
        [sys.executable, "-m", "lookoutcv", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "--mixup is 11.0. Give --mixup as a number from 0 to 10." in process.stderr
