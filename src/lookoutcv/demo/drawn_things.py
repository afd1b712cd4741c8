"""Small drawings, each class in many poses, sizes and colours: to learn from where there are no photographs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Points = np.ndarray[Any, np.dtype[np.float64]]
Colour = tuple[int, int, int]

# Drawn larger and reduced, so that edges are smooth at any angle.
_DRAWN_PX = 256


def drawing(name: str, random: np.random.Generator, side_px: int = 96) -> Pixels:
    """A drawing of a class.

    Args:
        name: One of `SHAPES` or `THINGS`.
        random: Decides pose, size, colours and noise.
        side_px: Of the picture.
    Returns:
        (side_px, side_px, 3) uint8 RGB.
    Example:
        >>> drawing("circle", np.random.default_rng(0), 32).shape
        (32, 32, 3)
    """
    ground, ink = _colours(random)
    canvas = np.empty((_DRAWN_PX, _DRAWN_PX, 3), np.uint8)
    canvas[:] = ground
    for points, tint in {**SHAPES, **THINGS}[name]():
        cv2.fillPoly(canvas, [_placed(points)], tuple(int(c * tint) for c in ink), cv2.LINE_AA)
    turned = _posed(canvas, ground, random)
    small = cv2.resize(turned, (side_px, side_px), interpolation=cv2.INTER_AREA).astype(np.float32)
    noisy: Pixels = np.clip(small + random.normal(0, 4, small.shape), 0, 255).astype(np.uint8)
    return noisy


def _colours(random: np.random.Generator) -> tuple[Colour, Colour]:
    """Light paper and a dark ink."""
    ground, ink = random.integers(190, 256, 3), random.integers(0, 120, 3)
    return (int(ground[0]), int(ground[1]), int(ground[2])), (int(ink[0]), int(ink[1]), int(ink[2]))


def _placed(points: Points) -> Any:
    """Points of the unit square, -1 to 1 with y upwards, on the canvas."""
    half = _DRAWN_PX / 2
    return np.rint(np.column_stack((points[:, 0], -points[:, 1])) * half * 0.7 + half).astype(np.int32)


def _posed(canvas: Pixels, ground: Colour, random: np.random.Generator) -> Any:
    middle = _DRAWN_PX / 2
    turn = cv2.getRotationMatrix2D((middle, middle), random.uniform(-20, 20), random.uniform(0.75, 1.1))
    turn = turn + np.array([[0, 0, shift] for shift in random.uniform(-0.08, 0.08, 2) * _DRAWN_PX])
    return cv2.warpAffine(canvas, turn, (_DRAWN_PX, _DRAWN_PX), borderMode=cv2.BORDER_CONSTANT, borderValue=ground)


Part = tuple[Points, float]


def _regular(corners: int, radius: float = 1.0, x: float = 0.0, y: float = 0.0, first: float = np.pi / 2) -> Points:
    angles = first + np.arange(corners) * 2 * np.pi / corners
    return np.column_stack((x + radius * np.cos(angles), y + radius * np.sin(angles)))


def _box(left: float, bottom: float, right: float, top: float) -> Points:
    return np.array([(left, bottom), (right, bottom), (right, top), (left, top)], np.float64)


def _circle() -> list[Part]:
    return [(_regular(48), 1.0)]


def _square() -> list[Part]:
    return [(_box(-0.85, -0.85, 0.85, 0.85), 1.0)]


def _triangle() -> list[Part]:
    return [(_regular(3), 1.0)]


def _star() -> list[Part]:
    points = _regular(10)
    points[1::2] *= 0.4
    return [(points, 1.0)]


def _house() -> list[Part]:
    roof = np.array([(-1, 0.1), (1, 0.1), (0, 1)], np.float64)
    return [(_box(-0.75, -1, 0.75, 0.1), 0.8), (roof, 1.0), (_box(-0.2, -1, 0.2, -0.35), 0.3)]


def _tree() -> list[Part]:
    return [(_box(-0.15, -1, 0.15, 0), 0.5), (_regular(24, 0.62, 0, 0.35), 1.0)]


def _sun() -> list[Part]:
    points = _regular(32)
    points[1::2] *= 0.62
    return [(points, 0.7), (_regular(32, 0.5), 1.0)]


def _fish() -> list[Part]:
    body = _regular(32, 1.0) * (0.7, 0.42) - (0.2, 0)
    tail = np.array([(0.35, 0), (1, 0.5), (1, -0.5)], np.float64)
    return [(tail, 0.8), (body, 1.0), (_regular(12, 0.07, -0.6, 0.1), 0.2)]


def _flower() -> list[Part]:
    petals = [(_regular(24, 0.36, *point), 1.0) for point in _regular(6, 0.55)]
    return [*petals, (_regular(24, 0.3), 0.4)]


def _car() -> list[Part]:
    cabin = np.array([(-0.55, 0), (-0.35, 0.45), (0.3, 0.45), (0.6, 0)], np.float64)
    wheels = [(_regular(24, 0.22, x, -0.5), 0.3) for x in (-0.5, 0.5)]
    return [(_box(-1, -0.5, 1, 0.05), 1.0), (cabin, 0.8), *wheels]


SHAPES: dict[str, Callable[[], list[Part]]] = {
    "circle": _circle,
    "square": _square,
    "star": _star,
    "triangle": _triangle,
}
THINGS: dict[str, Callable[[], list[Part]]] = {
    "car": _car,
    "fish": _fish,
    "flower": _flower,
    "house": _house,
    "sun": _sun,
    "tree": _tree,
}
