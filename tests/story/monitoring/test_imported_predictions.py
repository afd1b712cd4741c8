"""A model that runs elsewhere: its predictions come in files, a file for the baseline and one for each window."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import ConfigError
from marked_pictures import SIDE, Marked, finder, marked

HOW: dict[str, Any] = {"workers": 1, "thumbnails": False, "metrics": "exposure"}


def answers(source: Marked, path: Path) -> Path:
    """What a detector said of the pictures, elsewhere."""
    rows = []
    for ref in source.refs:
        found = finder(ref.picture)
        for box, label, sure in zip(found.boxes.tolist(), found.labels, found.confidences.tolist(), strict=True):
            rows.append([f"cam/{ref.id}", label, sure, *box])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["path", "label", "confidence", "x1", "y1", "x2", "y2"], *rows])
    return path


def test_a_detector_elsewhere_is_monitored_as_one_that_is_run(tmp_path: Path) -> None:
    good, dark = marked(150), marked(100, seed=5, light=0.62)
    base = lo.baseline(good, predictions=answers(good, tmp_path / "b.csv"), model_name="plant detector", **HOW)
    base = lo.Baseline.load(base.save(tmp_path / "b.parquet"))
    assert base.model is not None
    assert (base.model.name, base.model.imported) == ("plant detector", True)
    report = lo.monitor(dark, baseline=base, predictions=answers(dark, tmp_path / "w.csv"), **HOW)
    asked = lo.monitor(
        dark,
        baseline=lo.baseline(good, model=finder, card={"task": "detection", "labels": ["plum", "tomato"]}, **HOW),
        model=finder,
        card={"task": "detection", "labels": ["plum", "tomato"]},
        **HOW,
    )
    assert report.severity == asked.severity == "high"
    assert report.accuracy is not None
    assert asked.accuracy is not None
    told, other = report.accuracy.detection.window, asked.accuracy.detection.window
    assert told.map == pytest.approx(other.map)
    assert any("no prediction" in note and "nothing was found" in note for note in report.notes)
    with pytest.raises(ConfigError, match=r"another detector \(detection\) is not the model"):
        lo.monitor(dark, baseline=base, predictions=tmp_path / "w.csv", model_name="another detector", **HOW)
    alone = lo.monitor(dark, baseline=base, **HOW)
    assert any("give predictions=FILE to compare" in note for note in alone.notes)


def test_evaluation_of_predictions(tmp_path: Path) -> None:
    source = marked(60, light=0.62)
    path = answers(source, tmp_path / "p.csv")
    found = lo.evaluate(None, source, predictions=path)
    assert isinstance(found, lo.DetectionEvaluation)
    expected = lo.evaluate(finder, source, card={"task": "detection", "labels": ["plum", "tomato"]})
    assert isinstance(expected, lo.DetectionEvaluation)
    assert (found.map, found.images) == (pytest.approx(expected.map), expected.images)
    with pytest.raises(ConfigError, match="one of them answers"):
        lo.evaluate(finder, source, predictions=path)
    with pytest.raises(ConfigError, match="nobody to evaluate"):
        lo.evaluate(None, source)
    with pytest.raises(ConfigError, match="model_name tells of predictions"):
        lo.evaluate(finder, source, model_name="a")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(2)
    for label in ("day", "night"):
        (tmp_path / "val" / label).mkdir(parents=True)
        for number in range(60):
            pixels = rng.integers(0, 90, (SIDE, SIDE, 3)) + (120 if label == "day" else 0)
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "val" / label / f"{label}{number}.png")
    return tmp_path


Written = Callable[[str, float], Path]


@pytest.fixture
def written(folder: Path) -> Written:
    """Predictions of a classifier of which so many are right; the last image has none."""

    def write(name: str, right: float) -> Path:
        rng, rows = np.random.default_rng(3), []
        for path in sorted((folder / "val").rglob("*.png"))[:-1]:
            label = path.parent.name
            said = label if rng.random() < right else {"day": "night", "night": "day"}[label]
            rows.append({"image": path.name, "label": said, "confidence": round(float(rng.uniform(0.6, 1)), 3)})
        place = folder / name
        place.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return place

    return write


def test_a_classifier_elsewhere_from_the_command_line(
    folder: Path, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    good, worse = written("good.jsonl", 0.95), written("worse.jsonl", 0.7)
    val, base = str(folder / "val"), str(folder / "b.parquet")
    assert main(["evaluate", val, "--predictions", str(good)]) == 0
    out = capsys.readouterr().out
    assert "of 119 labelled images" in out
    assert "Left out: 1 image without a prediction." in out
    assert main(["baseline", val, "-o", base, "--predictions", str(good), "--model-name", "v1", "--workers", "1"]) == 0
    assert capsys.readouterr().out.count("1 image has no prediction") == 1
    told = folder / "r.json"
    assert main(["monitor", val, "-b", base, "--predictions", str(worse), "-o", str(told), "--workers", "1"]) == 0
    capsys.readouterr()
    report = lo.load(told)
    assert isinstance(report, lo.DriftReport)
    assert report.accuracy is not None
    assert report.accuracy.change.fell is True
    assert any("no prediction" in note for note in report.notes)
    records = folder / "records.parquet"
    assert main(["measure", val, "-o", str(records), "--predictions", str(good), "--workers", "1"]) == 0
    rows = lo.load(records)
    assert isinstance(rows, lo.Records)
    assert rows.table.column("prediction").null_count == 1
    capsys.readouterr()
    (folder / "other.csv").write_text("id,label\nx.png,day\n", encoding="utf-8")
    assert main(["monitor", val, "-b", base, "--predictions", str(folder / "other.csv")]) == 2
    assert "no image is in" in capsys.readouterr().err
    (folder / "bad.csv").write_text("name,label\nx.png,day\n", encoding="utf-8")
    assert main(["monitor", val, "-b", base, "--predictions", str(folder / "bad.csv")]) == 1
    assert "it names no image" in capsys.readouterr().err
    assert main(["evaluate", val]) == 2
    capsys.readouterr()


def test_a_class_that_one_file_never_names(folder: Path) -> None:
    """Labels are those that a model was seen to answer: an unnamed one is a mistake, not a stranger."""
    rows = "".join(f"{path.name},night\n" for path in sorted((folder / "val").rglob("*.png")))
    (folder / "p.csv").write_text(f"id,label\n{rows}", encoding="utf-8")
    found = lo.evaluate(None, folder / "val", predictions=folder / "p.csv")
    assert isinstance(found, lo.Evaluation)
    assert (found.accuracy, found.images, found.unknown_labels) == (0.5, 120, {})


def of_confidence(path: Path, names: list[str], worse: float = 0.0) -> Path:
    """A model that is right as often as it says; the worse it is, the less sure."""
    rng = np.random.default_rng(len(names))
    lines = ["id,label,confidence"]
    for name in names:
        label = name.split("/")[0]
        sure = max(0.5, rng.uniform(0.5, 1) - worse * rng.uniform(0, 0.5))
        said = label if rng.random() < sure else {"day": "night", "night": "day"}[label]
        lines.append(f"{name},{said},{sure:.4f}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 small pictures in folders a class, and the same 400 without labels."""
    root, rng = tmp_path_factory.mktemp("many"), np.random.default_rng(4)
    for number in range(400):
        label = ("day", "night")[number % 2]
        picture = Image.fromarray(rng.integers(0, 255, (8, 8, 3), dtype=np.uint8))
        for place in (root / "val" / label, root / "today"):
            place.mkdir(parents=True, exist_ok=True)
            picture.save(place / f"{label}{number}.png")
    return root


