"""A data set in the form of Pascal VOC: `JPEGImages`, an XML file an image in `Annotations`, parts in `ImageSets/Main`.

Boxes count pixels from 1 to the last one inside; here they are corners from 0, so that 1 is taken off the first two. A
file in which one begins at 0, as LabelImg and others write it, counts from 0 already: there nothing is taken off.
Objects marked `difficult` come along as crowds do: what is found there counts neither way. Images without an XML file
are images that nobody looked at. An XML file that cannot be read concerns one image, which is then skipped and named.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lookoutcv.errors import ConfigError
from lookoutcv.files.rows import bad
from lookoutcv.number_text import number_of
from lookoutcv.plain_text import composed
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources.file_names import Stems, printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.kinds.folder import FolderSource
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marks.marked_boxes import is_set, marked_objects
from lookoutcv.sources.target_options import parted, typed
from lookoutcv.sources.text_files import lines_of, small_file

_IMAGES, _MARKS, _PARTS = "JPEGImages", "Annotations", os.path.join("ImageSets", "Main")
# What tools that write VOC's files call the two folders.
_ALSO_IMAGES = ("images", "Images", "imgs", "img", "image")
_ALSO_MARKS = ("annotations", "annotation", "xmls", "xml", "labels", "Annotations/xmls", "annotations/xmls")
_YEARS = tuple(f"VOC{year}" for year in range(2005, 2013))
_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")
# cat_val.txt says behind each name whether a cat is there: 1, -1, or 0 for a difficult one.
_FLAG = re.compile(r"\s+(?:-1|0|1)$")
# Of files in a folder that may be VOC's.
_LOOKED_THROUGH = 1000
# A file of the real set has five.
_MOST_LEVELS = 32
_PLAIN = re.compile(r"[^/\\\0]{1,255}")


@dataclass(frozen=True)
class VocSource:
    """The images of a VOC folder, or of several years in one VOCdevkit.

    Args:
        root: The folder.
        split: Only those that `ImageSets/Main/SPLIT.txt` names; unless given, all in `JPEGImages`.
    Raises:
        ConfigError: There is no such list.
    """

    root: str
    split: str | None = None

    @property
    def name(self) -> str:
        """The folder as it was given, with its part."""
        return printable(self.root) + (f"?split={self.split}" if self.split else "")

    def __iter__(self) -> Iterator[ListedRef]:
        for year in _years(self.root):
            home = os.path.join(self.root, year)
            images, of_marks = _layout(home) or (_IMAGES, _MARKS)
            marks = Stems(os.path.join(home, of_marks), (".xml",))
            for file in self._files(home):
                id = "/".join(filter(None, (year, images, file)))
                objects, trouble = _marks(marks, of_marks, os.path.splitext(file)[0])
                path = os.path.join(home, images, _on_disk(file))
                yield ListedRef(printable(id), path, None, objects, trouble=trouble)

    def count(self) -> int:
        """How many images there are."""
        return self._count

    @cached_property
    def _count(self) -> int:
        return sum(1 for year in _years(self.root) for _ in self._files(os.path.join(self.root, year)))

    @property
    def parts(self) -> tuple[str, ...]:
        """Which of train, val and test there are lists of, in every year."""
        homes = [os.path.join(self.root, year, _PARTS) for year in _years(self.root)]
        return tuple(
            part
            for part in ("train", "val", "test")
            if homes and all(os.path.isfile(os.path.join(home, f"{part}.txt")) for home in homes)
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is there and is not used, in sentences."""
        return (*self._taken_for_voc, *self._doubled, *self._without_image)

    @property
    def _taken_for_voc(self) -> Iterator[str]:
        for year in _years(self.root):
            images, marks = _layout(os.path.join(self.root, year)) or (_IMAGES, _MARKS)
            if (images, marks) != (_IMAGES, _MARKS):
                yield f"{printable(self.root)} is read as Pascal VOC: images in {images}, boxes in {marks}."

    @property
    def _doubled(self) -> Iterator[str]:
        for year in _years(self.root) if self.split is not None else ():
            path = self._part(os.path.join(self.root, year))
            lines = Counter(line for _, line in lines_of(path, printable(path)))
            if more := sum(lines.values()) - len(lines):
                yield f"{printable(path)} names images a second time: {more:,} of its lines are not used."

    @property
    def _without_image(self) -> Iterator[str]:
        for year in _years(self.root) if self.split is None else ():
            home = os.path.join(self.root, year)
            marks = (_layout(home) or (_IMAGES, _MARKS))[1]
            images = {composed(os.path.splitext(file)[0]) for file in self._files(home)}
            lone = sorted(
                stem for stem in Stems(os.path.join(home, marks), (".xml",)).all if composed(stem) not in images
            )
            if lone:
                first = f"{printable(lone[0])}.xml"
                yield (
                    f"1 file in {marks} has no image of its name: {first}."
                    if len(lone) == 1
                    else f"{len(lone):,} files in {marks} have no image of their name, the first is {first}."
                )

    def _files(self, home: str) -> Iterator[str]:
        """The images of one year, below its `JPEGImages`."""
        folder = os.path.join(home, (_layout(home) or (_IMAGES, _MARKS))[0])
        if self.split is None:
            for ref in FolderSource(folder):
                yield os.path.relpath(ref.path, folder).replace(os.sep, "/")
            return
        path, images = self._part(home), Stems(folder, _SUFFIXES)
        files: set[str] = set()
        for number, line in lines_of(path, printable(path)):
            names = [line, _FLAG.sub("", line)]
            file = next(filter(None, map(images.file, names)), None)
            if file is None and (not _PLAIN.fullmatch(names[1]) or names[1] in (".", "..")):
                raise bad(printable(path), number, f"{printable(names[1])[:60]!r} is not the name of an image")
            file = file or names[1] + _SUFFIXES[0]  # reading it says that it is gone
            if file not in files:
                files.add(file)
                yield file

    def _part(self, home: str) -> str:
        parts = os.path.join(home, _PARTS)
        splits: list[str] = []
        with suppress(OSError):
            splits = sorted(file_name[:-4] for file_name in os.listdir(parts) if file_name.endswith(".txt"))
        if self.split not in splits:
            plain = [printable(split) for split in splits if "_" not in split]  # cat_val.txt tells where cats are
            remedy = f"There are: {', '.join(plain[:9])}." if plain else "Leave split out: all images are read."
            raise ConfigError(f"{printable(home)} has no part {self.split!r}", remedy, key="split")
        return os.path.join(parts, f"{self.split}.txt")


