"""The images of one or several sources, read one by one; those that cannot be read are kept aside."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from lookoutcv.errors import ImageError, NoImages, ShapeMismatch
from lookoutcv.images import read
from lookoutcv.predictions import TrueObjects
from lookoutcv.progress import Progress
from lookoutcv.sources import ImageRef, Source, open_images

Thing = TypeVar("Thing")


@dataclass(frozen=True, eq=False)
class Picture:
    """An image with its id, and the label and the objects that its source knows of."""

    id: str
    pixels: Any
    label: str | None
    objects: TrueObjects | None = None


@dataclass
class Pictures:
    """Images as they come.

    Args:
        targets: What `open_source` takes each.
        strict: Stop at the first that cannot be read, instead of keeping its name and reason in `skipped`.
        progress: Called as `progress(done, total)`.
        most: Read only so many, evenly spread over all.
    """

    targets: Sequence[Any]
    strict: bool = False
    progress: Progress | None = None
    most: int | None = None
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def batches(self, count: int) -> Iterator[list[Picture]]:
        """Lists of at most so many images.

        Raises:
            SourceError: A target cannot be listed.
            ImageError: With `strict`, one that cannot be read.
            NoImages: There is none that can be read.
        """
        held: list[Picture] = []
        found = 0
        for picture in self._pictures():
            held.append(picture)
            found += 1
            if len(held) == count:
                yield held
                held = []
        if held:
            yield held
        if not found:
            name = ", ".join(source.name for source in self.sources)
            raise NoImages(
                f"{name} holds no image that can be read", "Check the path.", source=name, skipped=len(self.skipped)
            )

    @property
    def sources(self) -> list[Source]:
        """The targets as sources."""
        return [open_images(target) for target in self.targets]

    @property
    def ids(self) -> Iterator[str]:
        """The names of all images."""
        sources = self.sources
        return (_id(ref, source, len(sources)) for source in sources for ref in source)

    def _pictures(self) -> Iterator[Picture]:
        sources = self.sources
        counts = [source.count() for source in sources]
        total = None if None in counts else sum(filter(None, counts))
        listed: Iterable[tuple[str, ImageRef]] = (
            (_id(ref, source, len(sources)), ref) for source in sources for ref in source
        )
        if self.most is not None:
            listed = spread(list(listed), self.most)
            total = len(listed)
        for done, (id, ref) in enumerate(listed, start=1):
            picture = self._read(ref, id)
            if self.progress is not None:
                self.progress(done, total)
            if picture is not None:
                yield picture

    def _read(self, ref: ImageRef, id: str) -> Picture | None:
        try:
            return Picture(id, read(ref.load()).pixels, ref.label, ref.objects)
        except (ImageError, ShapeMismatch) as error:
            if self.strict:
                raise
            self.skipped.append((id, getattr(error, "reason", error.problem)))
            return None


def spread(things: Sequence[Thing], most: int) -> Sequence[Thing]:
    """At most so many, evenly spread, in order.

    Example:
        >>> spread([0, 1, 2, 3, 4, 5, 6], 3)
        [0, 2, 4]
    """
    if len(things) <= most:
        return things
    return [things[i * len(things) // most] for i in range(most)]


def few(names: Sequence[str]) -> str:
    """The first names of many, for a message.

    Example:
        >>> few(["cat", "dog", "fox", "owl"])
        "'cat', 'dog', 'fox' and 1 more"
    """
    return ", ".join(map(repr, names[:3])) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def targets_of(images: Any) -> list[Any]:
    """What is to be opened: several paths are several sources, anything else is one.

    Example:
        >>> targets_of(["a.jpg", "folder"]), targets_of("folder")
        (['a.jpg', 'folder'], ['folder'])
    """
    many = isinstance(images, list | tuple) and len(images) > 0
    if many and all(isinstance(one, str | os.PathLike) for one in images):
        return list(images)
    return [[images] if isinstance(images, np.ndarray) and images.ndim in (2, 3) else images]


def _id(ref: ImageRef, source: Source, count: int) -> str:
    """A name that is the image's own among all targets."""
    if count == 1:
        return ref.id
    return source.name if getattr(source, "single", False) else f"{source.name.rstrip('/')}/{ref.id}"
