"""`lookout gate`: samples, a gate fitted on them, judged, and asked about images."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from terminal import Terminal


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    lo.gate_data(desk / "data")
    (desk / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    return desk


@pytest.fixture(autouse=True)
def here(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)


def test_the_default_24_pictures_are_told_apart_by_what_needs_no_learning(lookout: Terminal, tmp_path: Path) -> None:
    for variant in ("threshold", "composite"):
        assert lookout("gate", "fit", "data", "--variant", variant, "-o", tmp_path / variant) == 0
        assert "Right on 100% of 24 images" in lookout.out
        assert "Only 12 sharp images chose the cut" in lookout.out
        figures = json.loads((tmp_path / variant / "metrics.json").read_text())
        assert figures["accuracy"] == 1.0
        assert figures["seen"] is True
        assert "| 12 sharp | 12 | 0 | 0 |" in (tmp_path / variant / "README.md").read_text()


def test_a_gate_is_judged_and_the_report_drawn(lookout: Terminal, tmp_path: Path) -> None:
    lookout("gate", "fit", "data", "--variant", "threshold", "-o", tmp_path / "gate")
    outputs = [tmp_path / f"report.{end}" for end in ("html", "pdf", "md", "json")]
    options = [part for path in outputs for part in ("-o", path)]
    assert lookout("gate", "evaluate", tmp_path / "gate", "data", *options) == 0
    assert all(path.stat().st_size > 1000 for path in outputs)
    assert "gaussian" in outputs[0].read_text()
    shown = lo.load(outputs[3])
    assert isinstance(shown, lo.GateEvaluation)
    assert shown.auc == 1.0
    assert lookout("show", outputs[3]) == 0
    assert "Right on 100% of 24 images" in lookout.out


def test_images_are_asked_about_and_none_is_left_out(lookout: Terminal, tmp_path: Path) -> None:
    folders = ["data/raw/cv/sharp", "data/raw/cv/blurred", "broken.jpg", "broken.jpg"]
    for output in (tmp_path / "v.csv", tmp_path / "v.json", tmp_path / "v.jsonl"):
        assert lookout("gate", "check", *folders, "--gate", "threshold", "--threshold", "500", "-o", output) == 0
        assert "26 images: 12 fit, 14 unfit, 0 that cannot be told." in lookout.out
    with (tmp_path / "v.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(json.loads((tmp_path / "v.json").read_text())) == 26
    assert len((tmp_path / "v.jsonl").read_text().splitlines()) == 26
    assert rows[-1]["id"] == rows[-2]["id"] == "broken.jpg"
    assert rows[-1]["reasons"].startswith("it cannot be read")
    assert [row["label"] for row in rows[:24]] == ["1"] * 12 + ["0"] * 12


def test_a_pipeline_can_stop_at_verdicts(lookout: Terminal, tmp_path: Path) -> None:
    grey = tmp_path / "wall.png"  # a wall with the grain of a camera: nobody can tell whether it is sharp
    cv2.imwrite(str(grey), np.random.default_rng(0).normal(128, 1.5, (128, 128, 3)).round().astype(np.uint8))
    sharp, blurred = "data/raw/cv/sharp", "data/raw/cv/blurred"
    at = ("--gate", "composite")
    for images, fail_on, code in (
        ([sharp, blurred], (), 0),
        ([sharp, blurred], ("--fail-on", "unfit"), 3),
        ([sharp, blurred], ("--fail-on", "cannot-tell"), 3),
        ([sharp], ("--fail-on", "cannot-tell"), 0),
        ([grey], ("--fail-on", "unfit"), 0),
        ([grey], ("--fail-on", "cannot-tell"), 3),
    ):
        assert lookout("gate", "check", *images, *at, *fail_on) == code, (images, fail_on, lookout.out)
    verdicts = tmp_path / "v.csv"
    assert lookout("gate", "check", blurred, *at, "--fail-on", "unfit", "-o", verdicts, "--json") == 3
    assert json.loads(lookout.out)["counts"]["unfit"] == 12
    assert len(verdicts.read_text().splitlines()) == 13
    assert lookout("gate", "check", sharp, "--fail-on", "fit") == 2
    assert "cannot-tell" in lookout.err


def test_one_image_is_answered_as_older_services_did(lookout: Terminal) -> None:
    image = "data/raw/cv/blurred/pattern-0012.png"
    assert lookout("gate", "check", image, "--gate", "threshold", "--threshold", "500", "--json") == 0
    (one,) = json.loads(lookout.out)["items"]
    assert {name: one[name] for name in ("label", "label_name", "reasons")} == {
        "label": 0,
        "label_name": "blurred",
        "reasons": ["it is blurred"],
    }
    assert isinstance(one["score"], float)
    assert 0.5 <= one["confidence"] <= 1


def test_what_cannot_be_is_told_with_what_to_type(lookout: Terminal, tmp_path: Path) -> None:
    for typed, said in (
        (("check", "broken.jpg", "--gate", "compsite"), "Did you mean 'composite'"),
        (("check", "broken.jpg", "--gate", "threshold"), "Fit it: lookout gate fit DATA --variant threshold"),
        (("check", "broken.jpg", "--gate", "model.joblib"), "is a pickle, which is a program and is not loaded"),
        (("check", "nowhere.jpg"), "there is no file or folder 'nowhere.jpg'"),
        (("check", "broken.jpg", "-o", "v.txt"), "End its name in .json, .jsonl or .csv."),
        (("fit", "data", "--false-reject", "0.9", "-o", str(tmp_path / "g")), "Give --false-reject from 0 to 0.5."),
        (("fit", "data", "--variant", "blur", "-o", str(tmp_path / "g")), "no gate variant is called 'blur'"),
    ):
        assert lookout("gate", *typed) in (1, 2)
        assert said in lookout.err
    assert not (tmp_path / "g").exists()


def test_good_images_alone_choose_a_cut(lookout: Terminal, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for number in range(30):
        coarse = draw.integers(30, 220, (12, 12, 3), dtype=np.uint8)
        path = tmp_path / "good" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), cv2.resize(coarse, (192, 192), interpolation=cv2.INTER_NEAREST))
    assert lookout("gate", "fit", tmp_path / "good", "-o", tmp_path / "gate") == 0
    assert "all are taken for sharp" in lookout.out
    gate = lo.Gate.load(tmp_path / "gate")
    assert gate.cut.chosen_by == "quantile"
    assert gate.cut.images == 30


def test_the_log_records_its_verdicts(tmp_path: Path) -> None:
    gate = lo.Gate.load("threshold", threshold=500, judges=[])
    with lo.ClassificationLogger("door", enabled_metrics=[], directory=tmp_path, measurers=[gate.measurer()]) as logger:
        for name in ("sharp/pattern-0000", "blurred/pattern-0012"):
            pixels = cv2.cvtColor(cv2.imread(f"data/raw/cv/{name}.png"), cv2.COLOR_BGR2RGB)
            logger.log_prediction(pixels, "cat", 0.9, name)
    rows = lo.open_log(tmp_path).read(model="door").sort_by("id").to_pylist()
    assert [(row["gate.verdict"], row["gate.judge"], row["gate.reasons"]) for row in rows] == [
        ("unfit", "sharpness", "it is blurred"),
        ("fit", None, None),
    ]


def test_a_source_is_screened_from_the_command_line(lookout: Terminal, tmp_path: Path) -> None:
    lookout("gate", "fit", "data", "--variant", "threshold", "-o", tmp_path / "gate")
    options = ("--metrics", "exposure", "--gate", tmp_path / "gate")
    assert lookout("baseline", "data/raw/cv/sharp", "-o", tmp_path / "b.parquet", *options) == 0
    assert lookout("measure", "data/raw/cv", *options) == 0
    assert "refused 12 of 24 images: it is blurred (12)" in lookout.out + lookout.err
    assert lookout("monitor", "data/raw/cv", "-b", tmp_path / "b.parquet", *options[2:]) == 0
    assert "The gate finds 50.0% of the window's images unfit, 0.0% of the baseline's" in lookout.out


def test_a_window_of_which_nothing_is_fit_stops_a_pipeline(lookout: Terminal, tmp_path: Path) -> None:
    lookout("gate", "fit", "data", "--variant", "threshold", "-o", tmp_path / "gate")
    at, known = ("--gate", tmp_path / "gate"), tmp_path / "b.parquet"
    assert lookout("baseline", "data/raw/cv/sharp", "-o", known, "--metrics", "exposure", *at) == 0
    window = ("monitor", "data/raw/cv/blurred", "-b", known)
    for fail_on, code in ((), 1), (("--fail-on", "high"), 3):
        assert lookout(*window, *at, *fail_on) == code
        assert "refused 12 of 12 images: it is blurred (12)" in lookout.err
        assert "So nothing can be measured. Look at them, or keep them with --on-reject tag." in lookout.err
    assert lookout(*window, *at, "--on-reject", "tag") == 0
    assert "finds 100.0% of the window's images unfit" in lookout.out
    (tmp_path / "empty").mkdir()
    assert lookout("monitor", tmp_path / "empty", "-b", known, *at, "--fail-on", "high") == 1


def test_unfit_images_of_an_archive_are_not_moved_and_none_is_read(lookout: Terminal, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "today"), "zip", "data/raw/cv")
    away = ("--on-reject", "move", "--rejects", tmp_path / "bad")
    assert lookout("measure", archive, "--metrics", "exposure", "--gate", "composite", *away) == 2
    assert "is no file that could be moved" in lookout.err
    assert "Take --on-reject skip" in lookout.err


def test_a_gate_that_tells_nothing_says_so(lookout: Terminal, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for number in range(24):
        path = tmp_path / "same" / ("sharp", "blurred")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = draw.integers(30, 220, (12, 12, 3), dtype=np.uint8)
        cv2.imwrite(str(path), cv2.resize(coarse, (192, 192), interpolation=cv2.INTER_NEAREST))
    assert lookout("gate", "fit", tmp_path / "same", "-o", tmp_path / "gate") == 0
    assert "not known to tell sharp images from blurred ones better than chance: do not use it" in lookout.out
    assert "better than chance" in (tmp_path / "gate" / "README.md").read_text()
