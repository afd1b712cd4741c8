"""Training runs below a folder, whatever else lies there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import SourceNotFound
from lookoutcv.results.training_run import TrainingRun
from run_to_draw import RUN, SMALL_RUN


def store(place: Path, run: TrainingRun | str) -> Path:
    place.mkdir(parents=True)
    text = run if isinstance(run, str) else json.dumps(run.to_dict())
    (place / "run.json").write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    store(tmp_path / "runs/wardrobe", RUN)
    store(tmp_path / "runs/old/shapes/two", replace(SMALL_RUN, created="2020-01-01T00:00:00Z"))
    return tmp_path


def test_the_newest_comes_first_with_its_figures(place: Path) -> None:
    found = lo.runs()
    assert [one.name for one in found.runs] == ["wardrobe", "two"]
    first, last = found.runs
    test = RUN.candidates[2].test
    assert test is not None
    assert (first.folder, first.best, first.part, first.accuracy) == (
        str(Path("runs/wardrobe")),
        "efficientnet_b0",
        "test",
        test.accuracy,
    )
    assert (last.accuracy, last.part, last.images) == (None, "", 0)
    assert found.passed_over == ()


def test_a_run_is_listed_once_and_not_again_as_its_package(place: Path) -> None:
    store(place / "runs/wardrobe/package", RUN)
    assert [one.name for one in lo.runs().runs] == ["wardrobe", "two"]
    assert [one.name for one in lo.runs(place / "runs/wardrobe/package").runs] == ["wardrobe"]


def test_what_is_damaged_newer_or_of_others_is_named_and_ends_nothing(place: Path) -> None:
    store(place / "runs/a", "{")
    store(place / "runs/b", json.dumps(RUN.to_dict() | {"version": 99}))
    store(place / "runs/c", '{"name": "of another program"}')
    store(place / "runs/d", json.dumps(RUN.to_dict() | {"candidates": 3}))
    (place / "runs/e/run.json").mkdir(parents=True)
    found = lo.runs("runs")
    assert len(found.runs) == 2
    assert [Path(one.id).parent.name for one in found.passed_over] == ["a", "b", "c", "d"]
    said = [one.reason for one in found.passed_over]
    assert "cannot be read" in said[0]
    assert "has version 99" in said[1]
    assert "is not a LookOutCV training run" in said[2]
    assert "candidates is not a list" in said[3]


def test_a_circle_of_links_is_not_walked(place: Path) -> None:
    (place / "runs/wardrobe/again").symlink_to(place / "runs")
    assert len(lo.runs().runs) == 2


def test_a_folder_that_is_not_there_is_told(place: Path) -> None:
    with pytest.raises(SourceNotFound, match="there is no folder 'lost'"):
        lo.runs("lost")


def test_the_verbs_list_show_and_refuse(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(place / "runs/broken", "{")
    assert main(["runs", "list"]) == 0
    printed = capsys.readouterr().out
    assert "efficientnet_b0" in printed
    assert "84.9%" in printed
    assert "Passed over: " in printed
    assert main(["runs", "list", "runs", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["runs"]] == ["wardrobe", "two"]
    for named in ("wardrobe", "runs/wardrobe", "runs/wardrobe/run.json"):
        assert main(["runs", "show", named]) == 0
        assert capsys.readouterr().out.startswith("efficientnet_b0: right on 84.9% of 372 test images")
    assert main(["runs", "show", "broken"]) == 1
    assert main(["runs", "show", "lost"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    (place / "empty").mkdir()
    assert main(["runs", "list", "empty"]) == 0
    assert "There is no training run below empty." in capsys.readouterr().out