def test_confidences_alone_estimate_the_accuracy(many: Path, tmp_path: Path) -> None:
    names = sorted(path.relative_to(many / "val").as_posix() for path in (many / "val").rglob("*.png"))
    good, worse = of_confidence(tmp_path / "b.csv", names), of_confidence(tmp_path / "w.csv", names, worse=1)
    base = lo.baseline(many / "val", predictions=good, model_name="v1", **HOW)
    base = lo.Baseline.load(base.save(tmp_path / "b.parquet"))
    assert base.calibration is not None
    assert base.calibration.softening is None
    assert base.calibration.perturbation is None
    for report in (
        lo.monitor(many / "today", baseline=base, predictions=worse, **HOW),
        lo.compare(base, lo.measure(many / "today", predictions=worse, model_name="v1", **HOW)),
    ):
        assert report.accuracy is not None
        told = report.accuracy.estimated
        assert report.accuracy.measured is None
        assert told.impact is True
        assert told.baseline_accuracy == pytest.approx(0.75, abs=0.06)
        right = [line.split("/")[0] == line.split(",")[1] for line in worse.read_text().splitlines()[1:]]
        assert told.low < np.mean(right) < told.high
        assert set(told.methods) == {"cbpe", "atc", "doc"}
        assert "with the scores of all classes it would be surer" in told.assumption
    for path in (many / "today").iterdir():
        (tmp_path / "dark").mkdir(exist_ok=True)
        Image.open(path).point(lambda level: level // 3).save(tmp_path / "dark" / path.name)
    dark = lo.monitor(tmp_path / "dark", baseline=base, predictions=good, **HOW)
    assert dark.accuracy is not None
    assert "confidences alone do not tell" in dark.accuracy.estimated.reason
    same = lo.monitor(many / "today", baseline=base, predictions=good, **HOW)
    assert same.accuracy is not None
    assert same.accuracy.estimated.impact is False


def test_confidences_do_where_a_class_is_never_answered(many: Path, tmp_path: Path) -> None:
    """A window without one of the classes: scores would have another order, confidences have none."""
    names = sorted(path.relative_to(many / "val").as_posix() for path in (many / "val").rglob("*.png"))
    good = of_confidence(tmp_path / "b.csv", names)
    one = tmp_path / "w.csv"
    one.write_text("id,label,confidence\n" + "".join(f"{name},day,0.9\n" for name in names), encoding="utf-8")
    base = lo.baseline(many / "val", predictions=good, model_name="v1", **HOW)
    report = lo.monitor(many / "today", baseline=base, predictions=one, **HOW)
    assert report.accuracy is not None
    assert report.accuracy.estimated.estimate == pytest.approx(0.92, abs=0.06)
