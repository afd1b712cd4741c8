"""How large one image may be."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.errors import ConfigError

# Below, a share of a megapixel is no number that anybody knows.
_FEW_PIXELS = 100_000


@dataclass(frozen=True)
class Limits:
    """What one image may cost, checked before anything is decoded.

    The defaults let a 108-megapixel phone photo pass and stop a decompression bomb: a few kilobytes that claim
    60000 x 60000 pixels (10 GiB). 120 megapixels are 343 MiB of pixels; reading them, rotated, took a process 0.8 GiB
    (JPEG) to 1.2 GiB (progressive JPEG, PNG) at its peak.

    Args:
        max_bytes: Largest encoded size, >= 1.
        max_pixels: Largest width times height, >= 1.
    Raises:
        ConfigError: A limit is under 1.
    Example:
        >>> Limits(max_pixels=1_000_000).max_pixels_in_words, Limits(max_pixels=10).max_pixels_in_words
        ('1 megapixels', '10 pixels')
    """

    max_bytes: int = 256 * 1024 * 1024
    max_pixels: int = 120_000_000

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_pixels"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}", "Give a number of at least 1.", key=name)

    @classmethod
    def of(cls, max_pixels: int | None = None, max_bytes: int | None = None) -> Limits:
        """These limits; the default for one that is None.

        Raises:
            ConfigError: A limit is under 1.
        """
        pixels = DEFAULT_LIMITS.max_pixels if max_pixels is None else max_pixels
        return cls(DEFAULT_LIMITS.max_bytes if max_bytes is None else max_bytes, pixels)

    @property
    def max_pixels_in_words(self) -> str:
        """The pixel limit for people."""
        if self.max_pixels < _FEW_PIXELS:
            return f"{self.max_pixels:,} {'pixel' if self.max_pixels == 1 else 'pixels'}"
        return f"{self.max_pixels / 1e6:.3g} megapixels"


DEFAULT_LIMITS = Limits()
