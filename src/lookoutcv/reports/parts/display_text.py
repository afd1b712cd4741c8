"""Text from data, made safe to look at: what cannot be seen, or would reorder its neighbours, is spelled out."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # part of ordinary words in several scripts, and of emoji


def visible(text: str) -> str:
    """Control characters, direction overrides and lone surrogates as escapes; everything else unchanged.

    Args:
        text: Any string, for example a file name.
    Example:
        >>> visible("a\\x1b[31m\\u202egpj.exe")
        'a\\\\x1b[31m\\\\u202egpj.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if _hidden(c) else c for c in text)


def shortened(text: str, length: int = 72) -> str:
    """The text with its middle left out where it is longer than `length` characters.

    Example:
        >>> shortened("camera-07/2026-11-21/frame-000001.jpg", 17)
        'camera-0…0001.jpg'
    """
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[len(text) - (length - 1 - head) :]}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """A count with its noun.

    Example:
        >>> counted(1, "image"), counted(1200, "image"), counted(2, "copy", "copies")
        ('1 image', '1,200 images', '2 copies')
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def _hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and character not in _JOINERS)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
