"""The picture of p-value and effect together."""

from __future__ import annotations

from typing import Any

import numpy as np

import lookoutcv as lo
from explained.canvas import HIGH, LOW, MUTED, NONE, Canvas, scale
from explained.scenes import BRIGHTNESS, Scenes, corrupted, drawn

FAULTS = (
    ("darker", "darken", 1, 40),
    ("warmer", "colour_cast", 1, 100),
    ("flatter", "flatten", 2, 30),
    ("noise", "noise", 1, 30),
)


def certainty(scenes: Scenes) -> str:
    """Windows by effect and p-value: what is chance, what is real but too small, what is drift."""
    good = scenes.records("good", 600, 1)
    random = np.random.default_rng(7)
    points: list[tuple[str, Any, str, bool]] = []
    for number in range(12):
        rows = random.permutation(600)
        report = lo.compare(drawn(good, rows[:400], "a"), drawn(good, rows[400:500], f"w{number}"))
        points.append(("", report, NONE, False))
    for words, kind, level, images in FAULTS:
        window = scenes.records(f"{kind}-{level}-{images}", images, 11, corrupted(kind, level))
        points.append((f"{words}, {images} images", lo.compare(good, window), HIGH, True))
    points.append(("brightness + 0.04 sd, 20,000 images", _tiny(good, random), LOW, True))
    picture = Canvas(
        720,
        400,
        "Windows by effect and p-value. Drift is only where the p-value is at most 1% and the effect at least 0.10.",
    )
    across, up = scale(0, 1, 70, 690), scale(0, 15, 330, 40)
    picture.box(across(0.1), 30, across(1) - across(0.1), up(2) - 30, HIGH, opacity=0.07)
    picture.box(across(0), 30, across(0.1) - across(0), up(2) - 30, LOW, opacity=0.16)
    picture.box(across(0), up(2), across(1) - across(0), 330 - up(2), NONE, opacity=0.08)
    picture.line(across(0.1), 30, across(0.1), 330, MUTED, dash="4 3")
    picture.line(70, up(2), 690, up(2), MUTED, dash="4 3")
    picture.text(680, up(2) - 10, "drift: not chance, and large enough to matter", bold=True, colour=HIGH, anchor="end")
    picture.text(680, up(2) + 25, "12 windows of 100 unchanged images: chance explains them", colour=NONE, anchor="end")
    for tick, words in ((0, "1"), (2, "1%"), (5, "0.001%"), (10, "1e−10"), (15, "1e−15")):
        picture.text(62, up(tick) + 4, words, size=11, colour=MUTED, anchor="end")
    picture.text(24, 22, "p-value: could it be chance?", size=12, colour=MUTED)
    picture.axis(across, 330, (0, 0.1, 0.2, 0.4, 0.6, 0.8, 1), "largest effect: how far did a metric move?")
    for name, report, colour, named in points:
        x, y = across(report.effect), up(-np.log10(max(report.p_value, 1e-15)))
        picture.dot(x, y, colour, 5)
        if named:
            low = colour == LOW
            end = x > 520
            picture.text(
                x - 9 if end else x + 9,
                y + (20 if y < 60 and not low else 4),
                name,
                size=12,
                anchor="end" if end else "start",
            )
    picture.text(
        70,
        388,
        "Left of 0.10 and above 1%: a change that is real, and too small to act on. It is named, and is no drift.",
        size=12,
        colour=MUTED,
    )
    return picture.svg()


def _tiny(good: lo.Records, random: np.random.Generator) -> lo.DriftReport:
    """A window of 20,000 rows whose brightness moved by 0.04 standard deviations."""
    many = drawn(good, random.integers(0, 600, 20_000), "many")
    moved = drawn(good, random.integers(0, 600, 20_000), "moved")
    metric = moved.table.column(BRIGHTNESS).to_numpy()
    place = moved.table.schema.get_field_index(BRIGHTNESS)
    jitter = random.normal(0, 0.05 * metric.std(), (2, 20_000))
    table = moved.table.set_column(
        place, moved.table.schema.field(BRIGHTNESS), [(metric + jitter[0] + 0.04 * metric.std()).astype(np.float32)]
    )
    other = many.table.set_column(
        place,
        many.table.schema.field(BRIGHTNESS),
        [(many.table.column(BRIGHTNESS).to_numpy() + jitter[1]).astype(np.float32)],
    )
    return lo.compare(lo.Records("many", other, 20_000), lo.Records("moved", table, 20_000))
