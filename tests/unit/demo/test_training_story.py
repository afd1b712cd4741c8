"""The demo of training: it ends with a package of a network that learnt the shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.demo import training_story
from lookoutcv.demo.training_story import tell_training
from lookoutcv.errors import OutputUnwritable


def test_it_draws_learns_and_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_story, "EPOCHS", 12)
    story = tell_training(tmp_path / "demo")
    assert story.zips.pictures.is_file()
    assert story.page.is_file()
    assert {one.name for one in story.run.candidates} == set(training_story.MODELS)
    assert story.run.evaluation is not None
    assert story.run.evaluation.accuracy > 0.5  # of four shapes
    assert lo.open_model(tmp_path / "demo" / "run" / "package").labels == ("circle", "square", "star", "triangle")
    with pytest.raises(OutputUnwritable, match="a run ended in it"):
        tell_training(tmp_path / "demo")


def test_what_others_wrote_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shapes.zip").write_text("mine")
    with pytest.raises(OutputUnwritable, match="the demo did not make"):
        tell_training(tmp_path)
    assert (tmp_path / "shapes.zip").read_text() == "mine"
