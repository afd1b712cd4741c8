"""The picture of ranks instead of values."""

from __future__ import annotations

import numpy as np

from explained.canvas import AFTER, BEFORE, MUTED, Canvas, scale, signed
from explained.scenes import SHARPNESS, Scenes, corrupted, values
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool_column


def ranks(scenes: Scenes) -> str:
    """The same images by value and by rank; one of the window's is full of noise."""
    before = values(scenes.records("ranks-before", 24, 1), SHARPNESS)
    after = values(scenes.records("ranks-after", 23, 2, corrupted("defocus", 1)), SHARPNESS)
    noisy = values(scenes.records("ranks-noisy", 1, 5, corrupted("noise", 5)), SHARPNESS)
    after = np.concatenate([after, noisy])
    effect = effects(pool_column(before, after)).location
    means = before.mean(), after.mean()
    picture = Canvas(
        720, 330, "The same 48 sharpness values as they are and as ranks. By value one noisy image hides all others."
    )
    picture.text(24, 30, "By value: one image full of noise hides the others", bold=True)
    top = float(np.ceil(noisy[0] / 1000) * 1000)
    across = scale(0, top, 36, 690)
    for y, side, colour, name in ((70, before, BEFORE, "baseline"), (112, after, AFTER, "window")):
        picture.swarm(side, across, y, colour, 2.6)
        picture.line(across(side.mean()), y - 16, across(side.mean()), y + 7, colour, width=2)
        picture.text(across(side.mean()) + 6, y - 9, f"mean of the {name}: {side.mean():.0f}", size=11, colour=colour)
    picture.axis(across, 128, np.linspace(0, top, 5), "sharpness (variance of the Laplacian, grey levels²)", "{:,.0f}")
    words = "sharper" if means[1] > means[0] else "less sharp"
    picture.text(24, 184, f"By mean the window looks {words}: {means[0]:.0f} before, {means[1]:.0f} now.", colour=MUTED)
    picture.text(24, 218, "By rank: the noisy image has one place among 48, as every other", bold=True)
    order = np.argsort(np.argsort(np.concatenate([before, after])))
    across = scale(0, 47, 36, 690)
    for place, rank in enumerate(order):
        in_window = place >= len(before)
        picture.dot(across(rank), 262 if in_window else 244, AFTER if in_window else BEFORE, 4)
    picture.line(36, 272, 690, 272, MUTED)
    picture.text(36, 289, "least sharp", size=11, colour=MUTED)
    picture.text(690, 289, "sharpest", size=11, colour=MUTED, anchor="end")
    lower, shown = (1 - effect) / 2, signed(effect)
    words = f"In {100 * lower:.0f} of 100 pairs of one image of each side, the window's is less sharp: effect {shown}."
    picture.text(24, 316, words, colour=MUTED)
    return picture.svg()
