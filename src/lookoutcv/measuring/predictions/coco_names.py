"""What the numbers in results of the COCO form stand for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lookoutcv.measuring.predictions.read_entries import Entry, items_of, json_root
from lookoutcv.sources.marks.coco_annotations import as_key


@dataclass(frozen=True)
class CocoNames:
    """The images and categories that a COCO file names.

    Args:
        images: Their names by number.
        categories: Their names by number.
    """

    images: Mapping[str, str]
    categories: Mapping[str, str]

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of the images."""
        return frozenset(self.images.values())


def coco_names(path: str | os.PathLike[str]) -> CocoNames | None:
    """The images and categories that a COCO file names; None for a JSON file that is none.

    Raises:
        BadPredictions: It cannot be read, or an entry is not as it must be.
    """
    place = os.fspath(path)
    if json_root(place) != b"{":
        return None
    images = {as_key(entry.values.get("id")): _text(entry, "file_name") for entry in items_of(place, "images.item")}
    categories = {as_key(entry.values.get("id")): _text(entry, "name") for entry in items_of(place, "categories.item")}
    return CocoNames(images, categories) if images or categories else None


def _text(entry: Entry, name: str) -> str:
    value = entry.values.get(name)
    if not isinstance(value, str) or not value:
        raise entry.bad(f"no {name}")
    return value
