"""A training run as one ends, made up: what tests of reports draw, and of the lists of runs."""

from __future__ import annotations

import base64
import math
from dataclasses import replace

import numpy as np

from lookoutcv.images.thumbnail import thumbnail
from lookoutcv.results.accuracy.true_accuracy import Mistake
from lookoutcv.results.accuracy.true_detection import ClassPrecision
from lookoutcv.results.data_check import ClassCount, DataCheck, DataFinding
from lookoutcv.results.detection_evaluation import DetectionEvaluation, ImageErrors
from lookoutcv.results.evaluation import ConfidenceCalibration, Evaluation
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.images.wrong_image import WrongImage
from lookoutcv.results.training_run import (
    Candidate,
    EpochPoint,
    PairedDifference,
    PartSummary,
    Score,
    TrainingRun,
    WeightsOrigin,
)
from lookoutcv.scores import (
    Confusion,
    expected_calibration_error,
    mcnemar_p,
    paired_interval,
    reliability,
    wilson_interval,
)

CLASSES = ("dress", "hat", "longsleeve", "outwear", "pants", "shirt", "shoes", "shorts", "skirt", "t-shirt")
BACKBONES = {  # accuracy, milliseconds an image, parameters
    "mobilenetv3_small_100": (0.79, 4.2, 1_528_106),
    "resnet18": (0.81, 19.0, 11_181_642),
    "efficientnet_b0": (0.86, 24.5, 4_020_358),
    "vit_base_patch16_224": (0.87, 231.0, 85_806_346),
}


