"""Which local files and folders a target is read from, without opening it: an output must not be one of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lookoutcv.files.remote import is_url
from lookoutcv.log.location import default_directory
from lookoutcv.sources.target_options import parted

_LOG = "log:"
_FILE_URL = "file://"
# What stands for several names in a pattern: wildcards, parts of a date, a number.
_VARIABLE = re.compile(r"[*?\[]|%0?[0-9]*[A-Za-z]")
_PIECES = re.compile(r"\[[^\]]+\]|%0?[0-9]*[A-Za-z]|.")


def input_paths(output: str | os.PathLike[str], *targets: Any) -> Iterator[str]:
    """Files and folders that targets name, as far as an output could be among them.

    Args:
        output: Where something is to be written: of a pattern, only what fits it on the way there is named.
        targets: What sources, models and settings are given as: paths, patterns, `log:NAME`, `file.py:function`, with
            options behind them, or several of these. URLs, arrays and the like name none.
    Example:
        >>> list(input_paths("out.csv", "day?every=2", ["a.csv", None], "net.py:f", "https://host/a.jpg", "*.jpg"))
        ['day', 'a.csv', 'net.py:f', 'net.py']
    """
    for target in targets:
        if isinstance(target, str | os.PathLike):
            yield from _of_name(os.fsdecode(target), output)
        elif isinstance(target, list | tuple | set | frozenset):
            yield from input_paths(output, *target)


def _of_name(name: str, output: str | os.PathLike[str]) -> Iterator[str]:
    path, options = parted(name)
    if path.startswith(_LOG):
        directory = options.get("directory") or default_directory()
        if not is_url(directory):
            yield directory
    elif is_url(path):
        if path.lower().startswith(_FILE_URL):
            yield path[len(_FILE_URL) :]
    elif not os.path.lexists(path) and _VARIABLE.search(path):
        yield from _fitting(path, output)
    else:
        yield path
        before, _, _ = path.rpartition(":")  # file.py:function
        if len(before) > 1:
            yield before


def _fitting(pattern: str, output: str | os.PathLike[str]) -> Iterator[str]:
    """What of the way to the output fits a pattern: the file itself, or a folder above it."""
    whole = os.path.abspath(pattern).replace(os.sep, "/")
    parts = [".*" if part == "**" else "".join(map(_expression, _PIECES.findall(part))) for part in whole.split("/")]
    try:
        fits = re.compile("/".join(parts))
    except re.error:
        return  # such as [z-a], which fits nothing
    for start in (os.path.abspath(output), os.path.realpath(output)):
        for place in (start, *map(str, Path(start).parents)):
            if fits.fullmatch(place.replace(os.sep, "/")):
                yield place


def _expression(piece: str) -> str:
    if piece[0] in "%*" and piece != "%":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    return (
        f"[{piece[1:-1].replace('!', '^', 1) if piece[1] == '!' else piece[1:-1]}]"
        if len(piece) > 2
        else re.escape(piece)
    )
