"""A map drawn over its image."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lookoutcv.explanation.drawing.colour_scale import coloured
from lookoutcv.explanation.drawing.heatmap import Heatmap, Pixels

# The image keeps a little of its colours, so that those of the map are read as the map's.
_KEPT_COLOUR = 0.35
# How much of the map's colour covers a place that does not count, and the one that counts most.
_FAINT, _STRONG = 0.25, 0.75
# What was cut off for the model is dark.
_UNSEEN = 0.35
_TEXT_PX, _LINE_PX, _MARGIN_PX = 13, 20, 6
_SCALE_PX = 10
_INK, _PAPER = (20, 20, 20), (255, 255, 255)
# Narrower pictures have no room for the words under them.
_NARROWEST_PX = 200


def overlay(pixels: Pixels, heatmap: Heatmap) -> Pixels:
    """The image with the map in colours over it; where there is nothing to draw, the image.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        heatmap: Of that shape.
    Returns:
        (H, W, 3) uint8 RGB.
    """
    if not heatmap.usable:
        return pixels.copy()
    image = pixels.astype(np.float32)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
    ground = _KEPT_COLOUR * image + (1 - _KEPT_COLOUR) * grey
    unseen = np.isnan(heatmap.values)
    values = np.nan_to_num(heatmap.values)[..., None]
    cover = _FAINT + (_STRONG - _FAINT) * values
    mixed = (1 - cover) * ground + cover * coloured(heatmap.values)
    mixed[unseen] = _UNSEEN * ground[unseen]
    drawn: Pixels = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
    return drawn


def captioned(pixels: Pixels, heatmap: Heatmap, name: str = "") -> Pixels:
    """The overlay with a scale and words under it: class, score, method, and what is to be said of the map.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        heatmap: Of that shape.
        name: Of the image; "" for none.
    Returns:
        (h, w, 3) uint8 RGB, as wide as the image or a little wider.
    """
    drawn = overlay(pixels, heatmap)
    width = max(drawn.shape[1], _NARROWEST_PX)
    lines = _lines(heatmap, name, width)
    scale = 0 if not heatmap.usable else _SCALE_PX + _LINE_PX
    height = drawn.shape[0] + _MARGIN_PX + _LINE_PX * len(lines) + scale
    canvas = np.full((height, width, 3), _PAPER, np.uint8)
    canvas[: drawn.shape[0], : drawn.shape[1]] = drawn
    top = drawn.shape[0] + _MARGIN_PX
    if scale:
        ramp = coloured(np.linspace(0, 1, width - 2 * _MARGIN_PX))
        canvas[top : top + _SCALE_PX, _MARGIN_PX : width - _MARGIN_PX] = ramp
    image = Image.fromarray(canvas)
    draw, font = ImageDraw.Draw(image), _font()
    if scale:
        draw.text((_MARGIN_PX, top + _SCALE_PX), "counts least", _INK, font)
        draw.text((width - _MARGIN_PX, top + _SCALE_PX), "counts most", _INK, font, anchor="ra")
    for place, line in enumerate(lines):
        draw.text((_MARGIN_PX, top + scale + _LINE_PX * place), line, _INK, font)
    return np.asarray(image)


def _lines(heatmap: Heatmap, name: str, width: int) -> list[str]:
    attribution = heatmap.attribution
    score = "" if np.isnan(heatmap.score) else f" {heatmap.score:.2f}"
    words = [f"{drawable(heatmap.label, heatmap.number)}{score}, {attribution.method}", *heatmap.notes]
    if name:
        words.insert(0, drawable(name, 0, "image"))
    return [line for text in words for line in _wrapped(text, width - 2 * _MARGIN_PX)]


def drawable(text: str, number: int, noun: str = "class") -> str:
    """A text that the font of pictures can draw; else what it is and its number.

    Example:
        >>> drawable("café", 3), drawable("猫", 3)
        ('café', 'class 3')
    """
    return text if text.isprintable() and all(ord(letter) < 0x250 for letter in text) else f"{noun} {number}"


def _wrapped(text: str, width: int) -> list[str]:
    font, lines = _font(), [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, width) for line in lines]


def _cut(line: str, width: int) -> str:
    font = _font()
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(f"{line}...") > width:
        line = line[:-1]
    return f"{line}..."


def _font() -> Any:
    return ImageFont.load_default(_TEXT_PX)