def picture(seed: int, side_px: int = 96) -> str:
    """A small picture of two colours."""
    rng = np.random.default_rng(seed)
    pixels = np.full((side_px, side_px, 3), rng.integers(60, 220, 3), np.uint8)
    pixels[side_px // 4 : -side_px // 4, side_px // 3 : -side_px // 3] = rng.integers(20, 250, 3)
    return base64.b64encode(thumbnail(pixels)).decode()


def curve(accuracy: float, epochs: int, seconds: float) -> list[EpochPoint]:
    """As networks learn: fast, then slowly, the training images better than the others in the end."""
    points = [EpochPoint(0, "head", seconds * 0.3, 0.0, 0.62, 0.71, None, accuracy - 0.06, accuracy - 0.07)]
    for epoch in range(1, epochs + 1):
        gone = 1 - math.exp(-epoch / (epochs / 3))
        right = accuracy - 0.05 + 0.05 * gone + 0.004 * math.cos(3 * epoch)
        train, held = 0.6 * (1 - gone) + 0.08, 0.7 - 0.22 * gone + 0.002 * epoch
        spent = seconds * (0.3 + 0.7 * epoch / epochs)
        points.append(EpochPoint(epoch, "fine-tuning", spent, 1e-3, train, held, right + 0.08, right, right - 0.01))
    return points


def evaluation(
    classes: tuple[str, ...] = CLASSES, images: int = 372, accuracy: float = 0.85, errors: int = 12
) -> Evaluation:
    """Of a classifier whose mistakes are mostly with the next class."""
    rng = np.random.default_rng(7)
    truth = rng.permutation(np.arange(images) % len(classes))
    right = rng.random(images) < accuracy
    other = (truth + np.where(rng.random(images) < 0.7, 1, rng.integers(1, max(2, len(classes)), images))) % len(
        classes
    )
    predicted = np.where(right, truth, other)
    right = predicted == truth
    confidence = np.where(right, rng.uniform(0.6, 1, images), rng.uniform(0.3, 0.99, images))
    counts = Confusion.of([classes[i] for i in truth], [classes[i] for i in predicted], classes)
    bins = reliability(confidence, right)
    surest = sorted(np.flatnonzero(~right), key=lambda i: -confidence[i])[:errors]
    return Evaluation(
        model="runs/wardrobe/model.onnx",
        sha256="0f" * 32,
        images=images,
        accuracy=float(right.mean()),
        top_k={k: min(1.0, float(right.mean()) + 0.05 * i) for i, k in enumerate((1, 2, 3, 5)) if k <= len(classes)},
        macro_f1=counts.macro_f1,
        classes=counts.classes,
        mistakes=[Mistake(*one) for one in counts.largest_mistakes()],
        labels=list(counts.labels),
        confusion=counts.counts.tolist(),
        calibration=ConfidenceCalibration(float(confidence.mean()), expected_calibration_error(bins), 0.24, 0.58, bins),
        low=wilson_interval(int(right.sum()), images)[0],
        high=wilson_interval(int(right.sum()), images)[1],
        confident_errors=[
            WrongImage(
                f"{classes[truth[i]]}/{1000 + int(i)}.jpg",
                classes[truth[i]],
                classes[predicted[i]],
                float(confidence[i]),
                picture(int(i)),
            )
            for i in surest
        ],
    )


def score(accuracy: float, images: int) -> Score:
    """On so many images."""
    hits = round(accuracy * images)
    return Score(images, hits / images, *wilson_interval(hits, images), hits / images - 0.01, 0.04)


def candidate(name: str) -> Candidate:
    """One that was trained to its end."""
    accuracy, latency, parameters = BACKBONES[name]
    rng = np.random.default_rng(parameters)
    right = rng.random(372) < accuracy - 0.01
    return Candidate(
        name=name,
        status="trained",
        weights=WeightsOrigin("hub", f"timm/{name}.in1k", "ab" * 32, "apache-2.0"),
        parameters=parameters,
        input_px=224,
        curve=curve(accuracy, 8, 60 * latency / 20),
        best_epoch=7,
        seconds=60 * latency / 20,
        size_bytes=4 * parameters,
        latency_ms=latency,
        latency_of="onnxruntime, 1 thread",
        validation=score(accuracy, 68),
        test=score(float(right.mean()), 372),
        test_right="".join("01"[int(one)] for one in right),
    )


def difference(better: str, worse: str, first: int, second: int, images: int = 372) -> PairedDifference:
    """Of two candidates, from the images that part them."""
    low, high = paired_interval(first, second, images)
    return PairedDifference(
        better, worse, (first - second) / images, low, high, mcnemar_p(first, second), first, second
    )


CHECK = DataCheck(
    source="wardrobe.zip",
    images=713,
    classes=[
        ClassCount(name, 40 + 7 * i, unreadable=int(i == 3), copies=int(i in (1, 4))) for i, name in enumerate(CLASSES)
    ],
    findings=[
        DataFinding("imbalance", "medium", "hat has 40 images, t-shirt 103.", "Add photographs of hat."),
        DataFinding("duplicates", "low", "2 images are copies of others.", "Keep each once."),
    ],
    sizes={"short": [120.0, 180.0, 400.0, 800.0, 900.0], "long": [160.0, 240.0, 534.0, 1200.0, 1600.0]},
    quality={"luma.mean": [12.0, 60.0, 120.0, 190.0, 240.0]},
    duplicates=Duplicates(exact=[["hat/1.jpg", "hat/1 (copy).jpg"]], images=1, searched=713),
    suspicious=[ImageExample("pants/77.jpg", 0.91, ["looks like shorts"], picture(3))],
    unusual=[ImageExample("shoes/9.jpg", 4.0, ["very dark"], picture(4))],
    skipped=[Skipped("outwear/broken.jpg", "truncated")],
    skipped_count=1,
    notes=["A folder named __MACOSX was left out."],
)

RUN = TrainingRun(
    name="wardrobe",
    created="2026-11-21T07:31:02Z",
    tool="lookoutcv 0.4.0",
    data="wardrobe.zip",
    classes=list(CLASSES),
    parts=[
        PartSummary("train", 273, 260, dict.fromkeys(CLASSES, 27), "11" * 32),
        PartSummary("validation", 68, 66, dict.fromkeys(CLASSES, 7), "22" * 32),
        PartSummary("test", 372, 350, dict.fromkeys(CLASSES, 37), "33" * 32),
    ],
    division=["Drawn with seed 0, class by class; copies of one image are in one part."],
    candidates=[
        candidate("mobilenetv3_small_100"),
        replace(
            candidate("resnet18"),
            status="dropped",
            reason="After 3 epochs it was 6 points behind efficientnet_b0.",
            test=None,
            test_right="",
            size_bytes=None,
            latency_ms=None,
            latency_of="",
        ),
        candidate("efficientnet_b0"),
        replace(candidate("vit_base_patch16_224"), notes=["The batch was halved to 16: memory was short."]),
    ],
    best="efficientnet_b0",
    why=(
        "efficientnet_b0: its macro F1 on the 68 validation images, 0.847, is within one standard error of the "
        "highest, 0.859 of vit_base_patch16_224, and it takes 24 ms an image, not 231 ms. On the 372 test images it is "
        "right more often than mobilenetv3_small_100 (by 6.7 points, 95% interval 2.8 to 10.9), beyond chance. Its "
        "difference from vit_base_patch16_224 can be chance."
    ),
    differences=[
        difference("efficientnet_b0", "mobilenetv3_small_100", 40, 15),
        difference("vit_base_patch16_224", "efficientnet_b0", 14, 11),
    ],
    evaluation=evaluation(),
    check=CHECK,
    settings={
        "models": list(BACKBONES),
        "epochs": 8,
        "batch_size": 32,
        "budget": "10m",
        "augment": "light",
        "weights": "auto",
    },
    seed=0,
    device="cpu, 2 threads",
    seconds=511.0,
    versions={"torch": "2.13.0", "timm": "1.0.31", "numpy": "2.4.1"},
    notes=["Nothing was lost."],
)
# As few as there can be: one backbone, from scratch, with nothing to score it on.
SMALL_RUN = TrainingRun(
    name="two",
    created="2026-11-22T08:00:00Z",
    tool="lookoutcv 0.4.0",
    data="shapes",
    classes=["circle", "square"],
    parts=[PartSummary("train", 20, 20, {"circle": 10, "square": 10}, "44" * 32)],
    division=[],
    candidates=[Candidate("test_vit", "stopped", "You stopped it.", WeightsOrigin("none"), 370_000, 32, seconds=3.0)],
    best="test_vit",
    why="test_vit is the only model that was trained.",
    differences=[],
    evaluation=None,
    check=None,
)
DETECTION = DetectionEvaluation(
    "yolo.onnx",
    "ab" * 32,
    120,
    300,
    0.512,
    0.734,
    [
        ClassPrecision("car", 0.8, 0.6, 0.82, 0.74, 0.41, 0.9, 200, 260),
        ClassPrecision("person", 0.6, 0.42, 0.7, 0.6, None, 0.8, 100, 140),
    ],
    [ImageErrors(f"{i}.jpg", 5, 2, i, 3.2, picture(i)) for i in range(3)],
    unlabelled=3,
    never_true={"fox": 2},
)
