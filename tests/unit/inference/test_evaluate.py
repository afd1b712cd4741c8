"""How good a classifier is on labelled images."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import ConfigError, NoImages
from lookoutcv.predictions import Classification, Detections
from lookoutcv.reports.bare_results import without_thumbnails
from lookoutcv.results.accuracy.true_accuracy import Mistake
from lookoutcv.results.evaluation import ConfidenceCalibration

CARD = {"labels": ["dark, night", "grey", "bright"], "head": "softmax"}


def level(pixels: Any) -> Any:
    """Scores by brightness; none that are numbers for pure white."""
    if pixels.min() == 255:
        return [math.nan] * 3
    distance = np.abs(np.array([20, 120, 220]) - pixels.mean())
    powers = np.exp(-distance / 40)
    return powers / powers.sum()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for label, levels in {"Night": (10, 20, 110), "GREY": (120, 130), "bright": (220, 255), "fox": (9,)}.items():
        (root / label).mkdir(parents=True)
        for value in levels:
            Image.new("RGB", (6, 6), (value,) * 3).save(root / label / f"{value}.png")
    Image.new("RGB", (6, 6)).save(tmp_path / "loose.png")
    (root / "bright" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return root


def test_figures_rest_on_images_whose_label_the_model_has(folder: Path) -> None:
    found = lo.evaluate(level, [folder, folder.parent / "loose.png"], card=CARD, top=3)
    assert (found.images, found.unlabelled, found.unknown_labels, found.undefined) == (7, 1, {"fox": 1}, 1)
    assert found.accuracy == 5 / 7, "one dark image is grey, for one there is no number"
    assert found.top_k == {1: 5 / 7, 2: 6 / 7, 3: 6 / 7}
    assert [(one.label, one.support, round(one.recall, 3)) for one in found.classes] == [
        ("dark, night", 3, 0.667),
        ("grey", 2, 1),
        ("bright", 2, 0.5),
    ]
    assert [one.id for one in found.skipped] == [f"{folder}/bright/broken.png"]
    assert Mistake("dark, night", "grey", 1) in found.mistakes
    assert sum(one.images for one in found.calibration.bins) == 6
    assert found.calibration.brier is not None
    assert 0 < found.calibration.brier < 1
    assert found.calibration.log_loss is not None
    assert 0 < found.calibration.log_loss < 2
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert np.sum(told["confusion"]) == 7
    assert told["labels"][:3] == CARD["labels"]
    assert lo.Evaluation.from_dict(told) == found
    assert told["calibration"]["expected_calibration_error"] == found.calibration.expected_calibration_error


def test_a_model_without_scores_has_accuracy_and_no_calibration(folder: Path) -> None:
    found = lo.evaluate(lambda _: Classification("grey", math.nan), folder, card={"labels": CARD["labels"]})
    assert found.accuracy == 2 / 7
    assert (found.top_k, found.calibration) == ({}, ConfidenceCalibration())
    assert found.undefined == 0


def test_what_cannot_be_evaluated_says_why(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no object is marked in"):
        lo.evaluate(lambda _: Detections.none(), folder)
    with pytest.raises(
        ConfigError, match=r"no label of .* 'GREY', 'Night', 'bright' and 1 more; the model has 'a', 'b'"
    ):
        lo.evaluate(lambda _: [0.5, 0.5], folder, card={"labels": ["a", "b"]})
    with pytest.raises(ConfigError, match="has a label"):
        lo.evaluate(level, folder / "fox" / "9.png", card=CARD)
    with pytest.raises(ConfigError, match="top is"):
        lo.evaluate(level, folder, card=CARD, top=0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoImages):
        lo.evaluate(level, tmp_path / "empty", card=CARD)


@pytest.fixture
def model(tmp_path: Path) -> str:
    body = "import numpy as np\n\ndef level(pixels):\n    near = -abs(np.array([20, 120, 220]) - pixels.mean()) / 40\n"
    (tmp_path / "level.py").write_text(f"{body}    return np.exp(near) / np.exp(near).sum()\n")
    return f"{tmp_path / 'level.py'}:level"


SET = ("--set", "labels=[night, grey, bright]", "--set", "head=softmax")


def test_the_command_prints_tables_and_writes_json(
    folder: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert main(["evaluate", model, str(folder), str(folder.parent / "loose.png"), *SET, "-o", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "is right on 85.7% of 7 labelled images" in printed
    assert "Left out: 1 image without a label." in printed
    assert "Left out: 1 image with a label that the model does not have: 'fox' (1)." in printed
    assert "taken for" in printed
    assert "calibration error (ECE)" in printed
    assert "broken.png" in printed
    assert f"Wrote {out}" in printed
    assert main(["evaluate", model, str(folder), str(folder.parent / "loose.png"), *SET, "--json"]) == 0
    # Pictures belong in files.
    shown = lo.Evaluation.from_dict(json.loads(capsys.readouterr().out))
    written = lo.load(out)
    assert isinstance(written, lo.Evaluation)
    assert shown == without_thumbnails(written) != written


def test_the_command_refuses_what_it_cannot_write(
    folder: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", model, str(folder), *SET, "-o", str(tmp_path / "out.csv")]) == 2
    assert ".json" in capsys.readouterr().err
    assert main(["evaluate", model, str(folder), *SET, "--strict"]) == 1
    assert "broken.png" in capsys.readouterr().err


def test_hostile_names_do_not_reach_the_terminal(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "hostile"
    for name in ("night", "ev\x1b[31mil"):
        (root / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(root / name / "1.png")
    assert main(["evaluate", model, str(root), *SET]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("spellings", [("cat", "Cat"), ("cat", "cat "), ("cat", "CAT"), ("Cat", "CAT")])
def test_predictions_that_write_a_class_in_two_ways_are_of_one(spellings: tuple[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "d"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for i in range(4):
            Image.new("RGB", (8, 8)).save(folder / name / f"{i}.png")
    lines = [f"cat/{i}.png,{spellings[i % 2]},0.9\ndog/{i}.png,dog,0.9" for i in range(4)]
    (tmp_path / "p.csv").write_text("\n".join(["id,label,confidence", *lines]))
    found = lo.evaluate(None, folder, predictions=tmp_path / "p.csv")
    assert isinstance(found, lo.Evaluation)
    assert (found.accuracy, found.macro_f1, len(found.classes)) == (1.0, 1.0, 2)


def test_grades_are_three_classes(tmp_path: Path) -> None:
    grades = ("A+", "A", "A-")
    for grade in grades:
        (tmp_path / "d" / grade).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "d" / grade / "0.png")
    (tmp_path / "p.csv").write_text("id,label\nA+/0.png,A+\nA/0.png,A-\nA-/0.png,A-\n")
    found = lo.evaluate(None, tmp_path / "d", predictions=tmp_path / "p.csv")
    assert isinstance(found, lo.Evaluation)
    assert (found.images, round(found.accuracy, 3)) == (3, 0.667)
    assert sorted(found.labels) == ["A", "A+", "A-"]


def test_what_the_source_says_of_itself_is_in_the_result(tmp_path: Path) -> None:
    for name, grey in (("a", 250), ("b", 20)):
        Image.new("L", (8, 8), grey).save(tmp_path / f"{name}.png")
    (tmp_path / "a.csv").write_text("path,label,width,height\na.png,day,8,8\nb.png,night,9,9\n")
    card = {"labels": ["night", "dusk", "day"], "head": "softmax"}
    assert (
        "The image b.png has another size than its list declares."
        in lo.evaluate(level, tmp_path / "a.csv", card=card).notes
    )


def test_what_the_source_says_of_itself_is_told_where_there_is_no_result(tmp_path: Path, caplog: Any) -> None:
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / part / "1.png")
    with pytest.raises(ConfigError, match=r"no image of .* has a label"):
        lo.evaluate(level, tmp_path, card=CARD)
    assert "'test', 'train' are taken for parts of a data set" in caplog.text


def test_the_surest_mistakes_are_kept_with_small_pictures(folder: Path) -> None:
    found = lo.evaluate(level, folder, card=CARD)
    (wrong,) = found.confident_errors  # for the other wrong one the model gave no number
    assert (wrong.id, wrong.label, wrong.prediction) == ("Night/110.png", "dark, night", "grey")
    assert wrong.confidence == pytest.approx(level(np.full((6, 6, 3), 110))[1])
    assert wrong.thumbnail is not None
    assert wrong.thumbnail.startswith("/9j/")
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.accuracy < found.high


def test_pictures_can_be_left_out_or_covered(folder: Path) -> None:
    bare = lo.evaluate(level, folder, card=CARD, thumbnails=False)
    assert [one.thumbnail for one in bare.confident_errors] == [None]
    covered = lo.evaluate(level, folder, card=CARD, redact="0,0,1,1")
    assert covered.notes[-1] == "Covered on every thumbnail: 0,0,1,1."
    assert covered.confident_errors[0].thumbnail != lo.evaluate(level, folder, card=CARD).confident_errors[0].thumbnail
    with pytest.raises(ConfigError, match="which is no box"):
        lo.evaluate(level, folder, card=CARD, redact="nonsense")


def test_the_verb_draws_what_is_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "subject.py").write_text(
        "def subject(pixels):\n    return [float(pixels.mean() < 60), 0.5, float(pixels.mean() > 180)]\n"
    )
    asked = ["evaluate", "subject.py:subject", "data", "--set", "labels=[Night, GREY, bright]", "--set", "head=softmax"]
    outputs = [f"out.{ending}" for ending in ("html", "json", "md", "txt")]
    assert main([*asked, *(word for name in outputs for word in ("-o", name))]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("Wrote")] == [
        f"Wrote {name}" for name in outputs
    ]
    page = (tmp_path / "out.html").read_text("utf-8")
    assert "Right on" in page
    assert "Surest mistakes" in page
    assert "data:image/jpeg;base64," in page
    assert main([*asked, "--no-thumbnails", "-o", "out.html"]) == 0
    assert "data:image/jpeg" not in (tmp_path / "out.html").read_text("utf-8")
    capsys.readouterr()
    assert main([*asked, "-o", "out.xml"]) == 2
    assert "junit is no form of a result of this kind (evaluation)" in capsys.readouterr().err
    assert main([*asked, "--json"]) == 0
    assert "/9j/" not in capsys.readouterr().out
