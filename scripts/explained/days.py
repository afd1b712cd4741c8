"""The picture of ordinary days that differ."""

from __future__ import annotations

import numpy as np

import lookoutcv as lo
from explained.canvas import AFTER, BEFORE, INK, MUTED, SEVERITY, Canvas, scale
from explained.scenes import BRIGHTNESS, Scenes, values
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.demo.photographs import Pixels


def days(scenes: Scenes) -> str:
    """Twelve ordinary days, an ordinary one more, and a bad one; judged with and without --batch-by."""
    random = np.random.default_rng(4)
    lights = np.clip(random.normal(1, 0.10, 14), 0.75, 1.2)
    names = [f"day-{number:02}" for number in range(1, 13)]
    for number, name in enumerate(names):
        _day(scenes, name, 20 + number, lights[number])
    _day(scenes, "ordinary", 40, lights[:12].min() * 1.02)
    scenes.place("bad", 60, 41, lambda pixels: CORRUPTIONS["darken"](CORRUPTIONS["defocus"](pixels, 1), 3))
    known = lo.baseline(str(scenes.folder / "days"), batch_by="folder", cache=False, workers=1)
    unordered = lo.baseline(str(scenes.folder / "days"), cache=False, workers=1)
    picture = Canvas(
        720,
        350,
        "Brightness of twelve days, an ordinary day and a bad one, and the verdicts with and without --batch-by.",
    )
    picture.text(24, 28, "Each dot is an image, each bar the mean of a day", bold=True)
    up = scale(0, 0.8, 230, 44)
    means = []
    for place, name in enumerate([*names, "ordinary", "bad"]):
        folder = scenes.folder / ("days/" + name if name in names else name)
        brightness = values(lo.measure(folder, cache=False, workers=1), BRIGHTNESS)
        x = 60 + 36 * place + (50 if place == 12 else 120 if place == 13 else 0)
        colour = BEFORE if name in names else AFTER
        for value in brightness[:40]:
            picture.dot(x + random.uniform(-8, 8), up(value), colour, 1.6)
        picture.line(x - 12, up(brightness.mean()), x + 12, up(brightness.mean()), INK, width=3)
        means.append(brightness.mean())
        picture.text(
            x,
            248,
            str(place + 1) if name in names else {"ordinary": "another", "bad": "a bad"}[name],
            size=11,
            colour=MUTED,
            anchor="middle",
        )
        if name not in names:
            picture.text(
                x, 262, "ordinary day" if name == "ordinary" else "day", size=11, colour=MUTED, anchor="middle"
            )
            for row, (known_as, base) in enumerate((("unordered baseline", unordered), ("--batch-by folder", known))):
                report = lo.monitor(folder, baseline=base, cache=False, workers=1)
                words = f"drift ({report.severity})" if report.overall_drift_detected else "no drift"
                picture.text(
                    x, 290 + 22 * row, words, size=12, colour=SEVERITY[report.severity], anchor="middle", bold=True
                )
                if name == "ordinary":
                    picture.text(x - 130, 290 + 22 * row, known_as, size=12, anchor="end")
    picture.box(48, up(max(means[:12])), 420, up(min(means[:12])) - up(max(means[:12])), BEFORE, opacity=0.15)
    picture.text(48, 262, "twelve days when all was well (shaded: between their means)", size=11, colour=MUTED)
    picture.text(
        24,
        340,
        "The means of ordinary days lie farther apart than chance within one day explains.",
        size=12,
        colour=MUTED,
    )
    return picture.svg()


def _day(scenes: Scenes, name: str, seed: int, light: float) -> None:
    target = name if name == "ordinary" else f"days/{name}"

    def lit(pixels: Pixels) -> Pixels:
        return np.asarray(np.clip(pixels.astype(np.float32) * light, 0, 255), np.uint8)

    scenes.place(target, 60, seed, lit)
