"""What goes wrong with images in production, on purpose and at five severities. Arrays in, arrays out.

Each function takes pixels and a severity; `severity_steps` says what the five severities are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lookoutcv.corruptions.blur import Pixels, defocus, low_resolution, motion
from lookoutcv.corruptions.light import brighten, colour_cast, darken, flatten, haze
from lookoutcv.corruptions.sensor import jpeg, noise
from lookoutcv.corruptions.severity_steps import SEVERITIES
from lookoutcv.corruptions.viewpoint import rotate, zoom

__all__ = ["CORRUPTIONS", "SEVERITIES"]

_FUNCTIONS: tuple[Callable[[Pixels, int], Pixels], ...] = (
    brighten,
    colour_cast,
    darken,
    defocus,
    flatten,
    haze,
    jpeg,
    low_resolution,
    motion,
    noise,
    rotate,
    zoom,
)

CORRUPTIONS: Mapping[str, Callable[[Pixels, int], Pixels]] = MappingProxyType({f.__name__: f for f in _FUNCTIONS})
"""Every kind of trouble by its name; each takes (H, W, 3) uint8 RGB pixels and a severity from 1 to 5."""
