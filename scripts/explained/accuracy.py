"""The picture of a model's accuracy without labels: estimates with their intervals, and what labels say."""

from __future__ import annotations

import numpy as np

import lookoutcv as lo
from explained.canvas import AFTER, INK, LOW, MUTED, Canvas, scale
from explained.scenes import Scenes
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.demo.photographs import SUBJECTS, Pixels

CARD = {"labels": list(SUBJECTS), "head": "logits"}
CASES = (
    ("unchanged", "", 0),
    ("darker", "darken", 3),
    ("hazy", "haze", 3),
    ("colour cast", "colour_cast", 4),
    ("low contrast", "flatten", 3),
    ("noise", "noise", 5),
)


class ColourModel:
    """A small classifier: multinomial regression on the colours of a 2 x 2 grid, fitted with plain gradient steps.

    It is good on photographs like those it has seen, and suffers from light and colour, as real models do.
    """

    def __init__(self, scenes: Scenes) -> None:
        folder = scenes.place("model-train", 240, 101)
        paths = sorted(folder.rglob("*.jpg"))
        features = np.stack([self.features(lo.read(path).pixels) for path in paths])
        truth = np.array([SUBJECTS.index(path.parent.name) for path in paths])
        self.centre, self.spread = features.mean(axis=0), features.std(axis=0) + 1e-6
        standardised = (features - self.centre) / self.spread
        self.weights = np.zeros((standardised.shape[1], len(SUBJECTS)))
        one_hot = np.eye(len(SUBJECTS))[truth]
        for _ in range(200):
            scores = np.exp(standardised @ self.weights)
            scores /= scores.sum(axis=1, keepdims=True)
            self.weights += 0.3 * (standardised.T @ (one_hot - scores) / len(standardised) - 0.02 * self.weights)

    @staticmethod
    def features(pixels: Pixels) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Mean colours of a 2 x 2 grid."""
        side = 2 * (min(pixels.shape[:2]) // 2)
        cells = pixels[:side, :side].reshape(2, side // 2, 2, side // 2, 3)
        return np.asarray(cells.mean(axis=(1, 3)).ravel() / 255, np.float64)

    def __call__(self, pixels: Pixels) -> list[float]:
        standardised = (self.features(pixels) - self.centre) / self.spread
        return [float(one) for one in standardised @ self.weights]


def accuracy(scenes: Scenes) -> str:
    """Six windows: the estimate without labels with its 90% interval, and the accuracy that labels give."""
    model = ColourModel(scenes)
    base = lo.baseline(scenes.place("model-val", 400, 102), model=model, card=CARD, cache=False, workers=1)
    picture = Canvas(
        720,
        350,
        "Six windows: accuracy estimated without labels with 90% intervals, and the accuracy counted with labels.",
    )
    picture.text(24, 28, "What the report estimates without labels, and what labels say", bold=True)
    across = scale(0, 1, 190, 690)
    for row, (name, kind, level) in enumerate(CASES):
        y = 86 + 36 * row
        folder = scenes.place(
            f"model-{kind or 'same'}",
            200,
            110 + row,
            (lambda p, k=kind, s=level: CORRUPTIONS[k](p, s)) if kind else None,
        )
        report = lo.monitor(
            [str(path) for path in sorted(folder.rglob("*.jpg"))],
            baseline=base,
            model=model,
            card=CARD,
            cache=False,
            workers=1,
        )
        evaluation = lo.evaluate(model, folder, card=CARD)
        estimate = report.accuracy.estimated if report.accuracy is not None else None
        assert estimate is not None
        assert None not in (estimate.low, estimate.high, estimate.estimate)
        picture.text(24, y + 4, name)
        colour = AFTER if estimate.status == "reliable" else LOW
        picture.line(across(estimate.low), y, across(estimate.high), y, colour, width=7)
        picture.box(across(estimate.estimate) - 2, y - 9, 4, 18, colour)
        picture.dot(across(evaluation.accuracy), y, INK, 5, hollow=True)
    legend = ((24, AFTER, "estimate and 90% interval"), (234, LOW, "the same, called unreliable"))
    for x, colour, words in legend:
        picture.box(x, 43, 24, 7, colour)
        picture.text(x + 30, 51, words, size=12, colour=MUTED)
    picture.dot(464, 47, INK, 5, hollow=True)
    picture.text(476, 51, "counted with labels", size=12, colour=MUTED)
    picture.axis(across, 298, (0, 0.2, 0.4, 0.6, 0.8, 1), "share of right answers")
    return picture.svg()
