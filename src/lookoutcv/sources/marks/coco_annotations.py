"""What a COCO annotation file says: its images, and the boxes of each, read piece by piece.

Nothing is lost without a word: annotations of images that the file does not list, and such as have no place, are
counted, and the first of them is named.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.errors import BadManifestLine, UnreadableSource
from lookoutcv.files.json_stream import OversizedJson, open_json
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources.listed_image import MOST_SIDE
from lookoutcv.sources.marks.coco_labels import WholeImageLabels
from lookoutcv.sources.marks.marked_boxes import MOST_OBJECTS, box_corners, is_set, label_text, without_doubles
from lookoutcv.sources.marks.mask_boxes import box_of_outline

# Objects365, the largest public set in this form, has 2 million images and 30 million boxes.
_MOST_IMAGES, _MOST_BOXES = 10_000_000, 100_000_000
_NOT_LISTED = "of images that the file does not list"
_NO_PLACE = "that have neither a box nor an outline"


@dataclass(frozen=True)
class CocoAnnotations:
    """What is kept of a file: boxes of all images in one array, those of an image in a row; crowds have ~category.

    Args:
        files: The names of the images.
        sizes: (images, 2) width and height that the file declares; 0 where it declares none.
        names: Of the categories.
        notes: What was left out, in sentences.
        starts, boxes, categories: None where nobody looked for objects.
        labels: Of whole images, where the file marks no places; else empty.
    """

    files: list[str]
    sizes: Any
    names: list[str]
    notes: tuple[str, ...]
    starts: Any = None
    boxes: Any = None
    categories: Any = None
    labels: Sequence[str | None] = ()

    def size(self, index: int) -> tuple[int, int] | None:
        """Width and height that the file declares for an image."""
        width, height = map(int, self.sizes[index])
        return (width, height) if width and height else None

    def objects(self, index: int) -> TrueObjects | None:
        """Those of one image; None where nobody looked: the file has no categories, no annotations or no boxes."""
        if self.starts is None:
            return None
        span = slice(self.starts[index], self.starts[index + 1])
        kinds = [int(category) for category in self.categories[span]]
        crowd = tuple(kind < 0 for kind in kinds) if any(kind < 0 for kind in kinds) else ()
        names = tuple(self.names[~kind if kind < 0 else kind] for kind in kinds)
        return without_doubles(TrueObjects(self.boxes[span], names, crowd=crowd, size=self.size(index)))


def as_key(value: object) -> str:
    """A name or a number as text: 3, 3.0 and "3" are one, as exports that were merged have them.

    Example:
        >>> as_key(3.0), as_key(3), as_key("3"), as_key("a.jpg")
        ('3', '3', '3', 'a.jpg')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_annotations(path: str, name: str) -> CocoAnnotations:
    """The images and boxes of a file.

    Args:
        path: The file.
        name: What messages call it.
    Raises:
        BadManifestLine: An entry is not as it must be.
        UnreadableSource: It cannot be read, or is no JSON.
    """
    files: list[str] = []
    index: dict[str, int] = {}
    sides = array("i")
    for number, image in enumerate(_items(path, name, "images"), start=1):
        file, key = image.get("file_name"), _key(image.get("id"))
        if not isinstance(file, str) or key is None:
            raise bad_entry(name, "images", number, "no file_name or no id")
        if key in index:
            raise bad_entry(name, "images", number, f"the id {key} is there a second time")
        _bounded(name, number, _MOST_IMAGES, "images")
        index[key] = len(files)
        files.append(file)
        sides.extend((_side(image.get("width")), _side(image.get("height"))))
    sizes = np.array(sides, dtype=np.int32).reshape(-1, 2)
    names, kinds = _categories(path, name)
    left_out = _LeftOut()
    if not names:
        count = sum(1 for _ in _items(path, name, "annotations"))
        notes = (f"{name} has {count:,} annotations and no categories: they are not read.",) if count else ()
        return CocoAnnotations(files, sizes, names, notes)
    boxes = _Boxes(name, index, kinds, sizes, left_out, WholeImageLabels(len(files)))
    number = 0
    for number, annotation in enumerate(_items(path, name, "annotations"), start=1):
        boxes.add(number, annotation)
    if not boxes.owners and boxes.whole.known:
        left_out.count.pop(_NO_PLACE)
        told = (*boxes.whole.notes(name), *left_out.notes(name))
        return CocoAnnotations(files, sizes, names, told, labels=boxes.whole.of_images(names))
    if not boxes.owners and (left_out.count.get(_NO_PLACE) or (not number and not _lists(path, "annotations"))):
        return CocoAnnotations(files, sizes, names, left_out.notes(name))
    return CocoAnnotations(files, sizes, names, left_out.notes(name), *boxes.of_images())


def _categories(path: str, name: str) -> tuple[list[str], dict[str, int]]:
    names: list[str] = []
    kinds: dict[str, int] = {}
    for number, category in enumerate(_items(path, name, "categories"), start=1):
        key = _key(category.get("id"))
        try:
            if key is None or key in kinds:
                raise ValueError("no id, or one that is there already")
            kinds[key] = len(names)
            names.append(label_text(category.get("name")))
        except ValueError as error:
            raise bad_entry(name, "categories", number, str(error)) from None
    return names, kinds


