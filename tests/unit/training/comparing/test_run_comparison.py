"""Two runs beside each other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.results.training_run import TrainingRun
from run_to_draw import RUN, SMALL_RUN, score


def with_right(run: TrainingRun, name: str, digits: str, **changes: object) -> TrainingRun:
    """The same run with a best model that is right on these test images."""
    best = replace(run.candidates[2], test_right=digits, test=score(digits.count("1") / len(digits), len(digits)))
    return replace(run, name=name, candidates=[best], **changes)  # type: ignore[arg-type]


def stored(folder: Path, run: TrainingRun) -> Path:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(run.to_dict()), encoding="utf-8")
    return folder


def test_on_the_same_images_they_are_compared_image_by_image(tmp_path: Path) -> None:
    settings = {"epochs": 8, "augment": "none"}
    one = stored(tmp_path / "1", with_right(RUN, "monday", "1" * 60 + "0" * 40, settings=settings))
    other = stored(tmp_path / "2", with_right(RUN, "tuesday", "1" * 80 + "0" * 20, settings={"epochs": 20}, seed=1))
    found = lo.compare_runs(one, other)
    assert found.same_test
    assert found.difference is not None
    assert (found.difference.better, found.difference.only_better, found.difference.only_worse) == ("tuesday", 20, 0)
    assert found.text.startswith("tuesday is right more often than monday on the same 100 test images: by 20.0 points")
    assert found.text.endswith(", beyond chance.")
    assert found.changed == (("epochs", "8", "20"), ("augment", "none", "-"), ("seed", "0", "1"))


def test_what_can_be_chance_is_called_so(tmp_path: Path) -> None:
    one = stored(tmp_path / "1", with_right(RUN, "a", "1" * 60 + "0" * 40))
    other = stored(tmp_path / "2", with_right(RUN, "b", "1" * 62 + "0" * 38))
    assert lo.compare_runs(one, other).text.endswith("which can be chance.")
    same = stored(tmp_path / "3", with_right(RUN, "c", "1" * 60 + "0" * 40))
    assert "equally often" in lo.compare_runs(one, same).text


def test_a_run_beside_itself_is_told_as_that(tmp_path: Path) -> None:
    one = stored(tmp_path / "1", with_right(RUN, "a", "1" * 60 + "0" * 40))
    found = lo.compare_runs(one, one / ".." / "1")
    assert found.text.endswith(" is given twice: give another run beside it.")
    assert not found.changed


@pytest.mark.parametrize("how", ["other images", "not recorded", "no test part"])
def test_on_other_images_they_are_not(tmp_path: Path, how: str) -> None:
    one = stored(tmp_path / "1", with_right(RUN, "a", "1" * 60 + "0" * 40))
    other = with_right(RUN, "b", "1" * 90 + "0" * 10)
    if how == "other images":
        other = replace(other, parts=[replace(part, sha256="99" * 32) for part in other.parts])
    elif how == "not recorded":
        other = replace(other, candidates=[replace(other.candidates[0], test_right="")])
    else:
        other = replace(SMALL_RUN, name="b")
    found = lo.compare_runs(one, stored(tmp_path / "2", other))
    assert found.difference is None
    told = "a is right on 60.0% of 100 test images (95% interval 50.2 to 69.1)"
    assert f"cannot be compared image by image: {told}" in found.text
    why = "One of the runs" if how == "not recorded" else "They were not tested on the same images"
    assert found.text.startswith(why)


def test_the_verb_says_it_and_lists_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = stored(tmp_path / "1", with_right(RUN, "monday", "1" * 60 + "0" * 40))
    other = stored(tmp_path / "2", with_right(RUN, "tuesday", "1" * 80 + "0" * 20, seed=1))
    assert main(["runs", "compare", str(one), str(other)]) == 0
    printed = capsys.readouterr().out
    assert "tuesday is right more often than monday" in printed
    assert "seed" in printed
    assert main(["runs", "compare", str(one), str(one)]) == 0
    assert "Nothing that is recorded differs." in capsys.readouterr().out
    assert main(["runs", "compare", str(one), str(other), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["difference"]["better"] == "tuesday"
