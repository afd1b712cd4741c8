"""A model goes with the images: from a baseline that knows its answers to a report on what became of them."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.drift.predictions.output_columns import images_only
from lookoutcv.errors import ConfigError, InferenceFailed
from lookoutcv.predictions import Classification, Detections, Embedding, Segmentation
from tiny_models import onnx_classifier, onnx_constant

Run = Callable[..., tuple[int, str, str]]
LABELS = ("red", "green", "blue")
CARD = {"labels": list(LABELS)}
SOURCE = """
import numpy as np
from lookoutcv.predictions import Classification

def colour(pixels):
    means = pixels.reshape(-1, 3).mean(axis=0) / 16
    shares = np.exp(means - means.max())
    return Classification.of_scores(shares / shares.sum(), ["red", "green", "blue"])

def shouting(pixels):
    return Classification.of_scores([0.98, 0.01, 0.01], ["red", "green", "blue"])
"""


def softmax(values: Any) -> Any:
    powers = np.exp(values - np.max(values))
    return powers / powers.sum()


def colour(pixels: Any) -> Classification:
    """Sure of the strongest channel, but not blindly."""
    return Classification.of_scores(softmax(pixels.reshape(-1, 3).mean(axis=0) / 16), LABELS)


def images(count: int, seed: int, share: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)) -> list[Any]:
    """Grey noise with one channel a little stronger: which one is hardly seen in any metric of brightness."""
    rng = np.random.default_rng(seed)
    made = []
    for channel in rng.choice(3, count, p=share):
        pixels = rng.normal(120, 22, (10, 12, 3)) + rng.normal(0, 6, 3)
        pixels[..., channel] += 14
        made.append(np.clip(pixels, 0, 255).astype(np.uint8))
    return made


def labelled(folder: Path, count: int, seed: int) -> Path:
    """A folder a class; an image is of each class as often as the model thinks."""
    rng = np.random.default_rng(seed + 1000)
    for i, pixels in enumerate(images(count, seed)):
        scores = np.asarray(colour(pixels).scores, np.float64)
        label = str(rng.choice(LABELS, p=scores / scores.sum()))
        (folder / label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / label / f"{i:04}.png")
    return folder


def shouting(_: Any) -> Classification:
    """Always the same."""
    return Classification.of_scores([0.99, 0.005, 0.005], LABELS)


def silent(_: Any) -> Classification:
    """Nothing that is a number."""
    return Classification.of_scores([math.nan] * 3, LABELS)


def otherwise(pixels: Any) -> Classification:
    """The same pixels, other answers: a model that was retrained badly."""
    found = colour(pixels)
    assert found.scores is not None
    return Classification.of_scores(softmax(np.log(found.scores + 1e-6) + np.array([3.0, 0, 0])), LABELS)


@pytest.fixture
def lookout(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def base() -> lo.Baseline:
    return lo.baseline(images(400, 1), model=colour, card=CARD, workers=1, thumbnails=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    (root / "colour.py").write_text(SOURCE)
    labelled(root / "val", 360, 2)
    labelled(root / "today", 150, 3)
    return root


def watch(window: Any, base: Any, **options: Any) -> lo.DriftReport:
    options = {"model": colour, "card": CARD, "workers": 1, "thumbnails": False, **options}
    return lo.monitor(window, baseline=base, **options)


def test_the_same_kind_of_images_is_no_drift_of_either(base: lo.Baseline) -> None:
    report = watch(images(150, 5), base)
    assert report.overall_drift_detected is False
    assert report.outputs is not None
    assert report.outputs.drift_detected is False
    assert report.outputs.p_value > 0.01
    assert report.accuracy is None or report.accuracy.estimated.estimate is None, "no labels, no estimate"
    assert any("half of alpha each" in note for note in report.notes)


def test_other_answers_to_the_same_pixels_are_drift(base: lo.Baseline) -> None:
    report = watch(images(150, 5), base, model=otherwise, other_model=True)
    assert report.overall_drift_detected is True
    assert report.p_value is not None
    assert report.p_value > 0.01
    assert report.outputs is not None
    assert report.outputs.classes.changes["red"] > 0.2
    assert report.summary.startswith("Drift of the model's answers; the images alone show none.")
    assert "More often red" in report.summary
    assert report.severity != "none"


def test_another_model_is_refused_unless_asked(base: lo.Baseline) -> None:
    with pytest.raises(ConfigError, match=r"otherwise \(classification\) is not the model .* other_model=True"):
        watch(images(60, 5), base, model=otherwise)
    with pytest.raises(ConfigError, match=r"another task or other labels|not the model"):
        watch(images(60, 5), base, card={"labels": list(reversed(LABELS))})
    report = watch(images(60, 5), base, model=otherwise, other_model=True)
    assert any("they may differ for that alone" in note for note in report.notes)


def test_a_side_without_answers_is_named(base: lo.Baseline) -> None:
    bare = lo.baseline(images(60, 1), workers=1, thumbnails=False)
    report = watch(images(60, 5), bare)
    assert report.outputs is None
    assert any("holds no answers to compare with" in note for note in report.notes)
    report = watch(images(60, 5), base, model=None, card=None)
    assert report.outputs is None
    assert any("holds the answers of colour; give model=MODEL" in note for note in report.notes)


def test_fixed_limits_on_confidence_and_classes_apply(base: lo.Baseline) -> None:
    same = watch(images(400, 5), base, policy="fixed")
    assert same.overall_drift_detected is False
    assert not any("did not apply" in note for note in same.notes)
    assert same.outputs is not None
    assert (same.outputs.drift_detected, same.outputs.p_value) == (False, None)
    assert same.outputs.classes.limit == lo.Policy().class_distance
    text = " ".join(str(lo.render(same, format="html")).split())
    assert "No drift of the answers." in text
    assert "; the policy allows 0.150" in text
    report = watch(images(400, 5), base, policy="fixed", model=otherwise, other_model=True)
    assert report.overall_drift_detected is True
    assert report.outputs is not None
    assert any("class distribution shifted" in note for note in report.outputs.notes)
    assert report.summary.startswith("Drift of the model's answers; the images alone show none.")


def test_labels_measure_the_accuracy_and_calibrate_the_estimate(world: Path, tmp_path: Path, lookout: Run) -> None:
    model, file = f"{world / 'colour.py'}:colour", tmp_path / "b.parquet"
    card = ("--set", "labels=[red, green, blue]", "--workers", 1)
    code, out, err = lookout("baseline", world / "val", "-o", file, "--model", model, *card)
    assert code == 0, err
    assert "of 360 labelled images" in out
    known = lo.Baseline.load(file)
    assert known.calibration is not None
    assert 0.4 < known.calibration.accuracy < 0.7
    code, out, _ = lookout("monitor", world / "today", "-b", file, "--model", model, *card)
    assert code == 0
    assert "Measured accuracy" in out
    assert "Estimated accuracy" in out
    code, out, _ = lookout("monitor", world / "today", "-b", file, "--model", model, *card, "--no-inference")
    assert code == 0
    assert "Measured accuracy" not in out
    assert "give --model MODEL to compare them too" in " ".join(out.split())
    told = tmp_path / "report.json"
    unlabelled = sorted((world / "today").rglob("*.png"))
    report = lo.monitor(unlabelled, baseline=file, model=model, card=CARD, workers=1)
    lo.render(report, told)
    accuracy = json.loads(told.read_text())["accuracy"]
    assert accuracy["measured"] is None
    assert accuracy["estimated"]["status"] == "reliable", accuracy
    truth = lo.evaluate(model, world / "today", card=CARD).accuracy
    assert accuracy["estimated"]["low"] <= truth <= accuracy["estimated"]["high"]
    assert "estimated without labels" in report.summary


def test_another_function_of_the_same_file_is_another_model(world: Path, tmp_path: Path, lookout: Run) -> None:
    file, card = tmp_path / "b.parquet", ("--set", "labels=[red, green, blue]", "--workers", 1)
    lookout("baseline", world / "today", "-o", file, "--model", f"{world / 'colour.py'}:colour", *card)
    words = ("monitor", world / "today", "-b", file, "--model", f"{world / 'colour.py'}:shouting", *card)
    code, _, err = lookout(*words)
    assert code == 2
    assert "not the model" in err or "another task or other labels" in err
    code, out, _ = lookout(*words, "--other-model", "--fail-on", "low")
    assert code == 3
    assert "No longer answered" in out or "More often red" in out


def test_an_onnx_model_from_baseline_to_report(tmp_path: Path) -> None:
    model = onnx_classifier(tmp_path / "net.onnx")
    card = {**CARD, "head": "softmax"}
    known = lo.baseline(images(200, 1), model=model, card=card, workers=1)
    assert known.model is not None
    assert known.model.sha256 is not None
    assert watch(images(80, 2), known, model=str(model), card=card).overall_drift_detected is False
    blue = watch(images(80, 2, (0.05, 0.05, 0.9)), known, model=model, card=card)
    assert blue.outputs is not None
    assert blue.outputs.drift_detected is True
    assert "More often blue" in blue.summary
    other = onnx_classifier(tmp_path / "other.onnx", bias=1.0)
    with pytest.raises(ConfigError, match="not the model"):
        watch(images(60, 2), known, model=other, card=card)
    constant = onnx_constant(tmp_path / "flat.onnx", [np.array([[0.2, 0.5, 0.3]], np.float32)], size=8)
    flat = lo.baseline(images(60, 1), model=constant, card=card, workers=1)
    assert watch(images(60, 2), flat, model=constant, card=card).overall_drift_detected is False


def test_groups_share_alpha_with_the_answers() -> None:
    def day(seed: int, level: int) -> list[Any]:
        return [np.clip(one.astype(int) + level, 0, 255).astype(np.uint8) for one in images(60, seed)]

    base = lo.baseline(day(1, 0) + day(2, 0), model=colour, card=CARD, workers=1, thumbnails=False)
    window = day(3, 0) + day(4, 9)
    plain, grouped = watch(window, base), watch(window, base, group_by="size")
    alone = watch(window, base, model=None, card=None, group_by="size")
    assert plain.outputs is not None
    assert grouped.outputs is not None
    assert grouped.outputs.p_value == plain.outputs.p_value
    # Half of the images' half is for the groups: what was doubled is doubled again.
    assert plain.p_value is not None
    assert grouped.p_value == pytest.approx(min(1.0, 2 * plain.p_value))
    assert alone.groups[0].adjusted_p_value is not None
    assert grouped.groups[0].adjusted_p_value == pytest.approx(min(1.0, 2 * alone.groups[0].adjusted_p_value))
    assert grouped.groups[0].adjusted_p_value == pytest.approx(min(1.0, 4 * (grouped.groups[0].p_value or 0)))


def test_days_that_differ_in_their_classes_are_batches(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    for day in range(8):
        share = rng.dirichlet([6, 6, 6])
        for i, pixels in enumerate(images(40, 20 + day, tuple(share))):
            (tmp_path / "val" / f"day-{day}").mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / "val" / f"day-{day}" / f"{i:03}.png")
    base = lo.baseline(tmp_path / "val", batch_by="folder", model=colour, card=CARD, workers=1, thumbnails=False)
    ordinary = watch(images(40, 50, (0.45, 0.3, 0.25)), base)
    assert ordinary.outputs is not None
    assert ordinary.outputs.drift_detected is False
    assert ordinary.outputs.classes.p_value is None, "the scores decide: classes differ from day to day"
    assert any("8 batches" in note for note in ordinary.outputs.notes)
    wrong = watch(images(40, 51), base, model=shouting, other_model=True)
    assert wrong.outputs is not None
    assert wrong.outputs.drift_detected is True


def detector(count: float, shift: float = 0.0) -> Callable[[Any], Detections]:
    def found(pixels: Any) -> Detections:
        rng = np.random.default_rng(int(pixels.astype(np.int64).sum()))
        boxes = [[x + shift, y, x + shift + 3, y + 3] for x, y in rng.uniform(0, 6, (int(rng.poisson(count)), 2))]
        labels = rng.choice(["car", "person"], len(boxes))
        return Detections.of(np.reshape(boxes, (-1, 4)), [*labels], rng.uniform(0.4, 1, len(boxes)))

    return found


def segmenter(level: int) -> Callable[[Any], Segmentation]:
    def found(pixels: Any) -> Segmentation:
        return Segmentation((pixels[..., 0] > level).astype(np.uint8), ("background", "cat"))

    return found


def embedder(offset: float) -> Callable[[Any], Embedding]:
    def found(pixels: Any) -> Embedding:
        rng = np.random.default_rng(int(pixels.astype(np.int64).sum()))
        return Embedding((rng.normal(size=12) + offset).astype(np.float32))

    return found


TASKS = {
    "detection": (detector(3), detector(6), {}, "objects"),
    "a camera that was moved": (detector(3), detector(3, shift=3), {}, "right"),
    "segmentation": (segmenter(120), segmenter(140), {"labels": ["background", "cat"]}, "emptier|cat"),
    "embedding": (embedder(0), embedder(0.7), {}, ""),
}


@pytest.mark.parametrize("task", TASKS)
def test_other_tasks_from_baseline_to_report(task: str, tmp_path: Path) -> None:
    before, after, card, said = TASKS[task]
    base = lo.baseline(images(250, 1), model=before, card=card, workers=1, thumbnails=False)
    file = base.save(tmp_path / "b.parquet")
    same = watch(images(120, 2), file, model=before, card=card)
    assert same.overall_drift_detected is False, same.outputs
    report = watch(images(120, 2), file, model=after, card=card, other_model=True)
    assert report.outputs is not None
    assert report.outputs.drift_detected is True
    assert report.accuracy is None
    texts = " ".join(one.text for one in report.outputs.metrics if one.severity != "none")
    assert not said or any(word in texts for word in said.split("|")), texts
    again = tmp_path / "report.json"
    lo.render(report, again)
    assert "The model's answers" in html.unescape(lo.render(lo.load(again), format="html"))


def test_detections_of_no_object_are_answers_too() -> None:
    base = lo.baseline(images(100, 1), model=lambda _: Detections.none(), workers=1)
    report = watch(images(60, 2), base, model=detector(2), card=None, other_model=True)
    assert report.outputs is not None
    assert report.outputs.drift_detected is True
    assert watch(images(60, 2), base, model=lambda _: Detections.none(), card=None).overall_drift_detected is False


def test_records_measured_with_a_model_serve_as_both_sides(tmp_path: Path) -> None:
    before, after = tmp_path / "before.parquet", tmp_path / "after.parquet"
    lo.measure(images(200, 1), model=colour, card=CARD, output=before, workers=1)
    lo.measure(images(100, 2, (0.9, 0.05, 0.05)), model=colour, card=CARD, output=after, workers=1)
    base = lo.baseline(before)
    assert base.model is not None
    assert base.model.labels == LABELS
    report = lo.monitor(after, baseline=base)
    assert report.outputs is not None
    assert report.outputs.drift_detected is True
    assert any(one.name == "score.red" for one in report.outputs.metrics)
    assert not any("give model" in note for note in report.notes)
    direct = watch(images(100, 2, (0.9, 0.05, 0.05)), lo.baseline(images(200, 1), model=colour, card=CARD, workers=1))
    assert direct.outputs == report.outputs
    assert lo.compare(before, after).outputs == report.outputs
    lo.measure(images(60, 2), model=otherwise, card=CARD, output=after, workers=1)
    with pytest.raises(ConfigError, match="not the model"):
        lo.monitor(after, baseline=base)


def test_a_model_that_raises_ends_the_run_with_its_name(
    base: lo.Baseline, world: Path, lookout: Run, tmp_path: Path
) -> None:
    (tmp_path / "bad.py").write_text(
        "def bad(pixels):\n    if pixels.shape[0] == 10:\n        1 / 0\n    return [1.0, 0.0, 0.0]\n"
    )
    code, _, err = lookout(
        "baseline", world / "today", "-o", tmp_path / "b.parquet", "--model", f"{tmp_path}/bad.py:bad"
    )
    assert code == 1
    assert "bad.py:bad failed on an image of shape (10, 12, 3) (ZeroDivisionError" in err
    assert not (tmp_path / "b.parquet").exists()

    def colour(pixels: Any) -> Any:  # the baseline's own name
        raise ValueError("no")

    with pytest.raises((InferenceFailed, ConfigError)):
        watch(images(40, 1), base, model=colour)


def test_scores_that_stop_being_numbers_are_drift(base: lo.Baseline) -> None:
    def half(pixels: Any) -> Classification:
        found = colour(pixels)
        return Classification.of_scores([math.nan] * 3, LABELS) if int(pixels.sum()) % 2 else found

    report = watch(images(150, 5), base, model=half, other_model=True)
    assert report.outputs is not None
    assert report.outputs.drift_detected is True
    assert re.search(r"For \d\d% of images there is no \w+ of the answers", report.summary)
    nothing = watch(images(60, 5), base, model=silent, other_model=True)
    assert nothing.overall_drift_detected is True
    assert nothing.outputs is not None
    assert nothing.outputs.notes == ["The model gave no number for any image of the window."]
    json.dumps(json.loads(lo.render(nothing, format="json")), allow_nan=False)


def test_a_thousand_classes_with_labels_that_come_twice() -> None:
    labels = [f"class {i // 2}" for i in range(1000)]

    def model(peak: float) -> Callable[[Any], Classification]:
        def found(pixels: Any) -> Classification:
            rng = np.random.default_rng(int(pixels.astype(np.int64).sum()))
            return Classification.of_scores(softmax(peak * rng.normal(size=1000)), labels)

        return found

    base = lo.baseline(images(200, 1), model=model(3), card={"labels": labels}, workers=1, thumbnails=False)
    same = watch(images(100, 2), base, model=model(3), card={"labels": labels})
    assert same.overall_drift_detected is False
    surer = watch(images(100, 2), base, model=model(6), card={"labels": labels}, other_model=True)
    assert surer.outputs is not None
    assert surer.outputs.drift_detected is True
    assert "Images are answered more" in surer.summary
    assert "More often class" not in surer.summary, "single classes are chance here"
    assert len(lo.render(surer, format="html")) < 1_000_000


def test_the_baselines_own_check_and_pictures_are_of_its_images(base: lo.Baseline) -> None:
    bare = lo.baseline(images(400, 1), workers=1, thumbnails=False)
    assert base.check == bare.check
    assert [one.id for one in base.typical] == [one.id for one in bare.typical]
    assert images_only(base.profile).histograms.keys() == bare.profile.histograms.keys()
