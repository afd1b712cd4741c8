"""How what a layer gives lies on the image: channels first or last, or tokens in a row after some of another kind.

Nothing is taken for granted that the shapes, the size of the input and the kinds of layers do not tell; where two
readings are left, or none, it is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ExplanationError

# A grid has the shape of the image, up to rounding and to what convolutions without padding cut off.
_SLACK = 1.5
_TYPED = re.compile(r"(NCHW|NHWC)|tokens(?::(\d+)(?::(\d+)x(\d+))?)?")


@dataclass(frozen=True)
class Layout:
    """How one layer's activations are read.

    Args:
        axes: "NCHW", "NHWC", "NTC", "NCT" or "TNC"; T are tokens.
        prefix: How many tokens come before those of places.
        grid: Rows and columns of the tokens of places; None for layouts without tokens.
    """

    axes: str
    prefix: int = 0
    grid: tuple[int, int] | None = None

    def on_grid(self, activation: Any) -> Any:
        """The activations as (N, C, h, w), whatever their layout.

        Args:
            activation: A tensor or an array with these axes.
        Example:
            >>> import numpy as np
            >>> Layout("NTC", prefix=1, grid=(2, 3)).on_grid(np.zeros((5, 7, 4))).shape
            (5, 4, 2, 3)
        """
        if self.axes == "NCHW":
            return activation
        if self.axes == "NHWC":
            return activation.swapaxes(2, 3).swapaxes(1, 2)
        if self.axes == "TNC":
            activation = activation.swapaxes(0, 1)
        if self.axes != "NCT":
            activation = activation.swapaxes(1, 2)
        assert self.grid is not None
        placed = activation[:, :, self.prefix :]
        return placed.reshape(*placed.shape[:2], *self.grid)


@dataclass(frozen=True)
class LayoutFacts:
    """What is known of a network and its input before one layer's activations are read.

    Args:
        images: How many there are.
        size: Height and width of the input.
        grids: Rows and columns that convolutions gave, in order.
        prefix: How many tokens of no place the network says it has; None where it does not say.
        tokens: Lengths of rows of tokens that it works on.
        last_2d: Whether a layer that works on the last axis gave four axes somewhere.
    """

    images: int
    size: tuple[int, int]
    grids: tuple[tuple[int, int], ...] = ()
    prefix: int | None = None
    tokens: frozenset[int] = frozenset()
    last_2d: bool = False


def what_to_type() -> str:
    """How a person says a layout, as a part of a sentence."""
    choices = f"{option('layout', 'NCHW')}, {option('layout', 'NHWC')} or {option('layout', 'tokens:1')}"
    return f"{choices} where one token is not of a place (tokens:1:14x14 with the grid)"


def find_layout(shape: tuple[int, ...], facts: LayoutFacts, channels: str = "") -> Layout:
    """How activations of this shape lie.

    Args:
        shape: Of the activations.
        facts: Of the network.
        channels: "first" or "last" where the kind of layer tells; else "".
    Raises:
        ValueError: It cannot be known; the reason, as the end of a sentence.
    Example:
        >>> find_layout((1, 7, 7, 768), LayoutFacts(1, (224, 224)))
        Layout(axes='NHWC', prefix=0, grid=None)
        >>> find_layout((1, 197, 192), LayoutFacts(1, (224, 224), prefix=1))
        Layout(axes='NTC', prefix=1, grid=(14, 14))
    """
    if len(shape) == 4 and shape[0] == facts.images:
        return _of_maps(shape, facts, channels)
    if len(shape) == 3 and facts.images in shape[:2]:
        return _of_tokens(shape, facts, channels)
    if len(shape) == 2:
        raise ValueError("it gives one row of numbers an image, which keeps nothing of where things lie")
    raise ValueError(f"its shape {shape} is not that of {facts.images} images with places")


def typed_layout(text: str, shape: tuple[int, ...], facts: LayoutFacts) -> Layout:
    """A layout as a person types it.

    Args:
        text: "NCHW", "NHWC", "tokens", "tokens:1", "tokens:1:14x14".
        shape: Of the activations that it is for.
        facts: Of the network.
    Raises:
        ExplanationError: It is none, or does not fit the activations.
    Example:
        >>> typed_layout("tokens:2", (1, 18, 8), LayoutFacts(1, (32, 32)))
        Layout(axes='NTC', prefix=2, grid=(4, 4))
    """
    typed = _TYPED.fullmatch(text)
    if typed is None:
        raise ExplanationError(f"{text!r} is no layout", f"Give {what_to_type()}.", reason="no layout")
    axes, prefix, rows, columns = typed.groups()
    try:
        if axes:
            if len(shape) != 4:
                raise ValueError(f"activations of shape {shape} have no four axes")
            return Layout(axes)
        if len(shape) != 3 or facts.images not in shape[:2]:
            raise ValueError(f"activations of shape {shape} are no rows of tokens")
        axes, length = ("NTC", shape[1]) if shape[0] == facts.images else ("TNC", shape[0])
        before = int(prefix or 0)
        grid = (int(rows), int(columns)) if rows else _grid(length - before, facts)[1]
        if grid is None or math.prod(grid) != length - before:
            raise ValueError(f"{length} tokens without {before} are no grid of the image's shape")
        return Layout(axes, before, grid)
    except ValueError as reason:
        raise ExplanationError(
            f"{text!r} does not fit: {reason}", f"Give {what_to_type()}.", reason="the layout does not fit"
        ) from reason


def _of_maps(shape: tuple[int, ...], facts: LayoutFacts, channels: str) -> Layout:
    fitting = [axes for axes, sides in (("NCHW", shape[2:]), ("NHWC", shape[1:3])) if _fits(sides, facts.size)]
    if channels == "first":
        return Layout("NCHW")
    if channels == "last" and "NHWC" in fitting:
        return Layout("NHWC")
    if len(fitting) == 1 and not channels:
        return Layout(fitting[0])
    if not channels and not facts.last_2d and not facts.tokens:  # nothing but convolutions
        return Layout("NCHW")
    raise ValueError(f"its shape {shape} is not clearly that of places with the channels first, nor last")


def _of_tokens(shape: tuple[int, ...], facts: LayoutFacts, channels: str) -> Layout:
    # A network that says how many tokens come first has them on the second axis, as all of timm and torchvision.
    orders = (("NTC",) if facts.prefix is not None else ("NTC", "NCT")) if shape[0] == facts.images else ("TNC",)
    found = [
        (seen, Layout(one, prefix, grid))
        for one in orders
        for seen, prefix, grid in _token_grids(shape[one.index("T")], facts)
        # Channels that are as many as there are places would look like tokens, but no layer works on such tokens.
        if one != "NCT" or not facts.tokens or shape[2] in facts.tokens
    ]
    # A grid that a convolution gave is better evidence than one that has the shape of the image.
    best = any(seen for seen, _ in found)
    read = [layout for seen, layout in found if seen == best]
    if len({one.axes for one in read}) > 1 and channels:
        read = [one for one in read if one.axes == {"first": "NCT", "last": "NTC"}[channels]]
    if len({one.axes for one in read}) > 1:
        raise ValueError(f"its shape {shape} may have the tokens on the second or on the third axis")
    if read:
        return read[0]
    length = shape[orders[0].index("T")]
    further = next((n for n in range(1, 9) if _grid(length - n, facts)[1]), None)
    guess = f"; without {further} of them it would be one" if further else ""
    raise ValueError(
        f"{length} tokens are no grid of the shape of an input of {facts.size[0]} x {facts.size[1]}{guess}"
    )


def _token_grids(length: int, facts: LayoutFacts) -> Iterator[tuple[bool, int, tuple[int, int]]]:
    """Whether a convolution gave such a grid, the prefix and the grid; what the network says of itself comes first."""
    for prefix in dict.fromkeys((facts.prefix or 0, 0)):
        seen, grid = _grid(length - prefix, facts)
        if grid is not None:
            yield seen, prefix, grid


def _grid(places: int, facts: LayoutFacts) -> tuple[bool, tuple[int, int] | None]:
    """Rows and columns of so many places: a grid that convolutions gave, else the one with the image's shape."""
    if places < 2:
        return False, None
    for grid in reversed(facts.grids):
        if math.prod(grid) == places:
            return True, grid
    pairs = [(rows, places // rows) for rows in range(1, places + 1) if places % rows == 0]
    fitting = [pair for pair in pairs if _divides(*pair, *facts.size)]
    return False, fitting[0] if len(fitting) == 1 else None


def _divides(rows: int, columns: int, height: int, width: int) -> bool:
    """Whether one step down the image gives these rows and columns, both rounded down or both up."""
    down = max(height / (rows + 1), width / (columns + 1)) < min(height / rows, width / columns)
    up = max(height / rows, width / columns) < min(height / max(rows - 1, 0.5), width / max(columns - 1, 0.5))
    exact = height * columns == width * rows
    return exact or ((down or up) and rows <= height and columns <= width)


def _fits(sides: tuple[int, ...], size: tuple[int, int]) -> bool:
    """Whether a map with these sides may be of this image."""
    (rows, columns), (height, width) = sides, size
    if rows > height or columns > width:
        return False
    low = max(height / (rows + _SLACK), width / (columns + _SLACK))
    return low <= min(height / max(rows - _SLACK, 0.5), width / max(columns - _SLACK, 0.5))
