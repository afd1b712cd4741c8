"""Thumbnails in reports: JPEGs in base64, and nothing else that data might bring."""

from __future__ import annotations

import re

_JPEG_IN_BASE64 = re.compile(r"/9j/[A-Za-z0-9+/]+={0,2}")


def is_thumbnail(text: str) -> bool:
    """Whether it is a JPEG in base64.

    Example:
        >>> is_thumbnail("/9j/4AAQ=="), is_thumbnail('/9j/" onerror="x')
        (True, False)
    """
    return _JPEG_IN_BASE64.fullmatch(text) is not None
