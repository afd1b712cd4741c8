"""The picture of causes."""

from __future__ import annotations

import lookoutcv as lo
from explained.canvas import AFTER, MUTED, PANEL, RULE, Canvas
from explained.scenes import Scenes, corrupted, view
from lookoutcv.drift.rules.policy import DEFAULT

MOVES = {
    "sharpness.high_frequency": "fine detail",
    "sharpness.blur": "blur",
    "noise.sigma": "noise",
    "exposure.brightness": "brightness",
    "exposure.contrast": "contrast",
    "haze.dark_channel": "haze",
    "colour.saturation": "saturation",
    "compression.blockiness": "JPEG blocks",
}


def cause(scenes: Scenes) -> str:
    """How each fault moves the metrics in its own way, and what is answered."""
    good = scenes.records("good", 600, 1)
    picture = Canvas(
        720,
        490,
        "Five faults, each with the direction in which eight metrics moved, and the cause that the report names.",
    )
    width = 44
    for place, words in enumerate(MOVES.values()):
        picture.text(140 + width * (place + 0.5), 34 + 13 * (place % 2), words, size=11, colour=MUTED, anchor="middle")
    picture.text(510, 34, "the report's answer", size=12, colour=MUTED)
    for row, (kind, level) in enumerate((("defocus", 2), ("noise", 3), ("haze", 3), ("darken", 3), ("jpeg", 4))):
        name = f"cause-{kind}"
        report = lo.compare(good, scenes.records(name, 100, 51, corrupted(kind, level)))
        effect = {one.name: one.location_effect for one in report.metrics}
        y = 62 + 80 * row
        picture.box(16, y - 4, 688, 74, PANEL)
        picture.photograph(24, y, view(scenes.folder / name, "cat"), 66)
        picture.line(140, y + 33, 140 + width * len(MOVES), y + 33)
        for place, metric in enumerate(MOVES):
            size = 30 * effect[metric]
            colour = AFTER if abs(effect[metric]) >= DEFAULT.min_effect else RULE
            picture.box(140 + width * place + 12, y + 33 - max(size, 0), 20, abs(size), colour)
        assert report.cause is not None
        best = report.cause.candidates[:2]
        picture.text(510, y + 28, best[0].family if report.cause.family != "unclear" else "unclear", bold=True)
        words = ", ".join(f"{one.family} {100 * one.probability:.0f}%" for one in best)
        picture.text(510, y + 46, words, size=12, colour=MUTED)
    picture.text(
        16,
        478,
        "Bars up: the metric rose against the baseline; down: it fell; at most by an effect of 1.",
        size=12,
        colour=MUTED,
    )
    return picture.svg()
