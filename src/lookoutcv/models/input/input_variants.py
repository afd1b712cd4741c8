"""Inputs that people mix up: colour order, scaling of real numbers, how a picture is brought to size, layout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lookoutcv.models.cards.card import Colour, Input, Layout, Place, Resize

# The usual normalisations of pixels: name, scale, mean and std in the order red, green, blue. ImageNet's as in
# torchvision; its means as grey levels as in Caffe's models.
SCALINGS: tuple[tuple[str, float, Any, Any], ...] = (
    ("pixels of 0 to 255", 1.0, 0.0, 1.0),
    ("pixels of 0 to 1", 1 / 255, 0.0, 1.0),
    ("pixels of -1 to 1", 1 / 127.5, 1.0, 1.0),
    ("ImageNet's mean and std", 1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ("pixels of 0 to 255 less ImageNet's means", 1.0, (123.0, 117.0, 104.0), 1.0),
)
# How detectors are given pictures: SSD stretched, Ultralytics' YOLO in the middle of a letterbox, YOLOX in its corner.
FRAMINGS: tuple[tuple[str, Resize, Place], ...] = (
    ("stretched", "stretch", "centre"),
    ("letterbox", "letterbox", "centre"),
    ("letterbox at the top left", "letterbox", "top_left"),
)


def input_variants(card_input: Input) -> list[tuple[str, Input]]:
    """What people mix up, in words and as inputs: the colour order and the scaling of real numbers.

    Example:
        >>> [name for name, _ in input_variants(Input((8, 8), "NCHW", "BGR", "uint8", 1.0, 0.0, 1.0))]
        ['RGB']
    """
    colours = [("", card_input)]
    if card_input.colour in ("RGB", "BGR"):
        other: Colour = "BGR" if card_input.colour == "RGB" else "RGB"
        colours.append((other, replace(card_input, colour=other)))
    scalings: list[tuple[str, float | None, Any, Any]] = [("", card_input.scale, card_input.mean, card_input.std)]
    if card_input.dtype is not None and card_input.dtype.startswith("float"):
        scalings += [
            scaling
            for scaling in SCALINGS
            if not _same(scaling[1:], (card_input.scale, card_input.mean, card_input.std))
        ]
    variants = []
    for colour, base in colours:
        for scaling, scale, mean, std in scalings:
            name = ", ".join(filter(None, (colour, scaling)))
            if name:
                # The usual numbers are those of red, green, blue; the card's own follow its colours.
                turned = base.colour == "BGR" if scaling else base is not card_input
                means, stds = (_turned(mean), _turned(std)) if turned else (mean, std)
                variants.append((name, replace(base, scale=scale, mean=means, std=stds)))
    return variants


def detector_variants(card_input: Input, *, layout: bool = False) -> list[tuple[str, Input]]:
    """What people mix up with a detector: `input_variants`, each stretched and in both letterboxes.

    Args:
        card_input: Complete.
        layout: Whether the layout is only assumed: the other is tried too.
    Returns:
        In words and as inputs; the card's own is left out.
    Example:
        >>> grey = Input((8, 8), "NCHW", "GREY", "uint8", 1.0, 0.0, 1.0, resize="stretch")
        >>> [name for name, _ in detector_variants(grey)]
        ['letterbox', 'letterbox at the top left']
    """
    pixels = [("", card_input), *input_variants(card_input)]
    if layout:
        other: Layout = "NHWC" if card_input.layout == "NCHW" else "NCHW"
        pixels += [
            (", ".join(filter(None, (other, name))), replace(varied, layout=other)) for name, varied in list(pixels)
        ]
    framings: list[tuple[str, Resize, Place]] = [
        framing for framing in FRAMINGS if not _framed_so(card_input, framing[1], framing[2])
    ]
    return [
        (", ".join(filter(None, (name, framing))), replace(varied, resize=resize, place=place))
        for name, varied in pixels
        for framing, resize, place in (("", card_input.resize, card_input.place), *framings)
        if name or framing
    ]


def _framed_so(card_input: Input, resize: Resize, place: Place) -> bool:
    return card_input.resize == resize and (resize != "letterbox" or card_input.place == place)


def _turned(numbers: Any) -> Any:
    return numbers[::-1] if isinstance(numbers, tuple) else numbers


def _same(scaling: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(np.allclose(a, b, rtol=0.02, atol=1e-6) for a, b in zip(scaling, other, strict=True))