@dataclass
class _LeftOut:
    """How many annotations are not used, by the reason, and the number of the first of each."""

    count: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, number: int) -> None:
        self.count[reason] = self.count.get(reason, 0) + 1
        self.first.setdefault(reason, number)

    def notes(self, name: str) -> tuple[str, ...]:
        return tuple(
            f"Left out of {name}: {count:,} annotations {reason}, the first is entry {self.first[reason]:,}."
            for reason, count in self.count.items()
        )


@dataclass
class _Boxes:
    """The boxes of all images, in the order of the file."""

    name: str
    index: dict[str, int]
    kinds: dict[str, int]
    sizes: Any
    left_out: _LeftOut
    whole: WholeImageLabels
    owners: array[int] = field(default_factory=lambda: array("q"))
    categories: array[int] = field(default_factory=lambda: array("i"))
    numbers: array[float] = field(default_factory=lambda: array("f"))

    def add(self, number: int, annotation: dict[str, Any]) -> None:
        """Take one annotation, or count why it is not used."""
        key = _key(annotation.get("image_id"))
        owner = None if key is None else self.index.get(key)
        if owner is None:
            self.left_out.add(_NOT_LISTED, number)
            return
        try:
            box = _place(annotation, self.sizes[owner])
            kind = self.kinds.get(_key(annotation.get("category_id")) or "")
            if box is None:
                self.left_out.add(_NO_PLACE, number)
                self.whole.add(owner, kind)
                return
            if kind is None:
                raise ValueError(f"category {str(annotation.get('category_id'))[:40]} is not in categories")
            self.numbers.extend(box_corners(box, sized=True))
        except ValueError as error:
            raise bad_entry(self.name, "annotations", number, str(error)) from None
        self.owners.append(owner)
        self.categories.append(~kind if is_set(annotation.get("iscrowd")) else kind)
        _bounded(self.name, len(self.owners), _MOST_BOXES, "boxes")

    def of_images(self) -> tuple[Any, Any, Any]:
        """Where those of each image begin, corners and categories, in the order of the images."""
        owner_of = np.array(self.owners, dtype=np.int64)
        images = len(self.index)
        counts = np.bincount(owner_of, minlength=images) if len(owner_of) else np.zeros(images, np.int64)
        if counts.size and counts.max() > MOST_OBJECTS:
            raise bad_entry(self.name, "images", int(counts.argmax()) + 1, f"more than {MOST_OBJECTS} objects")
        order = np.argsort(owner_of, kind="stable")
        starts = np.concatenate(([0], np.cumsum(counts)))
        boxes = np.array(self.numbers, dtype=np.float32).reshape(-1, 4)[order]
        return starts, boxes, np.array(self.categories, dtype=np.int32)[order]


def _place(annotation: dict[str, Any], size: Any) -> Any:
    """The box, or that of the outline where the box is missing, null or of no size; None where there is neither."""
    box = annotation.get("bbox")
    if isinstance(box, list) and all(number is None for number in box):
        box = None  # also where it is empty
    if box is not None and not (isinstance(box, list) and len(box) == 4 and not any(box[2:])):
        return box
    width, height = map(int, size)
    around = box_of_outline(annotation.get("segmentation"), (width, height) if width and height else None)
    return box if around is None else around


def _items(path: str, name: str, part: str) -> Iterator[dict[str, Any]]:
    """The entries of one list in the file, one at a time."""
    import ijson  # noqa: PLC0415 - only those who have such a file pay for it

    try:
        with open_json(path) as file:
            for number, item in enumerate(ijson.items(file, f"{part}.item", use_float=True), start=1):
                if not isinstance(item, dict):
                    raise bad_entry(name, part, number, "not a JSON object")
                yield item
    except OSError as error:
        raise UnreadableSource(
            f"{name} cannot be read: {error.strerror or error}", "Check the path.", source=name, reason=str(error)
        ) from error
    except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError, RecursionError) as error:
        why = str(error) if isinstance(error, OversizedJson) else "not JSON, or cut off"
        raise UnreadableSource(
            f"{name} cannot be read: {why}", "Copy or make the file again.", source=name, reason=why
        ) from error


def _lists(path: str, part: str) -> bool:
    """Whether a file that was read has such a list, be it empty."""
    import ijson  # noqa: PLC0415 - as above

    with open_json(path) as file:
        return any(prefix == part and event == "start_array" for prefix, event, _ in ijson.parse(file, use_float=True))


def _key(value: Any) -> str | None:
    """An id as files write it: a number, or text."""
    return as_key(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _side(value: Any) -> int:
    """A side in pixels; 0 where none is declared."""
    try:
        side = int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return side if 0 < side <= MOST_SIDE else 0


def _bounded(name: str, count: int, most: int, items: str) -> None:
    if count > most:
        why = f"more than {most} {items}"
        raise UnreadableSource(f"{name} is refused: {why}", "Split the file.", source=name, reason=why)


def bad_entry(name: str, part: str, number: int, why: str, remedy: str = "Correct the file.") -> BadManifestLine:
    """The error that names an entry of a list."""
    return BadManifestLine(f"{name}, {part}, entry {number}: {why}", remedy, source=name, line=number, reason=why)
