"""Fits the weights by which the cause of a drift is told, and writes src/lookoutcv/drift/cause/cause.json.

    python scripts/fit_cause.py --data DIR [--seed 0] [--workers 2]

DIR holds `clothing/validation`, `imagenet-sample` and `daynight/day`, as docs/cards/cause.md says. No picture is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from harness.causes import Case, training  # noqa: E402 - the benchmarks' folder is no package
from harness.corrupted import Measured, Pictures, measure  # noqa: E402
from lookoutcv.drift.cause.classify import CauseModel, mean_shifts  # noqa: E402
from lookoutcv.drift.cause.families import FAMILIES, UNCLEAR  # noqa: E402
from lookoutcv.drift.describe.shifted import normal_scores  # noqa: E402
from lookoutcv.drift.statistics.ranks import pool  # noqa: E402

TARGET = ROOT / "src" / "lookoutcv" / "drift" / "cause" / "cause.json"
# Free of the image's shape and size as far as metrics are. Channels by themselves would only repeat luma and casts.
METRICS = (
    "colour.blue_green",
    "colour.colourfulness",
    "colour.red_green",
    "colour.saturation",
    "compression.blockiness",
    "exposure.bright_clipping",
    "exposure.brightness",
    "exposure.contrast",
    "exposure.dark_clipping",
    "exposure.entropy",
    "haze.dark_channel",
    "noise.sigma",
    "sharpness.blur",
    "sharpness.edge_density",
    "sharpness.high_frequency",
    "sharpness.laplacian",
)
EITHER_WAY = ("colour.red_green", "colour.blue_green")
CLASSES = (*FAMILIES, UNCLEAR)
CLIP, SOFTENING, LEAST_PROBABILITY = 4.0, 0.6, 0.4
# Inverse strength of the penalty on the squares of the weights.
C = 3.0
# Small images too: what a metric is worth depends on the size, and a user's may be thumbnails. With each size, how many
# of the five severities of a kind are measured on each image.
SHORT_SIDES = {32: 5, 64: 5, 128: 4, 400: 2}
CASES = 600

Matrix = np.ndarray[Any, np.dtype[np.float64]]


def main() -> None:
    """Measure, draw cases, fit, write."""
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--data", type=Path, required=True, help="the folder of photographs")
    known.add_argument("--seed", type=int, default=0)
    known.add_argument("--workers", type=int, default=2)
    known.add_argument("--out", type=Path, default=TARGET)
    settings = known.parse_args()
    random = np.random.default_rng(settings.seed)
    cases: list[Case] = []
    for files in sets(settings.data):
        for side, each in SHORT_SIDES.items():
            images: Measured = measure(Pictures(files, side, each), METRICS, settings.seed, settings.workers)
            cases += training(images, CASES, random)
            print(f"{files[0].parent.name}, {len(files)} images, short side {side} px", file=sys.stderr, flush=True)
    weights = fit(np.array([features(case) for case in cases]), [CLASSES.index(case.cause) for case in cases])
    settings.out.write_text(json.dumps(as_json(weights, settings.seed, len(cases)), indent=1) + "\n", "utf-8")


def sets(folder: Path) -> list[list[Path]]:
    """The photographs, set by set; of the ImageNet sample every second one, the others are held out."""
    clothing, imagenet, day = (
        sorted(path for path in (folder / name).rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
        for name in ("clothing/validation", "imagenet-sample", "daynight/day")
    )
    return [clothing, imagenet[0::2], day]


def features(case: Case) -> Matrix:
    """What the shipped code computes of a window."""
    scores = normal_scores(pool(case.baseline, case.window))[len(case.baseline) :]
    return EMPTY.features(mean_shifts(scores))


EMPTY = CauseModel(METRICS, EITHER_WAY, CLASSES, np.empty(0), np.empty(0), CLIP, SOFTENING, LEAST_PROBABILITY)


def fit(patterns: Matrix, classes: list[int]) -> Matrix:
    """Multinomial logistic regression: sum |w|^2 / 2 + C sum cross-entropy, intercepts free.

    Returns:
        (classes, columns + 1), intercepts last.
    """
    rows, columns = patterns.shape
    extended = np.hstack([patterns, np.ones((rows, 1))])
    truth = np.eye(len(CLASSES))[classes]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(len(CLASSES), columns + 1)
        logits = extended @ weights.T
        total = logsumexp(logits, axis=1)
        gradient = C * (np.exp(logits - total[:, None]) - truth).T @ extended
        gradient[:, :columns] += weights[:, :columns]
        value = C * float((total - (logits * truth).sum(axis=1)).sum()) + float((weights[:, :columns] ** 2).sum()) / 2
        return value, gradient.ravel()

    start = np.zeros(len(CLASSES) * (columns + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return np.asarray(found.x).reshape(len(CLASSES), columns + 1)


def as_json(weights: Matrix, seed: int, cases: int) -> dict[str, Any]:
    """What cause.json holds; three digits are more than the fit is worth."""
    columns = [*METRICS, *(f"|{name}|" for name in EITHER_WAY), "intercept"]
    return {
        "about": "Fitted by scripts/fit_cause.py; see docs/cards/cause.md.",
        "seed": seed,
        "cases": cases,
        "clip": CLIP,
        "softening": SOFTENING,
        "least_probability": LEAST_PROBABILITY,
        "metrics": list(METRICS),
        "either_way": list(EITHER_WAY),
        "weights": {
            family: {name: round(float(weight), 3) for name, weight in zip(columns, row, strict=True)}
            for family, row in zip(CLASSES, weights, strict=True)
        },
    }


if __name__ == "__main__":
    main()
