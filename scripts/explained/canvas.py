"""An SVG picture on white, with the colours of the report: text, lines, dots, bars and photographs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import simplejpeg

INK, MUTED, RULE, PANEL = "#1b212a", "#545e6c", "#c3cad4", "#f6f7f9"
BEFORE, AFTER = "#76828f", "#1f57b5"
NONE, LOW, MEDIUM, HIGH = "#1f8a4c", "#c79a0c", "#d9650f", "#c4232d"
SEVERITY = {"none": NONE, "low": LOW, "medium": MEDIUM, "high": HIGH, "insufficient": "#6b7583"}
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

Scale = Callable[[float], float]


def scale(low: float, high: float, start: float, end: float) -> Scale:
    """From [low, high] to pixels from `start` to `end`; values beyond stay at the ends."""
    return lambda value: start + (min(max(value, low), high) - low) / (high - low) * (end - start)


def signed(value: float, form: str = "+.2f") -> str:
    """A number with its sign, and a true minus."""
    return format(value, form).replace("-", "−")


class Canvas:
    """A picture that grows by calls. `description` is what a screen reader says of it."""

    def __init__(self, width: int, height: int, description: str) -> None:
        self.width, self.height, self.description = width, height, description
        self.parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        colour: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        weight = ' font-weight="600"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{place}{weight}>{escape(words)}</text>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = RULE, *, width: float = 1, dash: str = ""
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
        )

    def dot(self, x: float, y: float, colour: str, radius: float = 3.5, hollow: bool = False) -> None:
        look = f'fill="#ffffff" stroke="{colour}" stroke-width="1.5"' if hollow else f'fill="{colour}"'
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {look} fill-opacity="0.8"/>')

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, opacity: float = 1) -> None:
        fade = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" '
            f'rx="2" fill="{colour}"{fade}/>'
        )

    def photograph(self, x: float, y: float, pixels: np.ndarray[Any, Any], side: float) -> None:
        """An image of (H, W, 3) RGB pixels, drawn square."""
        data = base64.b64encode(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=80, colorspace="RGB"))
        self.parts.append(
            f'<image x="{x:.1f}" y="{y:.1f}" width="{side:g}" height="{side:g}" '
            f'href="data:image/jpeg;base64,{data.decode()}"/>'
        )

    def axis(self, across: Scale, y: float, ticks: Sequence[float], words: str, form: str = "{:g}") -> None:
        """An axis across at the height y, with its ticks and what it shows."""
        self.line(across(ticks[0]), y, across(ticks[-1]), y, MUTED)
        for tick in ticks:
            self.line(across(tick), y, across(tick), y + 4, MUTED)
            self.text(across(tick), y + 17, form.format(tick), size=11, colour=MUTED, anchor="middle")
        self.text((across(ticks[0]) + across(ticks[-1])) / 2, y + 33, words, size=12, colour=MUTED, anchor="middle")

    def swarm(self, values: Iterable[float], across: Scale, y: float, colour: str, radius: float = 3) -> None:
        """A dot a value, piled up where they would hide one another."""
        taken: dict[int, int] = {}
        for value in sorted(values):
            x = across(value)
            cell = round(x / (2 * radius))
            taken[cell] = taken.get(cell, 0) + 1
            self.dot(x, y - (taken[cell] - 1) * 1.7 * radius, colour, radius)

    def svg(self) -> str:
        """The picture as a file."""
        description = escape(self.description)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" font-family="{_FONT}"><title>{description}</title>\n'
            f'<rect width="{self.width}" height="{self.height}" rx="6" fill="#ffffff"/>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )
