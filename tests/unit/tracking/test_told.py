"""What MLflow is told of a training."""

from __future__ import annotations

import json

from lookoutcv.scores import Confusion
from lookoutcv.tracking.told import (
    confusions_of,
    facts_of,
    figures_of,
    parts_of,
    points_of,
    whole_tags_of,
)
from run_to_draw import RUN


def test_the_cells_of_the_confusion_matrix_are_those_that_are_not_zero() -> None:
    counts = Confusion.of(["a", "a", "b", "c"], ["a", "b", "b", "a"], ["a", "b", "c"])
    told = confusions_of(counts.labels, counts.counts.tolist())
    assert json.loads(json.dumps(told))["cells"] == [
        {"label": "a", "predicted": "a", "images": 1},
        {"label": "a", "predicted": "b", "images": 1},
        {"label": "b", "predicted": "b", "images": 1},
        {"label": "c", "predicted": "a", "images": 1},
    ]


def test_each_figure_of_a_backbone_has_its_part_before_it() -> None:
    best = next(one for one in RUN.candidates if one.name == RUN.best)
    figures = figures_of(best)
    assert best.test is not None
    assert best.validation is not None
    assert figures["test/accuracy"] == best.test.accuracy
    assert figures["validation/accuracy"] == best.validation.accuracy
    assert figures["latency_ms"] == best.latency_ms
    dropped = next(one for one in RUN.candidates if one.status == "dropped")
    assert "test/accuracy" not in figures_of(dropped)
    assert figures_of(dropped)["latency_ms"] is None
    assert facts_of(best)["weights_licence"] == "apache-2.0"


def test_an_epoch_is_told_with_all_that_is_known_of_it() -> None:
    point = RUN.candidates[0].curve[0]
    assert points_of(point)["train_accuracy"] is None
    assert points_of(point)["validation_loss"] == point.validation_loss


def test_the_page_of_a_run_says_which_is_the_best_and_why() -> None:
    assert whole_tags_of(RUN)["mlflow.note.content"].startswith(f"**{RUN.best}**: {RUN.why}\n\n- ")
    assert parts_of(RUN)["test/images"] == 372
    assert parts_of(RUN)["seed"] == RUN.seed