def _on_disk(file: str) -> str:
    return file.replace("/", os.sep)


def _years(root: str) -> list[str]:
    """The folders in VOC's form: the folder itself (""), or the years of a VOCdevkit."""
    return [""] if _layout(root) else [year for year in _YEARS if _layout(os.path.join(root, year))]


def _layout(home: str) -> tuple[str, str] | None:
    """The folders of the images and of the XML files; None where there are no such two.

    Under other names than VOC's own, the second must hold XML files: COCO and YOLO have folders called so too.
    """
    if all(os.path.isdir(os.path.join(home, folder_name)) for folder_name in (_IMAGES, _MARKS)):
        return _IMAGES, _MARKS
    images = next((name for name in (_IMAGES, *_ALSO_IMAGES) if os.path.isdir(os.path.join(home, name))), None)
    marks = next((name for name in (_MARKS, *_ALSO_MARKS) if _holds_xml(os.path.join(home, *name.split("/")))), None)
    return None if images is None or marks is None else (images, marks)


def _holds_xml(folder: str) -> bool:
    try:
        with os.scandir(folder) as listing:
            return any(entry.name.lower().endswith(".xml") for entry in islice(listing, _LOOKED_THROUGH))
    except OSError:
        return False


def _marks(marks: Stems, folder: str, stem: str) -> tuple[TrueObjects | None, str]:
    """The objects in one image, and what is wrong with its file."""
    file = marks.file(stem) or f"{stem}.xml"
    relative = f"{folder}/{file}"
    try:
        data = small_file(os.path.join(marks.folder, _on_disk(file)))
        return (None if data is None else objects_in(data)), ""
    except ValueError as error:
        return None, f"{printable(relative)}: {error}"


def objects_in(xml: bytes) -> TrueObjects:
    """The objects of an annotation file.

    Raises:
        ValueError: It is not XML, is deep, declares a document type (which can expand without end and name
            other files), or an object has no name or box.
    Example:
        >>> objects_in(b"<annotation><object><name>dog</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax>"
        ...            b"<ymax>5</ymax></bndbox></object></annotation>").boxes.tolist()
        [[0.0, 0.0, 9.0, 5.0]]
    """
    tree = tree_of(xml)
    boxes: list[list[float]] = []
    labels, difficult = [], []
    for marked in tree.findall("object"):
        box = [marked.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")]
        try:
            boxes.append([number_of(side) for side in box])
        except ValueError:
            raise ValueError("an object without a box") from None
        labels.append(marked.findtext("name"))
        difficult.append(is_set(marked.findtext("difficult")))
    first = 0 if any(0 <= corner < 1 for box in boxes for corner in box[:2]) else 1
    for corners in boxes:
        corners[0], corners[1] = corners[0] - first, corners[1] - first
    return marked_objects(boxes, labels, uncounted=difficult, size=_size(tree))


def _size(tree: Element) -> tuple[int, int] | None:
    """Width and height of the image that the file is of; None where it has none, or zeros."""
    try:
        width, height = (int(number_of(tree.findtext(f"size/{side}") or 0)) for side in ("width", "height"))
    except (ValueError, OverflowError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def tree_of(xml: bytes) -> Element:
    """The elements of a small XML file. Nothing is expanded, and no other file is read.

    Raises:
        ValueError: See `objects_in`.
    """
    builder, parser = TreeBuilder(), expat.ParserCreate()
    level = 0

    def starts(tag: str, attributes: dict[str, str]) -> None:
        nonlocal level
        level += 1
        if level > _MOST_LEVELS:
            raise ValueError("too deep")
        builder.start(tag, attributes)

    def ends(tag: str) -> None:
        nonlocal level
        level -= 1
        builder.end(tag)

    def declares(*_: object) -> None:
        raise ValueError("it declares a document type, which is not read")

    parser.StartElementHandler, parser.EndElementHandler = starts, ends
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = declares
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, UnicodeDecodeError, LookupError):
        raise ValueError("not XML, or cut off") from None
    return builder.close()


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or not os.path.isdir(path := parted(target)[0]):
        return False
    return bool(_years(path))


@source_kind("voc", opens=_opens, order=6)
def voc(target: Any) -> VocSource:
    """A folder in the form of Pascal VOC, with its boxes."""
    path, options = parted(target)
    source = VocSource(path, **typed(options, {"split": str}, target))
    source.count()
    return source
