"""The picture of severity."""

from __future__ import annotations

from itertools import pairwise

import lookoutcv as lo
from explained.canvas import MUTED, SEVERITY, Canvas, scale
from explained.scenes import Scenes, corrupted, view
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.severity import effect_lower_bound


def severity(scenes: Scenes) -> str:
    """Effects with what the data make sure of, on the scale of severities."""
    good = scenes.records("good", 600, 1)
    cases = [("darken", 1, 300), ("darken", 2, 300), ("defocus", 2, 30), ("defocus", 2, 300)]
    picture = Canvas(720, 400, "Four windows: their largest effect, the part of it that is sure, and the severity.")
    across = scale(0, 1, 250, 690)
    ends = (0, DEFAULT.medium_effect, DEFAULT.high_effect, 1)
    for (low, high), name in zip(pairwise(ends), ("low", "medium", "high"), strict=True):
        picture.box(across(low), 34, across(high) - across(low), 306, SEVERITY[name], opacity=0.1)
        picture.text(across((low + high) / 2), 26, name, bold=True, colour=SEVERITY[name], anchor="middle")
    picture.photograph(24, 40, view(scenes.folder / "good"), 62)
    picture.text(92, 74, "baseline, 600 images", size=12, colour=MUTED)
    for row, (kind, level, images) in enumerate(cases):
        name = f"severity-{kind}-{level}-{images}"
        report = lo.compare(good, scenes.records(name, images, 31, corrupted(kind, level)))
        sure = effect_lower_bound(report.effect, 600, images)
        y = 110 + 58 * row
        picture.photograph(24, y - 2, view(scenes.folder / name), 52)
        words = {"darken": "darker", "defocus": "out of focus"}[kind]
        picture.text(86, y + 18, f"{words}, step {level} of 5", size=13)
        picture.text(86, y + 36, f"{images} images", size=12, colour=MUTED)
        colour = SEVERITY[report.severity]
        picture.line(across(sure), y + 24, across(report.effect), y + 24, colour, width=3)
        picture.dot(across(report.effect), y + 24, colour, 6, hollow=True)
        picture.box(across(sure) - 2, y + 12, 4, 24, colour)
    picture.axis(across, 342, (0, DEFAULT.medium_effect, DEFAULT.high_effect, 1), "size of the largest effect")
    picture.text(
        24,
        392,
        "Circle: the effect seen. Bar: what the number of images makes sure of (95%); the bar decides.",
        size=12,
        colour=MUTED,
    )
    return picture.svg()
