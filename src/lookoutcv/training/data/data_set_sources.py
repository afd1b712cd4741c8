"""Which sources a person means who names a data set to learn from: all of its parts, not only the first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lookoutcv.images import Limits
from lookoutcv.images.limits import DEFAULT_LIMITS
from lookoutcv.inference.labelled_images import targets_of
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources import ImageRef, Source, kind_of, open_images
from lookoutcv.sources.file_names import natural_key, printable
from lookoutcv.sources.folders.folder_roles import part_called
from lookoutcv.sources.kinds.base import BoundedRef, loaded
from lookoutcv.sources.kinds.voc import VocSource
from lookoutcv.sources.kinds.yolo import YoloSource

# What a folder is that holds an export with a folder a part.
_OF_A_PART = ("coco", "imagefolder", "voc")
_YOLO_FILES = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")


@dataclass(frozen=True, slots=True, eq=False)
class PartRef(BoundedRef):
    """An image of one of several sources, under a name of its own among all of them.

    Args:
        id: The source's name and the image's.
        ref: What the source knows of it.
    """

    id: str
    ref: ImageRef

    @property
    def label(self) -> str | None:
        """As the source says."""
        return self.ref.label

    @property
    def objects(self) -> TrueObjects | None:
        """As the source says."""
        return self.ref.objects

    @property
    def time(self) -> datetime | None:
        """As the source says."""
        return self.ref.time

    @property
    def tags(self) -> Mapping[str, str]:
        """As the source says."""
        return self.ref.tags

    @property
    def size(self) -> tuple[int, int] | None:
        """As the source says, where it says so."""
        return getattr(self.ref, "size", None)

    def load(self, limits: Limits = DEFAULT_LIMITS) -> Any:
        """What the source's own reference loads.

        Raises:
            ImageError: It is gone, or beyond the limits.
        """
        return loaded(self.ref, limits)


def data_set_sources(target: Any) -> list[tuple[str, Source]]:
    """The sources of a data set, each with what stands before the names of its images.

    A folder of an export with its own folder a part, each with its annotations (Roboflow), is all of them; one that
    holds a `data.yaml` is that; of YOLO all parts are read, unless one is asked for. A folder of VOC with lists of its
    parts is one source a list.

    Args:
        target: What `open_images` takes, or several paths of such.
    Returns:
        At least one; the names begin with nothing where there is only one.
    Raises:
        SourceError: It cannot be listed.
    """
    targets = targets_of(target)
    if len(targets) > 1:
        return [(_of_all_parts(one).name.rstrip("/") + "/", _of_all_parts(one)) for one in targets]
    (only,) = targets
    if lists := _parts_of_lists(only):
        return [(f"{source.split}/", source) for source in lists]
    parts = _part_folders(only)
    if parts:
        return [(f"{printable(os.path.basename(part))}/", open_images(part)) for part in parts]
    return [("", _of_all_parts(_yolo_in(only) or only))]


def unlisted(sources: list[tuple[str, Source]]) -> Iterator[str]:
    """What is said of images that none of the lists names by which the sources divide a folder of VOC."""
    divided = [source for _, source in sources if isinstance(source, VocSource) and source.split is not None]
    if len(divided) > 1:
        root = divided[0].root
        listed = {ref.id for source in divided for ref in source}
        left = VocSource(root).count() - len(listed)
        names = ", ".join(f"{source.split}.txt" for source in divided)
        if left > 0:
            images = "1 image is" if left == 1 else f"{left:,} images are"
            yield f"{images} in none of the lists {names} of {printable(root)}, and not used."


def refs_of(sources: list[tuple[str, Source]]) -> Iterator[ImageRef]:
    """The images of all sources, under names of their own."""
    for before, source in sources:
        for ref in source:
            yield PartRef(before + ref.id, ref) if before else ref


def _of_all_parts(target: Any) -> Source:
    source = open_images(target)
    return replace(source, split="all") if isinstance(source, YoloSource) and source.split is None else source


def _parts_of_lists(target: Any) -> list[VocSource]:
    """A source for each list of a folder of VOC, where these divide what is learnt from and more."""
    if not isinstance(target, str | os.PathLike) or (kind := kind_of(target)) is None or kind.name != "voc":
        return []
    source = open_images(target)
    if not isinstance(source, VocSource) or source.split is not None:
        return []
    parts = source.parts
    return [replace(source, split=part) for part in parts] if "train" in parts and len(parts) > 1 else []


def _folder_of(target: Any) -> str | None:
    """The path of a target that is read as a plain folder."""
    if not isinstance(target, str | os.PathLike) or not os.path.isdir(target):
        return None
    kind = kind_of(target)
    return os.fspath(target) if kind is not None and kind.name == "folder" else None


def _part_folders(target: Any) -> list[str]:
    folder = _folder_of(target)
    names = [] if folder is None else sorted(filter(part_called, os.listdir(folder)), key=natural_key)
    paths = [os.path.join(folder or "", name) for name in names]
    kinds = [kind_of(path) if os.path.isdir(path) else None for path in paths]
    found = [path for path, kind in zip(paths, kinds, strict=True) if kind is not None and kind.name in _OF_A_PART]
    return found if len(found) > 1 else []


def _yolo_in(target: Any) -> str | None:
    folder = _folder_of(target)
    files = [] if folder is None else [os.path.join(folder, name) for name in _YOLO_FILES]
    return next((file for file in files if (kind := kind_of(file)) is not None and kind.name == "yolo"), None)
