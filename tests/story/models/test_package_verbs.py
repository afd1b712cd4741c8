"""A package in the place of a model, whatever the verb; its own baseline where none is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lookoutcv as lo
from terminal import Terminal
from tiny_packages import colour_pictures, declared, hand_packed, zipped


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package as a folder and as a ZIP, with the images that its baseline is of, and others."""
    desk = tmp_path_factory.mktemp("desk")
    good = colour_pictures(desk / "good", each=20)
    colour_pictures(desk / "today", each=12, seed=7)
    bare = hand_packed(desk / "bare")
    baseline = lo.baseline(good, model=bare, cache=False, workers=1, perturb=False)
    declared(_with(baseline, hand_packed(desk / "package")))
    zipped(desk / "package", desk / "package.zip", "package/")
    return desk


def _with(baseline: lo.Baseline, folder: Path) -> Path:
    baseline.save(folder / "baseline.parquet")
    return folder


@pytest.fixture(autouse=True)
def here(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)


@pytest.mark.parametrize("package", ["package", "package.zip"])
def test_monitor_needs_nothing_but_the_package(lookout: Terminal, package: str) -> None:
    assert lookout("monitor", "today", "--model", package, "--no-cache", "-o", "report.json", "--force") == 0
    report = lo.load("report.json")
    assert isinstance(report, lo.DriftReport)
    assert report.notes[0] == f"The baseline is the one in the package {package}."
    assert report.notes[0] in " ".join(lookout.out.split())
    assert report.accuracy is not None
    assert report.baseline.images == 60


def test_the_baseline_of_a_package_can_be_named_too(lookout: Terminal) -> None:
    assert lookout("monitor", "today", "--baseline", "package.zip", "--no-cache", "--json") == 0
    assert json.loads(lookout.out)["baseline"]["images"] == 60
    assert lookout("compare", "package", "today", "--no-cache", "--json") == 0
    assert json.loads(lookout.out)["baseline"]["images"] == 60


def test_without_any_baseline_both_ways_to_give_one_are_told(lookout: Terminal) -> None:
    assert lookout("monitor", "today") == 2
    assert "there is nothing to compare with: no baseline is named" in lookout.err
    assert "lookout baseline SOURCE" in lookout.err
    assert "--model PACKAGE" in lookout.err
    assert lookout("monitor", "today", "--model", "bare") == 2
    assert "the model is not a package that brings a baseline" in lookout.err


@pytest.mark.parametrize("package", ["package", "package.zip"])
def test_every_verb_of_models_takes_it(lookout: Terminal, package: str, tmp_path: Path) -> None:
    assert lookout("predict", package, "today/red/0.png") == 0
    assert "red" in lookout.out
    assert lookout("evaluate", package, "today", "--json") == 0
    assert json.loads(lookout.out)["accuracy"] == 1
    rows, other = str(tmp_path / "rows.parquet"), str(tmp_path / "other.parquet")
    assert lookout("measure", "today", "--model", package, "--no-cache", "-o", rows) == 0
    assert lookout("baseline", "good", "--model", package, "--no-cache", "--no-perturb", "-o", other) == 0
    made = lo.Baseline.load(other)
    assert made.model is not None
    assert (made.model.name, made.calibration is not None) == ("colours 3", True)
    assert lookout("monitor", rows, "--model", package) == 0


def test_settings_of_its_card_can_be_changed_one_by_one(lookout: Terminal) -> None:
    assert lookout("predict", "package.zip", "today/red/0.png", "--set", "input.colour=BGR", "--json") == 0
    assert json.loads(lookout.out)["predictions"][0]["predictions"][0]["label"] == "blue"


def test_a_card_is_written_elsewhere_than_into_the_package(lookout: Terminal, tmp_path: Path) -> None:
    assert lookout("card", "package", "--try", "today") == 2
    assert "the package has its card already" in lookout.err
    assert lookout("card", "package", "-o", "package/other.yaml") == 2
    target = tmp_path / "net.card.yaml"
    assert lookout("card", "package.zip", "--try", "today", "-o", str(target)) == 0
    assert lo.open_model("package", target).labels == ("red", "green", "blue")


def test_settings_may_name_a_package(lookout: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = Path("package").resolve()
    today = Path("today").resolve()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    (tmp_path / "lookout.yaml").write_text(f"model:\n  file: {package}\n", encoding="utf-8")
    assert lookout("config", "check") == 0, lookout.err
    assert lookout("monitor", str(today), "--no-cache") == 0, lookout.err
    assert "The baseline is the one in the package" in lookout.out
    assert lookout("predict", str(today / "red" / "0.png")) == 0
    assert "red" in lookout.out


@pytest.mark.parametrize("package", ["package", "package.zip"])
def test_show_says_what_a_package_holds(lookout: Terminal, package: str) -> None:
    assert lookout("show", package) == 0
    said = lookout.out
    assert f"Package {package}: colours 3, classification, 3 classes (red, green, blue)" in said
    assert "baseline of 60 images, made 20" in said
    assert "licence of the weights: nobody says" in said
    assert "model.onnx" in said
    assert f"lookout monitor TODAYS_IMAGES --model {package}" in said
    assert lookout("show", package, "--json") == 0
    assert json.loads(lookout.out)["classes"] == ["red", "green", "blue"]
    assert lookout("show", package, "-o", "page.html") == 2
    assert "holds nothing that can be drawn" in lookout.err


def test_show_finds_what_was_changed_and_what_is_not_its_own(lookout: Terminal, tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "colours")
    (folder / "virus.py").write_text("print(1)", encoding="utf-8")
    assert lookout("show", str(folder)) == 0
    assert "no baseline" in lookout.out
    assert "not the package's and not read: 'virus.py'" in lookout.out
    model = folder / "model.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"!")
    assert lookout("show", str(folder)) == 1
    assert "model.onnx is not what was packed" in lookout.err
