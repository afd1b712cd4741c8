"""The images of one or several sources with what these know of them, decoded one by one."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeGuard, TypeVar

import numpy as np

from lookoutcv.errors import RuntimeDied, ShapeMismatch
from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.predictions import Prediction, TrueObjects
from lookoutcv.progress import Progress
from lookoutcv.secrets import masked
from lookoutcv.sources import ImageRef, Source, notes_of, open_images
from lookoutcv.sources.decoded_images import SkippedImages, decoded_images, no_images
from lookoutcv.sources.marks.marked_boxes import MarkedCount, on_image

Item = TypeVar("Item")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """An image with its id, and the label and the objects that its source knows of."""

    id: str
    pixels: Any
    label: str | None
    objects: TrueObjects | None = None


@dataclass
class LabelledImages:
    """Images as they come, those of all sources under names of their own.

    Args:
        targets: What `open_images` takes each: see `targets_of`.
        strict: Stop at the first that cannot be read, instead of noting it in `skipped`.
        progress: Called as `progress(done, total)`.
        most: Read only so many, evenly spread over all.
        limits: Images beyond them are skipped.
        in_result: The result holds the notes, and whoever shows it shows them: nothing is logged but by `tell`.
        only: Which images are meant; None for all.
    Fields, once all are read:
        skipped: Those that cannot be read.
        marked: How many marked objects they have, and what was left out.
    """

    targets: Sequence[Any]
    strict: bool = False
    progress: Progress | None = None
    most: int | None = None
    limits: Limits = DEFAULT_LIMITS
    in_result: bool = False
    only: Callable[[ImageRef], bool] | None = None
    skipped: SkippedImages = field(init=False)
    marked: MarkedCount = field(init=False, default_factory=MarkedCount)

    def __post_init__(self) -> None:
        self.skipped = SkippedImages(self.strict)

    def batches(self, count: int) -> Iterator[list[LabelledImage]]:
        """Lists of at most so many images.

        Raises:
            SourceError: A target cannot be listed.
            ImageError: With `strict`, one that cannot be read.
            NoImages: There is none that can be read.
        """
        if not self.in_result:
            self.tell()
        images = self._images()
        read = 0
        while batch := list(islice(images, count)):
            read += len(batch)
            yield batch
        if not read:
            raise no_images(self.name, self.skipped.named, self.skipped.count)

    def tell(self, in_result: bool = False) -> None:
        """Log the notes: for people, or, where they read them with the result, for programs."""
        for note in self.notes:
            _log.warning("%s", note, extra={"in_result": in_result})

    @property
    def name(self) -> str:
        """What a person calls the sources."""
        return ", ".join(source.name for source in self._sources())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the sources say of how they were read, and what of the marked objects was left out, in sentences."""
        return (*(masked(note) for source in self._sources() for note in notes_of(source)), *self.marked.notes)

    @property
    def ids(self) -> Iterator[str]:
        """The names of all images."""
        return (id for id, _ in self._listed(self._sources()))

    @property
    def labels(self) -> frozenset[str]:
        """What people call the images and the objects in them."""
        refs = [ref for _, ref in self._listed(self._sources())]
        of_images = {ref.label for ref in refs if ref.label is not None}
        return frozenset(of_images.union(*(ref.objects.labels for ref in refs if ref.objects is not None)))

    @property
    def marked_names(self) -> frozenset[str]:
        """What people call the objects that are marked."""
        objects = (ref.objects for _, ref in self._listed(self._sources()))
        return frozenset().union(*(one.labels for one in objects if one is not None))

    @property
    def expected(self) -> int:
        """How many images are to be read."""
        count = sum(1 for _ in self._listed(self._sources()))
        return count if self.most is None else min(count, self.most)

    def answered(
        self, prediction: Prediction | RuntimeDied | None, image: LabelledImage
    ) -> TypeGuard[Prediction | None]:
        """Whether there is an answer for an image; where the model died of it, it is noted in `skipped`.

        Raises:
            RuntimeDied: With `strict`.
        """
        if isinstance(prediction, RuntimeDied):
            self.skipped.add(image.id, prediction)
        return not isinstance(prediction, RuntimeDied)

    def _sources(self) -> list[Source]:
        return [open_images(target) for target in self.targets]

    def _listed(self, sources: Sequence[Source]) -> Iterator[tuple[str, ImageRef]]:
        refs = ((_id(ref, source, len(sources)), ref) for source in sources for ref in source)
        return refs if self.only is None else ((id, ref) for id, ref in refs if self.only(ref))

    def _images(self) -> Iterator[LabelledImage]:
        sources = self._sources()
        counts = [source.count() for source in sources]
        total = None if None in counts or self.only is not None else sum(filter(None, counts))
        listed: Iterable[tuple[str, ImageRef]] = self._listed(sources)
        if self.most is not None:
            listed = evenly_spread(list(listed), self.most)
            total = len(listed)
        self.marked = MarkedCount()
        for one in decoded_images(
            listed, limits=self.limits, skipped=self.skipped, progress=self.progress, total=total
        ):
            height, width = one.image.pixels.shape[:2]
            try:
                objects, left_out = on_image(one.ref, width, height, one.image.exif_orientation or 1)
            except ShapeMismatch as error:
                self.skipped.add(one.id, error)
                continue
            if objects is not None:
                self.marked.add(1, len(objects.labels), not objects.labels)
            self.marked.leave_out(one.id, left_out)
            yield LabelledImage(one.id, one.image.pixels, one.ref.label, objects)


def evenly_spread(items: Sequence[Item], most: int) -> Sequence[Item]:
    """At most so many, evenly spread, in order.

    Example:
        >>> evenly_spread([0, 1, 2, 3, 4, 5, 6], 3)
        [0, 2, 4]
    """
    if len(items) <= most:
        return items
    return [items[i * len(items) // most] for i in range(most)]


def first_names(names: Sequence[str]) -> str:
    """The first names of many, for a message.

    Example:
        >>> first_names(["cat", "dog", "fox", "owl"])
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
    """A name that is the image's own among all sources."""
    if count == 1:
        return ref.id
    return source.name if getattr(source, "single", False) else f"{source.name.rstrip('/')}/{ref.id}"
