"""Where a map lies, in numbers from 0 to 1 that do not depend on how strong it is.

The mass of a map is the sum of its values; how it is shared out is what these functions give. A map without any mass,
which is not to be drawn either, gives NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch

Map = np.ndarray[Any, Any]


def mass_in_box(values: Map, box: tuple[float, float, float, float]) -> float:
    """The share of a map's mass inside a box.

    Args:
        values: (h, w) map of numbers from 0 up, as an attribution has it.
        box: Left, top, right and bottom as shares of the image's width and height, from 0 to 1. Cells that it cuts
            count in part; what lies outside the image counts nothing.
    Returns:
        From 0 to 1; a uniform map gives the share of the area.
    Raises:
        ShapeMismatch: The map is no (h, w) array of numbers from 0 up.
    Source: the energy-based pointing game of Wang et al., Score-CAM, CVPR Workshops 2020.
    Example:
        >>> mass_in_box(np.ones((7, 7)), (0, 0, 0.5, 0.5))
        0.25
    """
    left, top, right, bottom = box
    height, width = _checked(values).shape
    rows, columns = _covered(top, bottom, height), _covered(left, right, width)
    return _share(values, np.outer(rows, columns))


def mass_in_mask(values: Map, mask: Map) -> float:
    """The share of a map's mass inside a mask, such as that of an object.

    Args:
        values: (h, w) map of numbers from 0 up.
        mask: (H, W) booleans, of the whole image at any resolution; cells count by the part of them that it covers.
    Returns:
        From 0 to 1; a uniform map gives the share of the area.
    Raises:
        ShapeMismatch: The map is no (h, w) array of numbers from 0 up, or the mask has not two axes.
    Example:
        >>> mass_in_mask(np.ones((3, 3)), np.array([[True, False]]))
        0.5
    """
    if mask.ndim != 2 or not mask.size:
        raise ShapeMismatch(
            f"a mask has two axes, and this has the shape {mask.shape}",
            "Give (H, W) booleans.",
            shape=mask.shape,
            dtype=str(mask.dtype),
        )
    height, width = _checked(values).shape
    part = _cells(height, mask.shape[0]) @ mask.astype(bool).astype(np.float64) @ _cells(width, mask.shape[1]).T
    return _share(values, part)


def mass_on_border(values: Map, border_ratio: float = 0.1) -> float:
    """The share of a map's mass at the edges of the image: a model that looks there often looks past what it is shown.

    Args:
        values: (h, w) map of numbers from 0 up.
        border_ratio: How wide the border is, as a share of each side, from 0 to 0.5.
    Returns:
        From 0 to 1; a uniform map gives the share of the area, 0.36 for a tenth.
    Raises:
        ShapeMismatch: The map is no (h, w) array of numbers from 0 up.
    Example:
        >>> round(mass_on_border(np.ones((4, 9))), 6)
        0.36
    """
    inner = (border_ratio, border_ratio, 1 - border_ratio, 1 - border_ratio)
    return 1 - mass_in_box(values, inner)


def spread(values: Map) -> float:
    """How evenly a map lies over the image: its entropy, divided by that of a uniform map.

    Args:
        values: (h, w) map of numbers from 0 up. Compare maps of one resolution only: finer ones give lower numbers.
    Returns:
        From 0, all in one cell, to 1, the same everywhere. It is n cells of equal mass: log(n) / log(h * w).
    Raises:
        ShapeMismatch: The map is no (h, w) array of numbers from 0 up.
    Source: Shannon, A mathematical theory of communication, 1948; divided by its maximum, Pielou's evenness, 1966.
    Example:
        >>> spread(np.array([[1, 1], [0, 0]]))
        0.5
    """
    mass = _checked(values).astype(np.float64).ravel()
    whole = mass.sum()
    if not whole > 0 or mass.size < 2:
        return float("nan")
    shares = mass[mass > 0] / whole
    return float(np.clip(-(shares * np.log(shares)).sum() / np.log(mass.size), 0, 1))


def _checked(values: Map) -> Map:
    if values.ndim != 2 or not values.size or not np.isfinite(values).all() or (values < 0).any():
        raise ShapeMismatch(
            f"a map is an (h, w) array of finite numbers from 0 up, and this is {values.shape} {values.dtype}",
            "Give the values of an attribution.",
            shape=values.shape,
            dtype=str(values.dtype),
        )
    return values


def _share(values: Map, part: Map) -> float:
    whole = float(values.sum(dtype=np.float64))
    return float(np.clip((values * part).sum() / whole, 0, 1)) if whole > 0 else float("nan")


def _covered(begin: float, end: float, cells: int) -> Map:
    """The part of each cell along a side of length 1 that lies between two points."""
    edges = np.clip(np.arange(cells + 1) / cells, min(begin, end), max(begin, end))
    return np.diff(edges) * cells


def _cells(cells: int, pixels: int) -> Map:
    """(cells, pixels): the part of each cell that each pixel makes up, both along a side of length 1."""
    edges = np.arange(cells + 1) / cells
    starts, ends = np.arange(pixels) / pixels, np.arange(1, pixels + 1) / pixels
    shared = np.minimum(edges[1:, None], ends) - np.maximum(edges[:-1, None], starts)
    parts: Map = np.clip(shared, 0, None) * cells
    return parts
