"""A COCO annotation file: one JSON with the images of a data set and the boxes that people drew.

The file is read piece by piece: what stays in memory is a name an image and 32 bytes a box, not the outlines, which
make up most of it. Crowds (`iscrowd`), which stand for many objects at once, are marked as such: scoring counts neither
them nor what is found in them.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.errors import BadManifestLine, SourceNotFound, UnreadableSource, WrongKind
from lookoutcv.plain_text import open_utf8
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources.allowed_places import AllowedPlaces
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marked_boxes import MOST_OBJECTS, box_corners, label_text
from lookoutcv.sources.target_options import parted, typed

# Objects365, the largest public set in this form, has 2 million images and 30 million boxes.
_MOST_IMAGES, _MOST_BOXES = 10_000_000, 100_000_000
_SPLIT = re.compile(r"(?:instances|person_keypoints|captions|stuff|panoptic)_(\w+)\.json$")
_ROBOFLOW = "_annotations.coco.json"
_HEAD_BYTES = 4096
_LOOKED_FOR = 20
_OUR_FILES = (b'"content_hash"', b'"overall_drift_detected"')


@dataclass(frozen=True)
class CocoSource:
    """The images of a COCO annotation file, in its order.

    Args:
        path: The file.
        images: The folder of the images; unless given, it is looked for: beside the file, in `images` or in the folder
            that the file is named for (`annotations/instances_val2017.json`: `val2017`).
    """

    path: str
    images: str | None = None

    @property
    def name(self) -> str:
        """The path as it was given."""
        return printable(self.path)

    def __iter__(self) -> Iterator[ListedRef]:
        data, places = self._data, self._places
        for index, file in enumerate(data.files):
            id, path = places.place(file)
            yield ListedRef(id, path, None, data.objects(index))

    def count(self) -> int:
        """How many images the file names."""
        return len(self._data.files)

    @cached_property
    def _data(self) -> _Data:
        return _read(self.path, self.name)

    @cached_property
    def _places(self) -> AllowedPlaces:
        return AllowedPlaces(self._root, given=self.images is not None)

    @cached_property
    def _root(self) -> str:
        """The folder of the images: the first in which there are some."""
        if self.images is not None:
            return self.images
        folder = os.path.dirname(self.path) or "."
        above = os.path.join(folder, os.pardir)
        split = _SPLIT.search(os.path.basename(self.path))
        parts = [split[1]] if split else []
        likely = [folder, *(os.path.join(folder, part) for part in ("images", *parts))]
        likely += [os.path.join(folder, "images", part) for part in parts]
        if os.path.basename(os.path.abspath(folder)).lower().startswith("annotation"):
            likely += [os.path.join(above, *more) for part in parts for more in ((part,), ("images", part))]
            likely += [os.path.join(above, "images"), above]
        # Some images may be gone.
        some = self._data.files[:: max(len(self._data.files) // _LOOKED_FOR, 1)][:_LOOKED_FOR]
        return next((os.path.normpath(root) for root in likely if any(_is_there(root, file) for file in some)), folder)

    def check(self) -> None:
        """Refuse a file whose images lie elsewhere, or come twice.

        Raises:
            BadManifestLine: It does.
        """
        ids: set[str] = set()
        places = self._places
        for number, file in enumerate(self._data.files, start=1):
            try:
                id = places.place(file)[0]
            except ValueError as error:
                raise _bad(
                    self.name, "images", number, str(error), places.remedy(_ELSEWHERE.format(self.name))
                ) from None
            if id in ids:
                raise _bad(self.name, "images", number, f"{id!r} is there a second time")
            ids.add(id)


def _is_there(root: str, file: str) -> bool:
    try:
        return os.path.isfile(AllowedPlaces(root).place(file)[1])
    except ValueError:
        return False


_ELSEWHERE = "If that is meant, name the folder that the images lie in: {}?images=FOLDER"


@dataclass(frozen=True)
class _Data:
    """What is kept of a file: boxes of all images in one array, those of an image in a row; crowds have ~category."""

    files: list[str]
    starts: Any
    boxes: Any
    categories: Any
    names: list[str]

    def objects(self, index: int) -> TrueObjects | None:
        """Those of one image; None where the file knows no categories, so that nobody looked."""
        if not self.names:
            return None
        span = slice(self.starts[index], self.starts[index + 1])
        kinds = [int(category) for category in self.categories[span]]
        crowd = tuple(kind < 0 for kind in kinds) if any(kind < 0 for kind in kinds) else ()
        names = tuple(self.names[~kind if kind < 0 else kind] for kind in kinds)
        return TrueObjects(self.boxes[span], names, crowd=crowd)


def _read(path: str, name: str) -> _Data:
    files: list[str] = []
    index: dict[Any, int] = {}
    for number, image in enumerate(_items(path, name, "images"), start=1):
        file, key = image.get("file_name"), _key(image.get("id"))
        if not isinstance(file, str) or key is None:
            raise _bad(name, "images", number, "no file_name or no id")
        if key in index:
            raise _bad(name, "images", number, f"the id {key} is there a second time")
        _bounded(name, number, _MOST_IMAGES, "images")
        index[key] = len(files)
        files.append(file)
    names: list[str] = []
    kinds: dict[Any, int] = {}
    for number, category in enumerate(_items(path, name, "categories"), start=1):
        key = _key(category.get("id"))
        try:
            if key is None or key in kinds:
                raise ValueError("no id, or one that is there already")
            kinds[key] = len(names)
            names.append(label_text(category.get("name")))
        except ValueError as error:
            raise _bad(name, "categories", number, str(error)) from None
    return _Data(files, *_boxes(path, name, index, kinds), names) if names else _Data(files, None, None, None, [])


def _boxes(path: str, name: str, index: dict[Any, int], kinds: dict[Any, int]) -> tuple[Any, Any, Any]:
    owners, categories, numbers = array("q"), array("i"), array("f")
    for number, annotation in enumerate(_items(path, name, "annotations"), start=1):
        owner = index.get(_key(annotation.get("image_id")))
        if owner is None:
            continue  # of an image that was left out of the file
        box = annotation.get("bbox") or _around(annotation.get("segmentation"))
        if box is None:
            continue
        kind = kinds.get(_key(annotation.get("category_id")))
        if kind is None:
            raise _bad(
                name, "annotations", number, f"category {str(annotation.get('category_id'))[:40]} is not in categories"
            )
        try:
            numbers.extend(box_corners(box, sized=True))
        except ValueError as error:
            raise _bad(name, "annotations", number, str(error)) from None
        owners.append(owner)
        categories.append(~kind if annotation.get("iscrowd") else kind)
        _bounded(name, len(owners), _MOST_BOXES, "boxes")
    owner_of = np.array(owners, dtype=np.int64)
    counts = np.bincount(owner_of, minlength=len(index)) if len(owner_of) else np.zeros(len(index), np.int64)
    if counts.size and counts.max() > MOST_OBJECTS:
        raise _bad(name, "images", int(counts.argmax()) + 1, f"more than {MOST_OBJECTS} objects")
    order = np.argsort(owner_of, kind="stable")
    starts = np.concatenate(([0], np.cumsum(counts)))
    boxes = np.array(numbers, dtype=np.float32).reshape(-1, 4)[order]
    return starts, boxes, np.array(categories, dtype=np.int32)[order]


def _around(outline: Any) -> list[float] | None:
    """The box around polygons, x, y, width, height; None for other outlines."""
    if not isinstance(outline, list) or not all(isinstance(polygon, list) for polygon in outline):
        return None
    flat = [number for polygon in outline for number in polygon]
    if len(flat) < 6 or len(flat) % 2 or not all(isinstance(number, int | float) for number in flat):
        return None
    x, y = flat[::2], flat[1::2]
    return [min(x), min(y), max(x) - min(x), max(y) - min(y)]


def _items(path: str, name: str, part: str) -> Iterator[dict[str, Any]]:
    """The entries of one list in the file, one at a time."""
    import ijson  # noqa: PLC0415 - only those who have such a file pay for it

    try:
        with open_utf8(path) as file:
            for number, item in enumerate(ijson.items(file, f"{part}.item", use_float=True), start=1):
                if not isinstance(item, dict):
                    raise _bad(name, part, number, "not a JSON object")
                yield item
    except OSError as error:
        raise UnreadableSource(
            f"{name} cannot be read: {error.strerror or error}", "Check the path.", source=name, reason=str(error)
        ) from error
    except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError, RecursionError) as error:
        raise UnreadableSource(
            f"{name} cannot be read: not JSON, or cut off",
            "Copy or make the file again.",
            source=name,
            reason="not JSON, or cut off",
        ) from error


def _key(value: Any) -> Any:
    """An id as files write it: a number, or text."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _bounded(name: str, count: int, most: int, items: str) -> None:
    if count > most:
        why = f"more than {most} {items}"
        raise UnreadableSource(f"{name} is refused: {why}", "Split the file.", source=name, reason=why)


