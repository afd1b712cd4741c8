"""Images already in hand: a list of paths, URLs, arrays, PIL images or bytes, or one of these by itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.files.remote import is_url, shown
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.kinds.base import NamedOnly, source_kind


@dataclass(frozen=True, slots=True, eq=False)
class ItemRef(NamedOnly):
    """One item of a sequence; it carries the item itself."""

    id: str
    item: Any

    def load(self) -> Any:
        """The item."""
        return self.item


@dataclass(frozen=True, eq=False)
class SequenceSource:
    """Items in the order given.

    Args:
        items: Paths, URLs, arrays, PIL images or bytes, in any mix.
    """

    items: Sequence[Any]
    name: str = "images"

    def __iter__(self) -> Iterator[ItemRef]:
        digits = max(4, len(str(len(self.items) - 1)))
        ids: set[str] = set()
        for index, item in enumerate(self.items):
            id = _called(item) or f"{index:0{digits}d}"
            while id in ids:
                id = f"{id}#{index}"
            ids.add(id)
            yield ItemRef(id, item)

    def count(self) -> int:
        """The length."""
        return len(self.items)


def _called(item: Any) -> str | None:
    """What a path or URL is called: itself, with forward slashes and without secrets."""
    if not isinstance(item, str | os.PathLike):
        return None
    path = os.fsdecode(item)
    return shown(path) if is_url(path) else printable(path.replace(os.sep, "/"))


def _opens(target: Any) -> bool:
    if isinstance(target, str | os.PathLike | Mapping):
        return False
    return isinstance(target, Iterable | np.ndarray) or _is_picture(target)


def _is_picture(target: Any) -> bool:
    """Whether this is one image: an array of one, or a PIL image."""
    if isinstance(target, np.ndarray):
        return target.ndim in (2, 3)
    pil = sys.modules.get("PIL.Image")  # whoever holds a PIL image has imported it
    return pil is not None and isinstance(target, pil.Image)


@source_kind("sequence", opens=_opens, order=30)
def sequence(target: Any) -> SequenceSource:
    """A list of paths, URLs, arrays, PIL images or bytes, or one of them."""
    is_image = isinstance(target, bytes | bytearray | memoryview) or _is_picture(target)
    return SequenceSource([target] if is_image else list(target))
