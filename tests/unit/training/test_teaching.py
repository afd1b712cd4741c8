"""Who learns, in which order, how long, and who is dropped; how a network learns is `fit`'s own tests' matter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import EpochPoint, WeightsOrigin
from lookoutcv.training import teaching
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.run_folder import RunFolder
from lookoutcv.training.teaching import Lesson, teach
from lookoutcv.training.timing.time_budget import TimeBudget

INPUT = Input((8, 8), "NCHW", "RGB", "float32", 1 / 255, 0.0, 1.0)


def backbone(name: str, kind: str = "none") -> Backbone:
    return Backbone(name, None, INPUT, WeightsOrigin(kind))  # type: ignore[arg-type]


class Classroom:
    """Stands in for `fit`: each backbone has the scores that it is said to have, an epoch a second of its own time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **scores: list[float] | Exception) -> None:
        self.scores, self.taught = scores, list[tuple[str, int | None]]()
        monkeypatch.setattr(teaching, "fit", self)

    def __call__(self, one: Backbone, *parts: Any, watch: Any, **how: Any) -> FittedModel:
        settings = parts[3]
        self.taught.append((one.name, settings.epochs))
        scores = self.scores[one.name]
        if isinstance(scores, Exception):
            raise scores
        curve, stopped = [], ""
        for number, score in enumerate(scores[:1] if settings.epochs == 0 else scores):
            curve.append(EpochPoint(number, "fine-tuning", number + 1.0, 1e-3, 1.0, 1.0, None, score, score))
            stopped = watch.epoch(curve[-1])
            if stopped:
                break
        rows = np.zeros((400, 2), np.float32)
        return FittedModel(one.name, None, ("a", "b"), INPUT, one.weights, tuple(curve), 0, 3.0, rows, stopped)


def lesson(tmp_path: Path, seconds: float | None = None) -> Lesson:
    pictures: Any = SimpleNamespace(__len__=None)
    part: Any = [0] * 400
    return Lesson(
        ("a", "b"),
        lambda input: (pictures, part),
        FitSettings(),
        "cpu",
        1,
        RunFolder(tmp_path, resumed=False),
        TimeBudget(seconds),
        Onlooker(),
    )


def test_without_a_bound_each_learns_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Classroom(monkeypatch, good=[0.5, 0.9, 0.9], bad=[0.1, 0.1, 0.1])
    found = teach([backbone("good", "hub"), backbone("bad", "hub")], lesson(tmp_path))
    assert [(one.name, one.status) for one in found] == [("good", "trained"), ("bad", "trained")]
    assert room.taught == [("good", None), ("bad", None)]


def test_with_a_bound_heads_come_first_and_the_most_promising_learns_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(monkeypatch, first=[0.80, 0.85], second=[0.82, 0.9])
    found = teach([backbone("first", "hub"), backbone("second", "hub")], lesson(tmp_path, 3600))
    assert room.taught == [("first", 0), ("second", 0), ("second", None), ("first", None)]
    assert [one.name for one in found] == ["first", "second"]


def test_a_head_that_is_clearly_worse_is_dropped_and_kept_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(monkeypatch, good=[0.9, 0.95], bad=[0.3, 0.99])
    good, bad = teach([backbone("good", "hub"), backbone("bad", "hub")], lesson(tmp_path, 3600))
    assert ("bad", None) not in room.taught
    assert good.status == "trained"
    assert bad.status == "dropped"
    assert bad.reason.startswith("With a head on fixed features, good had reached a macro F1 of 0.90")
    assert bad.fitted is not None


def test_one_that_falls_behind_on_the_way_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Classroom(monkeypatch, good=[0.5, 0.9, 0.9], bad=[0.1, 0.1, 0.1, 0.1])
    good, bad = teach([backbone("good"), backbone("bad")], lesson(tmp_path, 8))
    assert good.status == "trained"
    assert bad.status == "dropped"
    assert bad.fitted is not None
    assert len(bad.fitted.curve) < 4


def test_one_that_fails_costs_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = TrainingError("the loss is no number", "Take a lower rate.")
    Classroom(monkeypatch, broken=broken, good=[0.9])
    at = lesson(tmp_path)
    found = teach([backbone("broken"), backbone("good")], at)
    assert [one.status for one in found] == ["failed", "trained"]
    assert found[0].reason == "the loss is no number."
    assert at.onlooker.notes == ["broken could not learn: the loss is no number."]


def test_where_all_fail_the_first_error_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Classroom(monkeypatch, a=TrainingError("of a", ""), b=TrainingError("of b", ""))
    with pytest.raises(TrainingError, match="of a"):
        teach([backbone("a"), backbone("b")], lesson(tmp_path))


def test_ctrl_c_keeps_what_was_learnt_and_begins_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Classroom(monkeypatch, one=[0.9], two=[0.9])
    monkeypatch.setattr(
        teaching,
        "fit",
        lambda *parts, **how: replace(room(*parts, **how), stopped="It was stopped with Ctrl-C.", interrupted=True),
    )
    found = teach([backbone("one"), backbone("two")], lesson(tmp_path))
    assert [(one.name, one.status) for one in found] == [("one", "stopped"), ("two", "stopped")]
    assert found[1].fitted is None
    assert "not begun" in found[1].reason


def test_a_network_for_which_there_is_no_time_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Classroom(monkeypatch, first=[0.5, 0.6], second=[0.5, 0.6])
    asked = replace(lesson(tmp_path, 100), left_out={"second": "There is no time for it."})
    found = teach([backbone("first", "none"), backbone("second", "none")], asked)
    assert [(one.name, one.status, one.reason) for one in found] == [
        ("first", "trained", ""),
        ("second", "dropped", "There is no time for it."),
    ]
    assert [name for name, _ in room.taught] == ["first"]


def test_where_the_time_is_over_one_network_learns_and_the_others_are_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(monkeypatch, first=[0.5], second=[0.5])
    found = teach([backbone("first", "none"), backbone("second", "none")], lesson(tmp_path, 0.01))
    assert [name for name, _ in room.taught] == ["first"]
    assert (found[1].status, found[1].reason, found[1].fitted) == ("stopped", "There was no time left.", None)


def test_without_a_bound_it_is_told_what_the_epochs_that_are_left_will_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float | None] = []
    monkeypatch.setattr(Onlooker, "epoch", lambda self, name, point, seconds_left: told.append(seconds_left))

    def fit(one: Backbone, *parts: Any, watch: Any, **how: Any) -> FittedModel:
        # A head in 2 s, then 3 s an epoch; the last point is after the last epoch.
        stages = [("head", 0, 2.0), ("fine-tuning", 1, 5.0), ("fine-tuning", 2, 8.0), ("interpolated", 3, 9.0)]
        curve = [EpochPoint(number, stage, at, 1e-3, 1.0, 1.0, None, 0.5, 0.5) for stage, number, at in stages]
        for point in curve:
            watch.epoch(point)
        return FittedModel(one.name, None, ("a", "b"), INPUT, one.weights, tuple(curve), 0, 9.0, np.zeros((400, 2)), "")

    monkeypatch.setattr(teaching, "fit", fit)
    asked = replace(lesson(tmp_path), settings=FitSettings(epochs=6))
    teach([backbone("first", "file")], asked)
    assert told == [None, 15.0, 12.0, 0.0]
    told.clear()
    teach([backbone("first", "file")], lesson(tmp_path / "own"))
    assert told == [None, 21.0, 18.0, 0.0]  # of eight