def _bad(name: str, part: str, number: int, why: str, remedy: str = "Correct the file.") -> BadManifestLine:
    return BadManifestLine(f"{name}, {part}, entry {number}: {why}", remedy, source=name, line=number, reason=why)


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path = parted(target)[0]
    is_file = path.lower().endswith(".json") and os.path.isfile(path)
    return is_file or os.path.isfile(os.path.join(path, _ROBOFLOW))


def _head(path: str) -> bytes:
    """The first bytes: our own reports, and records that `measure -o x.json` wrote, are JSON too."""
    try:
        with open_utf8(path) as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""  # reading it says why


@source_kind("coco", opens=_opens, order=8)
def coco(target: Any) -> CocoSource:
    """A COCO annotation file (JSON), its images beside it."""
    path, options = parted(target)
    if os.path.isdir(path):
        path = os.path.join(path, _ROBOFLOW)
    source = CocoSource(path, **typed(options, {"images": str}, target))
    head = _head(path)
    if head.lstrip()[:1] == b"[" or any(mark in head for mark in _OUR_FILES):
        raise WrongKind(
            f"{source.name} is not read back as images or records",
            "Write records as .parquet: lookout measure SOURCE -o records.parquet",
            path=source.name,
        )
    if not source.count() and b'"images"' not in head:
        raise SourceNotFound(
            f"{source.name} is no COCO annotation file: it has no list `images`",
            "Give a file with images, annotations and categories, or a folder of images.",
            source=source.name,
        )
    source.check()
    return source
