"""The picture of fixed limits."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from PIL import Image

import lookoutcv as lo
from explained.canvas import AFTER, BEFORE, HIGH, MUTED, Canvas, scale, signed
from explained.scenes import BRIGHTNESS, Scenes, drawn, values
from lookoutcv.demo.photographs import Pixels
from lookoutcv.drift.rules.policy import DEFAULT


def limits(scenes: Scenes) -> str:
    """A fixed limit on mean brightness: silent at a steady camera, noisy at a varied one."""
    limit = DEFAULT.brightness_shift
    random = np.random.default_rng(3)
    steady = [_steady(random, 1.0) for _ in range(120)]
    dimmed = [_steady(random, 0.93) for _ in range(60)]
    before, after = (lo.measure(side, cache=False, workers=1) for side in (steady, dimmed))
    report, fixed = lo.compare(before, after), lo.compare(before, after, policy="fixed")
    shifts, alarms = _unchanged(scenes, random)
    beyond = sum(abs(shift) > limit for shift in shifts)
    picture = Canvas(
        720, 360, "A fixed limit misses a change at a steady camera and alarms without one at a varied camera."
    )
    picture.text(24, 28, "A steady camera, and a lamp that loses 7%", bold=True)
    picture.photograph(24, 40, cv2.resize(steady[0], (72, 72)), 72)
    picture.photograph(102, 40, cv2.resize(dimmed[0], (72, 72)), 72)
    left = [values(side, BRIGHTNESS) for side in (before, after)]
    centre = float(left[0].mean())
    across = scale(-0.1, 0.1, 24, 336)
    for y, side, colour in ((190, left[0], BEFORE), (240, left[1], AFTER)):
        picture.swarm(side[:60] - centre, across, y, colour, 1.8)
    _limits_axis(picture, across, 252, limit)
    by_ranks = f"drift, effect {signed(report.metrics[0].effect)}" if report.overall_drift_detected else "no drift"
    moved = left[1].mean() - centre
    picture.text(24, 308, f"Brightness moved by {signed(moved, '+.3f')}; {_apart(left)}", size=12, colour=MUTED)
    picture.text(
        24,
        326,
        f"Limit of {limit:g}: {'drift' if fixed.overall_drift_detected else 'nothing'}. By ranks: {by_ranks}.",
        size=12,
    )
    picture.line(360, 20, 360, 340)
    picture.text(384, 28, "A camera at all hours, and nothing changed", bold=True)
    for place, path in enumerate(sorted((scenes.folder / "hours" / "coffee").iterdir())[:4]):
        picture.photograph(384 + 78 * place, 40, cv2.resize(lo.read(path).pixels, (72, 72)), 72)
    across = scale(-0.1, 0.1, 384, 696)
    for shift in shifts:
        y = 240 - 110 * random.random()
        picture.dot(across(shift), y, AFTER if abs(shift) > limit else BEFORE, 2.6)
    _limits_axis(picture, across, 252, limit)
    picture.text(384, 308, "Each dot: mean brightness of 30 unchanged images.", size=12, colour=MUTED)
    picture.text(384, 326, f"Of 200 windows the fixed limit calls {beyond} drift, ranks {alarms}.", size=12)
    return picture.svg()


def _unchanged(scenes: Scenes, random: np.random.Generator) -> tuple[list[float], int]:
    """Shifts of mean brightness of 200 windows of unchanged images, and how many our rule calls drift."""
    light = np.random.default_rng(9)
    hours = scenes.records("hours", 600, 8, lambda p: np.asarray(p * light.uniform(0.15, 1), np.uint8))
    brightness, shifts, alarms = values(hours, BRIGHTNESS), list[float](), 0
    for number in range(200):
        rows = random.permutation(600)
        before, after = rows[:400], rows[400:430]
        shifts.append(float(brightness[after].mean() - brightness[before].mean()))
        report = lo.compare(drawn(hours, before, "before"), drawn(hours, after, f"window {number}"))
        alarms += bool(report.overall_drift_detected)
    return shifts, alarms


def _limits_axis(picture: Canvas, across: Any, y: float, limit: float) -> None:
    for end in (-limit, limit):
        picture.line(across(end), 120, across(end), y, HIGH, width=1.5, dash="4 3")
    picture.axis(across, y, (-0.1, -0.05, 0, 0.05, 0.1), "shift of brightness; dashed: the fixed limit", "{:+.2f}")


def _apart(sides: list[Any]) -> str:
    return "all darker than before." if sides[1].max() < sides[0].min() else "some overlap."


def _steady(random: np.random.Generator, lamp: float) -> Pixels:
    """A view of one scene by a fixed camera."""
    picture = _shipped("coffee")
    side = min(picture.shape[:2])
    small = cv2.resize(picture[:side, :side], (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32)
    exposed = small * lamp * random.normal(1, 0.006) + random.normal(0, 1.5, small.shape)
    return np.asarray(np.clip(exposed, 0, 255), np.uint8)


def _shipped(name: str) -> Pixels:
    with Image.open(str(files("lookoutcv.demo").joinpath("pictures", f"{name}.jpg"))) as picture:
        return np.asarray(picture.convert("RGB"))
