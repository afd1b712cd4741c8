"""A COCO annotation file: one JSON with the images of a data set and the boxes that people drew.

The file is read piece by piece: what stays in memory is a name an image and 32 bytes a box, not the outlines, which
make up most of it. Crowds (`iscrowd`), which stand for many objects at once, are marked as such: scoring counts neither
them nor what is found in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import SourceNotFound, WrongKind
from lookoutcv.files.json_stream import OversizedJson, open_json
from lookoutcv.sources.allowed_places import AllowedPlaces
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marks.coco_annotations import CocoAnnotations, bad_entry, read_annotations
from lookoutcv.sources.target_options import parted, typed

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
            objects = data.objects(index)
            label = data.labels[index] if data.labels else None
            yield ListedRef(id, path, label, objects, size=data.size(index) if objects is None else None)

    def count(self) -> int:
        """How many images the file names."""
        return len(self._data.files)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of it is not used, and how paths of another machine were read, in sentences."""
        return (*self._data.notes, *self._places.notes)

    @cached_property
    def _data(self) -> CocoAnnotations:
        return read_annotations(self.path, self.name)

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
        likely = [folder, *(os.path.join(folder, part) for part in ("images", "data", *parts))]
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
                raise bad_entry(
                    self.name, "images", number, str(error), places.remedy(_ELSEWHERE.format(self.name))
                ) from None
            if id in ids:
                raise bad_entry(self.name, "images", number, f"{id!r} is there a second time")
            ids.add(id)


def _is_there(root: str, file: str) -> bool:
    try:
        return os.path.isfile(AllowedPlaces(root).place(file)[1])
    except ValueError:
        return False


_ELSEWHERE = "If that is meant, name the folder that the images lie in: {}?images=FOLDER"


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path = parted(target)[0]
    is_file = path.lower().endswith(".json") and os.path.isfile(path)
    return is_file or os.path.isfile(os.path.join(path, _ROBOFLOW))


def _head(path: str) -> bytes:
    """The first bytes: our own reports, and records that `measure -o x.json` wrote, are JSON too."""
    try:
        with open_json(path) as file:
            return file.read(_HEAD_BYTES)
    except (OSError, OversizedJson):
        return b""  # reading it says why


@source_kind("coco", opens=_opens, order=8)
def coco(target: Any) -> CocoSource:
    """A COCO annotation file (JSON), its images beside it."""
    path, options = parted(target)
    if os.path.isdir(path):
        path = os.path.join(path, _ROBOFLOW)
    source = CocoSource(path, **typed(options, {"images": str}, target))
    head = _head(path)
    if any(mark in head for mark in _OUR_FILES):
        raise WrongKind(
            f"{source.name} is not read back as images or records",
            "Write records as .parquet: lookout measure SOURCE -o records.parquet",
            path=source.name,
        )
    if head.lstrip()[:1] == b"[" or (not source.count() and b'"images"' not in head):
        raise SourceNotFound(
            f"{source.name} is no COCO annotation file: it has no list `images`",
            "Give a file with images, annotations and categories, as Label Studio and others export it; or a folder.",
            source=source.name,
        )
    source.check()
    return source
