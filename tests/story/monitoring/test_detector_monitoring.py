"""A detector in production, with the objects of some images marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.predictions import TrueObjects
from marked_pictures import CARD, Marked, MarkedRef, finder, marked

HOW = {"model": finder, "card": CARD, "workers": 1, "thumbnails": False, "metrics": "exposure"}


@pytest.fixture(scope="module")
def known() -> lo.Baseline:
    return lo.baseline(marked(200), **HOW)


def test_in_the_dark_the_report_says_what_it_costs(known: lo.Baseline, tmp_path: Path) -> None:
    known = lo.Baseline.load(known.save(tmp_path / "b.parquet"))
    report = lo.monitor(marked(120, seed=5, light=0.62), baseline=known, **HOW)
    assert (report.overall_drift_detected, report.severity) == (True, "high")
    assert report.accuracy is not None
    told = report.accuracy.detection
    assert told.baseline.map > 0.9
    assert 0.3 < told.window.map < 0.8
    change = report.accuracy.change
    assert change.fell
    assert change.low < change.drop < change.high
    assert "points of mAP the model loses, measured on labelled images" in report.notes[0]
    assert "mean average precision (mAP) is 0." in report.summary
    lo.render(report, tmp_path / "r.json")
    again = lo.load(tmp_path / "r.json")
    assert isinstance(again, lo.DriftReport)
    assert again.accuracy == report.accuracy
    for form in ("html", "terminal", "markdown"):
        page = lo.render(again, format=form)
        assert "Detection, by marked objects" in page
        assert "AP before" in page


def test_other_labels_without_drift_are_told(known: lo.Baseline) -> None:
    """The same pictures and answers as ever: a fifth of the objects is now called otherwise."""
    rng, other = np.random.default_rng(0), {"tomato": "plum", "plum": "tomato"}
    refs = []
    for ref in marked(150, seed=7).refs:
        assert ref.objects is not None
        labels = [other[name] if rng.random() < 0.2 else name for name in ref.objects.labels]
        refs.append(MarkedRef(ref.id, ref.picture, TrueObjects.of(ref.objects.boxes, labels)))
    report = lo.monitor(Marked(refs), baseline=known, **HOW)
    assert (report.overall_drift_detected, report.severity) == (False, "none")
    assert "no drift explains: mAP" in report.notes[0]


def test_a_good_day_and_one_without_marks(known: lo.Baseline) -> None:
    good = lo.monitor(marked(100, seed=9), baseline=known, **HOW)
    assert good.overall_drift_detected is False
    assert good.accuracy is not None
    assert good.accuracy.change.fell is False
    assert not any("no drift explains" in note for note in good.notes)
    bare = lo.monitor(marked(100, seed=9, unmarked=100), baseline=known, **HOW)
    assert bare.accuracy is None


def test_two_sets_compared_at_once() -> None:
    report = lo.compare(marked(80), marked(80, seed=2, light=0.62), **HOW)
    assert report.accuracy is not None
    assert report.accuracy.detection.baseline.images == 80
    records = [
        lo.measure(source, **{k: v for k, v in HOW.items() if k != "thumbnails"})
        for source in (marked(80), marked(80, seed=2, light=0.62))
    ]
    assert lo.compare(*records).accuracy == report.accuracy


def changed(source: Marked, objects: Any) -> Marked:
    return Marked([MarkedRef(ref.id, ref.picture, objects(ref)) for ref in source.refs])


@pytest.mark.parametrize(
    "objects",
    [
        lambda ref: TrueObjects.none(),
        lambda ref: TrueObjects.of([[5, 5, 5, 9]], ["tomato"]),
        lambda ref: TrueObjects.of([[900, 900, 990, 990]], ["tomato"]),
        lambda ref: TrueObjects.of([[1, 1, 9, 9]], ["fox"]),
        lambda ref: TrueObjects.of([[1, 1, 9, 9]], ["tomato"], crowd=[True]),
    ],
    ids=["empty", "without area", "outside", "other classes", "crowds"],
)
def test_a_window_without_objects_to_find_has_no_precision(known: lo.Baseline, objects: Any) -> None:
    report = lo.monitor(changed(marked(60, seed=3), objects), baseline=known, **HOW)
    assert report.overall_drift_detected is False
    assert report.accuracy is None
    assert "Detection, by marked objects" not in lo.render(report, format="html")


def test_pictures_without_anything(known: lo.Baseline) -> None:
    """Nothing is there, nothing is marked, nothing is found."""
    plain = Marked([MarkedRef(ref.id, ref.picture // 3 + 60, TrueObjects.none()) for ref in marked(60, seed=4).refs])
    report = lo.monitor(plain, baseline=known, **HOW)
    assert report.overall_drift_detected is True
    assert report.accuracy is None


def test_a_model_that_finds_nothing_has_lost_it_all(known: lo.Baseline) -> None:
    report = lo.monitor(marked(80, seed=6, light=0.3), baseline=known, **HOW)
    assert report.accuracy is not None
    assert report.accuracy.detection.window.map == 0
    assert report.accuracy.change.fell is True
    assert report.severity == "high"
