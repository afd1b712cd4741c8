"""Options of a source, written behind it: `TARGET?key=value&key=value`, as in `film.mp4?every=30`.

A kind of source asks twice. `parted` tells the target from its options, in `opens` and in `open`; `typed` turns the
options' text into values, in `open` alone, and refuses what the kind does not know:

    def _opens(target: Any) -> bool:
        return isinstance(target, str | os.PathLike) and parted(target)[0].endswith(".tar")

    def _open(target: Any) -> TarSource:
        place, options = parted(target)
        return TarSource(place, **typed(options, {"every": whole}, target))
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote

from lookoutcv.errors import ConfigError
from lookoutcv.files.remote import is_url, shown

_OPTION = r"[A-Za-z][A-Za-z0-9_-]*=[^&?]*"
_OPTIONS = re.compile(rf"\?({_OPTION}(?:&{_OPTION})*)$")
# These servers have queries of their own: what follows the question mark is theirs.
_OWN_QUERIES = re.compile(r"https?://", re.IGNORECASE)
Reader = Callable[[str], Any]


def parted(target: str | os.PathLike[str]) -> tuple[str, dict[str, str]]:
    """A target without its options, and the options as text.

    Something that exists by the whole name is that thing, without options. A web address keeps its query; other URLs
    (`s3://`, `memory://` ...) have options. `%26`, `%3F` and `%25` in a value stand for `&`, `?` and `%`.

    Args:
        target: A path, pattern or URL; nothing is opened, and the rest need not exist.
    Raises:
        ConfigError: One option is given twice.
    Example:
        >>> parted("film.mp4?every=30"), parted("frame_?.png")
        (('film.mp4', {'every': '30'}), ('frame_?.png', {}))
        >>> parted("https://host/a.jpg?size=2")
        ('https://host/a.jpg?size=2', {})
    """
    whole_name = os.fsdecode(target)
    options_match = _OPTIONS.search(whole_name)
    if options_match is None:
        return whole_name, {}
    if is_url(whole_name):
        if _OWN_QUERIES.search(whole_name):
            return whole_name, {}
    elif os.path.lexists(whole_name):
        return whole_name, {}
    options: dict[str, str] = {}
    for option in options_match[1].split("&"):
        key, _, value = option.partition("=")
        if key in options:
            raise ConfigError(f"{key} is given twice for {_named(target)}", "Give it once.", key=key)
        options[key] = unquote(value)
    return whole_name[: options_match.start()], options


def typed(options: Mapping[str, str], readers: Mapping[str, Reader], target: object) -> dict[str, Any]:
    """The values of options.

    Args:
        options: From `parted`.
        readers: A reader for each option that this kind of source has: `whole`, `day`, `chosen(...)`, `str`, or any
            function of a text that raises a `ValueError` whose text says what is wanted ("a whole number").
        target: What the user gave, for the message.
    Raises:
        ConfigError: An unknown option (with the nearest right one), or a value that is not what is wanted.
    Example:
        >>> typed({"every": "30"}, {"every": whole}, "film.mp4")
        {'every': 30}
    """
    values = {}
    for key, text in options.items():
        if key not in readers:
            nearest = tuple(difflib.get_close_matches(key.lower(), readers, n=1, cutoff=0.5))
            guess = f"Did you mean {nearest[0]!r}? " if nearest else ""
            allowed = f"Options here: {', '.join(readers)}." if readers else "It takes no options."
            raise ConfigError(f"{_named(target)} has no option {key!r}", f"{guess}{allowed}", key=key, nearest=nearest)
        try:
            values[key] = readers[key](text)
        except ValueError as expected:
            raise ConfigError(
                f"{key}={text} for {_named(target)} is not {expected}", f"Give {key} {expected}.", key=key
            ) from None
    return values


def whole(text: str) -> int:
    """A reader: a whole number of at least 1.

    Example:
        >>> whole("30")
        30
    """
    if not re.fullmatch(r"[0-9]{1,18}", text) or not int(text):
        raise ValueError("a whole number of at least 1")
    return int(text)


def day(text: str) -> date:
    """A reader: a date as 2026-01-31.

    Example:
        >>> day("2026-01-31")
        datetime.date(2026, 1, 31)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date such as 2026-01-31") from None


def chosen(*names: str) -> Callable[[str], str]:
    """A reader: one of a few names.

    Example:
        >>> chosen("train", "val")("val")
        'val'
    """

    def read(text: str) -> str:
        if text not in names:
            raise ValueError("one of " + ", ".join(names))
        return text

    return read


def _named(target: object) -> str:
    text = str(target)
    path = _OPTIONS.sub("", text)
    return repr(shown(path) if is_url(path) else path)
