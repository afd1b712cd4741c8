"""What a setting is called is what the person in front of the sentence can type."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import lookoutcv as lo
from drawn_classes import draw_classes
from lookoutcv.calls.option_names import card_settings, on_a_command_line, option
from lookoutcv.cli.main import main
from lookoutcv.errors import LookoutError
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.models.card_files import flagged_card
from lookoutcv.models.cards.card import Card

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
    public = [getattr(lo, name) for name in lo.__all__]
    methods = [one for kind in filter(inspect.isclass, public) for one in vars(kind).values()]
    functions = filter(inspect.isfunction, (*public, *methods))
    known = {name for function in functions for name in inspect.signature(function).parameters} | set(
        inspect.get_annotations(Options)
    )
    for file in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "option":
                first = call.args[0]
                if isinstance(first, ast.Constant):
                    assert first.value in known, f"{file}: {first.value}"


# The options of a line for the shell, which is the same whoever reads it: up to its end, or the end of the sentence.
SHELL_LINE = re.compile(r"\b(?:lookout|pip)\b[^`\n]*?(?=[`\n;]|[.,)] |[.,)]?$)")
DASHED = re.compile(r"(?<![\w-])--(?:[a-z][a-z-]*|$)")
# Their help is that of the command line: declarations of settings and of verbs.
HELP = {"Setting", "_verb"}
NO_SENTENCES = {
    "calls/option_names.py": "makes the names",
    "settings/declared_parameters.py": "makes the options",
    "gate_training/pipeline/stages.py": "makes lines for the shell",
    "log/reading/sql_check.py": "a comment of SQL",
}


def dashed_options(code: str) -> list[str]:
    """Options of the command line that a sentence of some code names, outside of lines for the shell."""
    tree = ast.parse(code)
    nodes = list(ast.walk(tree))
    helps = [one for one in nodes if isinstance(one, ast.Call) and getattr(one.func, "id", None) in HELP]
    documentation = [one.value for one in nodes if isinstance(one, ast.Expr)]
    spared = {id(part) for one in helps for part in ast.walk(one)} | set(map(id, documentation))
    pieces = {id(part) for one in nodes if isinstance(one, ast.JoinedStr) for part in one.values}
    texts = []
    for node in nodes:
        if id(node) in spared:
            continue
        if isinstance(node, ast.JoinedStr):
            texts.append("".join(str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            texts.append(node.value)
    return [found for text in texts for found in DASHED.findall(SHELL_LINE.sub("", text))]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("remedy = 'Leave out --model.'", ["--model"]),
        ("remedy = f'Give {name} (--workers {count}).'", ["--workers"]),
        ("remedy = f'--{name} is wrong.'", ["--x"]),
        ("remedy = '--' + name", ["--"]),
        ("remedy = 'Run `lookout show RUN --json`, or leave out --model.'", ["--model"]),
        ("remedy = f'Make one: lookout baseline {source} --model MODEL.'", []),
        ("remedy = 'pip install --upgrade timm'", []),
        ("'''What --model means.'''", []),
        ("text = 'a word -- and another, a--b'", []),
        ("shown: str = Setting('That of --model.')", []),
    ],
)
def test_the_law_sees_what_it_is_for(code: str, found: list[str]) -> None:
    assert dashed_options(code) == found


def test_no_sentence_that_python_reads_names_an_option_with_dashes() -> None:
    """What the library says is said to both: `option` names a setting as the person in front of it types it."""
    found = {}
    for file in SOURCE.rglob("*.py"):
        place = file.relative_to(SOURCE).as_posix()
        if not place.startswith("cli/") and place not in NO_SENTENCES and (names := dashed_options(file.read_text())):
            found[place] = names
    assert found == {}


def test_settings_of_a_card_are_named_as_they_are_given() -> None:
    asked = {"head.name": "end_to_end", "head.normalised": False, "input.size": (224, 224)}
    given = card_settings(asked)
    assert given == "card={'head': {'name': 'end_to_end', 'normalised': False}, 'input': {'size': [224, 224]}}"
    with on_a_command_line():
        words = shlex.split(card_settings(asked))
    changed = flagged_card("model.onnx", None, words[1::2])
    assert words[::2] == ["--set"] * 3
    assert Card.of(changed) == Card.of(ast.literal_eval(given.removeprefix("card=")))


def test_the_installed_command_names_what_is_typed(tmp_path: Path) -> None:
    draw_classes(tmp_path / "photos", ("a", "b"), 8)
    words = ["train", "photos", "-o", "run", "--models", "test_resnet", "--weights", "none", "--epochs=2", "--mixup=11"]
    process = subprocess.run(
        [sys.executable, "-m", "lookoutcv", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "--mixup is 11.0. Give --mixup as a number from 0 to 10." in process.stderr
