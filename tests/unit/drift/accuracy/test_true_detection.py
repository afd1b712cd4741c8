"""How good a detector was on both sides, where people marked the objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.accuracy.true_detection import LEAST_MARKED, true_detection
from lookoutcv.predictions import Detections
from lookoutcv.records.prediction_columns import OBJECTS, PREDICTION_COLUMNS, TRUTH, object_rows
from lookoutcv.results.accuracy.true_detection import DetectionSide, TrueDetection
from lookoutcv.scores import score_detections

LABELS = ("tomato", "plum")
Rows = list[tuple[Detections | None, Detections | None]]


def pictures(count: int, quality: float, seed: int = 0, labels: tuple[str, ...] = LABELS) -> Rows:
    """Images with about four objects each, of which this share is found."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(count):
        number = int(rng.integers(2, 7))
        corners = rng.uniform(0, 80, (number, 2))
        boxes = np.hstack([corners, corners + rng.uniform(8, 20, (number, 2))])
        names = rng.choice(labels, number).tolist()
        kept = rng.random(number) < quality
        said = boxes[kept] + rng.normal(0, 0.5, (int(kept.sum()), 4))
        sure = rng.uniform(0.3, 1, len(said))
        found.append(
            (
                Detections.of(boxes, names, np.ones(number)),
                Detections.of(said, [n for n, k in zip(names, kept, strict=True) if k], sure),
            )
        )
    return found


def table(rows: Rows) -> pa.Table:
    columns = {
        name: pa.array(
            [None if row[i] is None else object_rows(row[i]) for row in rows], PREDICTION_COLUMNS.field(name).type
        )
        for i, name in ((0, TRUTH), (1, OBJECTS))
    }
    return pa.table({"id": [str(i) for i in range(len(rows))], **columns})


def of(before: Rows, after: Rows, **more: Any) -> TrueDetection:
    found = true_detection(table(before), table(after), LABELS, **more)
    assert found is not None
    return found


def noise(side: DetectionSide) -> float:
    """The standard error that its interval comes from."""
    return (side.high - side.low) / (2 * 1.645)


def test_both_sides_stand_side_by_side() -> None:
    before, after = pictures(200, 0.9), pictures(150, 0.6, seed=1)
    found = of(before, after)
    assert found.baseline is not None
    for side, rows in ((found.baseline, before), (found.window, after)):
        true, said = zip(*rows, strict=True)
        # The table holds float32, as the objects do.
        expected = score_detections(true, said)
        assert (side.map, side.map50) == (expected.map, expected.map50)
        assert 0 < noise(side) < 0.05
    assert found.change is not None
    assert (found.change.measure, found.change.fell, found.change.images, found.change.classes) == ("mAP", True, 150, 2)
    assert found.change.low < found.change.drop < found.change.high
    assert found.window.low < found.window.map < found.window.high
    assert [one.label for one in found.window.classes] == sorted(
        LABELS, key=lambda name: -next(c.objects for c in found.window.classes if c.label == name)
    )


def test_the_standard_error_is_that_of_repeated_windows() -> None:
    windows = [of(pictures(5, 0.9), pictures(60, 0.7, seed=100 + i)).window for i in range(30)]
    spread = float(np.std([one.map for one in windows], ddof=1))
    assert float(np.mean([noise(one) for one in windows])) == pytest.approx(spread, rel=0.4)


def test_no_loss_is_told_where_there_is_none() -> None:
    fell = [
        found.change is not None and found.change.fell
        for found in (of(pictures(150, 0.8, seed=i), pictures(80, 0.8, seed=500 + i)) for i in range(20))
    ]
    assert sum(fell) <= 2, "one in a hundred by chance"


def test_only_classes_of_both_sides_are_compared() -> None:
    before, after = pictures(100, 0.9), pictures(100, 0.9, seed=1, labels=("tomato",))
    found = of(before, after)
    assert found.change is not None
    assert found.baseline is not None
    assert found.change.classes == 1
    (tomato,) = [one for one in found.baseline.classes if one.label == "tomato"]
    assert found.change.before == tomato.ap
    assert of(pictures(100, 0.9, labels=("plum",)), after).change is None


def test_a_side_without_marks() -> None:
    marked = pictures(60, 0.8)
    bare: Rows = [(None, said) for _, said in marked]
    assert true_detection(table(marked), table(bare), LABELS) is None
    alone = of(bare, marked)
    assert (alone.baseline, alone.change) == (None, None)
    unasked: Rows = [(true, None) for true, _ in marked]
    assert true_detection(table(marked), table(unasked), LABELS) is None
    old = table(marked).drop_columns([TRUTH])
    assert true_detection(old, old, LABELS) is None
    assert of(bare[:3] + marked, marked[:40] + bare).window.images == 40


def test_images_without_objects_count_and_boxes_there_are_wrong() -> None:
    good = pictures(60, 1.0)
    empty: Rows = [(Detections.none(), Detections.of([[0, 0, 5, 5]], ["tomato"], [0.99]))] * 30
    found = of(good, good + empty)
    assert found.window.images == 90
    assert found.change is not None
    assert found.change.drop > 0.02
    nothing: Rows = [(Detections.none(), Detections.none())] * 50
    assert true_detection(table(good), table(nothing), LABELS) is None, "no object, no precision"


def test_too_little_gives_figures_and_no_verdict() -> None:
    few = pictures(LEAST_MARKED - 1, 0.2)
    found = of(pictures(100, 0.9), few)
    assert found.change is None
    assert found.window.images == LEAST_MARKED - 1


def test_labels_of_something_else_are_none() -> None:
    strange = pictures(50, 0.9, labels=("fox", "owl"))
    assert true_detection(table(strange), table(strange), LABELS) is None
    mixed = of(pictures(50, 0.9), pictures(50, 0.9, labels=("Tomato", "tomato", "fox")))
    assert mixed.window.left_out > 0
    assert [one.label for one in mixed.window.classes] == ["tomato"]
    opened = of(pictures(50, 0.9), pictures(50, 0.9, labels=("Tomato", "tomato", "fox")), open=True)
    assert "fox" in [one.label for one in opened.window.classes]


def test_large_samples_are_drawn_from_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pictures(200, 0.7)
    whole = noise(of(rows, rows).window)
    monkeypatch.setattr("lookoutcv.drift.accuracy.true_detection._MOST_DRAWN", 50)
    assert noise(of(rows, rows).window) == pytest.approx(whole, rel=0.4)
