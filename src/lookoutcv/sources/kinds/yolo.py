"""A YOLO data set: `data.yaml` names the folders of images and the classes; a text file an image holds its boxes.

    path: .                  names: [cat, dog]        labels/val/1.txt:  1 0.5 0.5 0.2 0.4
    val: images/val

`images/val/1.jpg` has its boxes in `labels/val/1.txt`: a class, then centre and size, or a polygon, as shares of the
image's sides. `data.yaml?split=train` chooses; by default, `val` is read, or what there is. A bad label file concerns
one image, which is then skipped and named.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lookoutcv.errors import ConfigError, SourceNotFound, UnreadableSource
from lookoutcv.files.rows import bad
from lookoutcv.plain_text import text_of
from lookoutcv.predictions import TrueObjects
from lookoutcv.settings.yaml_file import read_mapping
from lookoutcv.sources.allowed_places import AllowedPlaces, is_whole_path
from lookoutcv.sources.file_names import Stems, printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.kinds.folder import FolderSource
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marks.marked_boxes import MOST_OBJECTS, label_text, marked_objects
from lookoutcv.sources.target_options import parted, typed
from lookoutcv.sources.text_files import lines_of, small_file

SPLITS = ("val", "test", "train")
_KEYS = re.compile(r"^(?:names|nc)\s*:", re.MULTILINE), re.compile(r"^(?:train|val|test)\s*:", re.MULTILINE)
_HEAD_BYTES = 65_536
# Rounding in the tools that write them; a coordinate in pixels is far beyond.
_SLACK = 0.01


@dataclass(frozen=True)
class YoloSource:
    """The images of one part of a YOLO data set, or of all.

    Args:
        path: The data.yaml.
        split: "train", "val", "test" or "all"; unless given, the first of val, test, train that it has.
        root: The folder that its folders lie in, instead of what it says under `path`.
    """

    path: str
    split: str | None = None
    root: str | None = None

    @property
    def name(self) -> str:
        """The path and the part that is read."""
        return f"{printable(self.path)}?split={self._chosen}"

    def __iter__(self) -> Iterator[ListedRef]:
        labels = _Labels(self._base, self._names, "kpt_shape" in self._settings)
        for id, path in self._places():
            objects, trouble = labels.of(os.path.relpath(path, self._base))
            yield ListedRef(id, path, None, objects, trouble=trouble)

    def count(self) -> int:
        """How many images there are."""
        return self._count

    def check(self) -> None:
        """Refuse a file with a wrong key, before anything is read.

        Raises:
            ConfigError: A key is missing or wrong.
            SourceError: A folder is not there, or leads out.
        """
        self._names.get(0)
        self.count()

    @cached_property
    def _count(self) -> int:
        return sum(1 for _ in self._places())

    @property
    def notes(self) -> tuple[str, ...]:
        """What is there and is not used, in sentences."""
        more = sum(1 for _ in self._named()) - self.count()
        again = f"{printable(self.path)} names images a second time: {more:,} of the names are not used."
        return (*((again,) if more else ()), *self._inside.notes)

    @cached_property
    def _settings(self) -> dict[Any, Any]:
        # To YAML 1.1 yes, no, on and off are truth values; a class of that name is a word.
        return read_mapping(self.path, words=("names",))

    @cached_property
    def _chosen(self) -> str:
        splits = [split for split in SPLITS if self._settings.get(split)]
        if not splits:
            raise self._wrong("it names no folder under train, val or test", "val")
        if self.split not in (None, "all", *splits):
            remedy = f"There are: {', '.join(splits)}, all."
            raise ConfigError(f"{printable(self.path)} has no part {self.split!r}", remedy, key="split")
        return self.split or splits[0]

    @cached_property
    def _names(self) -> dict[int, str]:
        entry = self._settings.get("names")
        if isinstance(entry, list):
            entry = dict(enumerate(entry))
        try:
            if entry is None:
                raise ValueError("names is missing: the names of the classes, in the order of their numbers")
            if not isinstance(entry, dict):
                raise ValueError("names is neither a list nor a mapping")
            names = {int(key): label_text(value) for key, value in entry.items()}
        except (ValueError, TypeError) as error:
            raise self._wrong(str(error), "names") from None
        declared = self._settings.get("nc")
        if declared not in (None, len(names)):
            raise self._wrong(f"nc is {str(declared)[:20]}, and names has {len(names)} classes", "nc")
        return names

    @cached_property
    def _base(self) -> str:
        """The folder that the parts are below. Many files name a place of the machine that wrote them: then it is the
        file's own folder, where a data set that has been copied has its folders."""
        if self.root is not None:
            return self.root
        folder, entry = os.path.dirname(self.path) or ".", self._settings.get("path")
        if not isinstance(entry, str) or entry.strip() in ("", "."):
            return folder
        try:
            path = AllowedPlaces(folder).place(entry)[1]
        except ValueError:
            return folder
        return path if os.path.isdir(path) else folder

    def _places(self) -> Iterator[tuple[str, str]]:
        """Id and place of each image, in order, each once."""
        ids: set[str] = set()
        for id, path in self._named():
            if id not in ids:
                ids.add(id)
                yield id, path

    def _named(self) -> Iterator[tuple[str, str]]:
        """Id and place of each image, in order; a folder that several parts name is read once."""
        entries: set[str] = set()
        chosen = (
            [split for split in SPLITS[::-1] if self._settings.get(split)] if self._chosen == "all" else [self._chosen]
        )
        for split in chosen:
            entry = self._settings[split]
            for path in entry if isinstance(entry, list) else [entry]:
                if not isinstance(path, str):
                    raise self._wrong(f"{split} is not a folder", split)
                if path not in entries:
                    entries.add(path)
                    yield from self._part(split, path)

    def _part(self, split: str, entry: str) -> Iterator[tuple[str, str]]:
        below, path = self._place(split, entry)
        if os.path.isdir(path):
            for ref in FolderSource(path):
                yield (f"{below}/{ref.id}" if below else ref.id), ref.path
        elif os.path.isfile(path):
            yield from self._listed(path)
        else:
            raise SourceNotFound(
                f"{printable(self.path)}: {split} leads to {printable(path)!r}, which is not there",
                f"Correct it, or name the folder that it starts from: {printable(self.path)}?root=FOLDER",
                source=self.name,
            )

    def _place(self, split: str, entry: str) -> tuple[str, str]:
        inside = self._inside
        text = entry.strip()
        if os.path.normpath(os.path.join(self._base, text)) == os.path.normpath(self._base):
            return "", self._base
        try:
            # Roboflow writes ../train/images for a folder that lies beside the file.
            beside = text.removeprefix("../")
            if beside != text and os.path.exists((beside_file := inside.place(beside))[1]):
                return beside_file
            return inside.place(text)
        except ValueError as error:
            raise UnreadableSource(
                f"{printable(self.path)}: {split}: {error}", self._remedy, source=self.name, reason=str(error)
            ) from None

    @cached_property
    def _inside(self) -> AllowedPlaces:
        return AllowedPlaces(self._base, given=self.root is not None)

    @property
    def _remedy(self) -> str:
        where = f"If that is meant, name the folder that the images lie in: {printable(self.path)}?root=FOLDER"
        return self._inside.remedy(where)

    def _listed(self, path: str) -> Iterator[tuple[str, str]]:
        """The images that a text file names, one a line, from its own folder."""
        inside, folder = self._inside, os.path.dirname(path)
        for number, line in lines_of(path, printable(path)):
            try:
                yield inside.place(line if is_whole_path(line) else os.path.join(os.path.abspath(folder), line))
            except ValueError as error:
                raise bad(printable(path), number, str(error), self._remedy) from None

    def _wrong(self, why: str, key: str) -> ConfigError:
        name = printable(self.path)
        return ConfigError(f"{name}: {why}", "Correct it; it is written as in Ultralytics YOLO.", path=name, key=key)


@dataclass
class _Labels:
    """The boxes of images, from the text files beside them.

    Args:
        base: The folder that images and labels lie in.
        names: Of the classes, by number.
        poses: Key points follow the box.
    """

    base: str
    names: dict[int, str]
    poses: bool
    _there: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files = Stems(self.base, (".txt",))

    def of(self, image: str) -> tuple[TrueObjects | None, str]:
        """Those of one image, by its path below the base, and what is wrong with its file.

        A missing file says that nothing is in the image, where the folder of such files is there.
        """
        folder, _, file = image.replace(os.sep, "/").rpartition("/")
        parts = folder.split("/")
        if "images" in parts:
            at = len(parts) - 1 - parts[::-1].index("images")
            parts[at] = "labels"
        stem = "/".join([*parts, os.path.splitext(file)[0]]).lstrip("/")
        relative = self._files.file(stem) or stem + ".txt"
        path = os.path.join(self.base, relative)
        try:
            data = small_file(path)
            text = None if data is None else text_of(data)
        except ValueError as error:
            return None, f"{printable(relative)}: {error}"
        if text is None:
            return (marked_objects([], [], relative=True) if self._looked(os.path.dirname(path)) else None), ""
        return self._read(printable(relative), text)

    def _looked(self, folder: str) -> bool:
        if folder not in self._there:
            self._there[folder] = os.path.basename(folder) == "labels" or os.sep + "labels" + os.sep in folder + os.sep
            self._there[folder] &= os.path.isdir(folder)
        return self._there[folder]

    def _read(self, relative: str, text: str) -> tuple[TrueObjects | None, str]:
        boxes: list[list[float]] = []
        labels: list[str] = []
        for number, line in enumerate(text.splitlines(), start=1):
            fields = line.split()
            if not fields:
                continue
            try:
                if len(boxes) >= MOST_OBJECTS:
                    raise ValueError(f"more than {MOST_OBJECTS} objects")
                kind = float(fields[0])
                if kind not in self.names:
                    raise ValueError(f"class {fields[0][:20]} is not in names")
                boxes.append(box_of([float(word) for word in fields[1:]], self.poses))
                labels.append(self.names[int(kind)])
            except ValueError as error:
                why = "not numbers" if "convert" in str(error) else str(error)
                return None, f"{relative}, line {number}: {why}"
        return marked_objects(boxes, labels, relative=True), ""


def box_of(numbers: list[float], poses: bool = False) -> list[float]:
    """The corners of a line's box, as shares of the sides.

    Args:
        numbers: What follows the class: centre and size; with `poses`, key points after them; or x and y of a polygon.
        poses: Key points follow the box.
    Raises:
        ValueError: Another count of numbers, or one outside 0 to 1.
    Example:
        >>> box_of([0.5, 0.5, 0.25, 0.5]), box_of([0, 0.5, 1, 0.25, 0.5, 1])
        ([0.375, 0.25, 0.625, 0.75], [0, 0.25, 1, 1])
    """
    if poses:
        numbers = numbers[:4]
    if len(numbers) != 4 and (len(numbers) < 6 or len(numbers) % 2):
        raise ValueError(f"{len(numbers)} numbers after the class, where there are 4, or those of a polygon")
    if not all(math.isfinite(number) and -_SLACK <= number <= 1 + _SLACK for number in numbers):
        raise ValueError("a number outside 0 to 1: they are shares of the image's sides")
    if len(numbers) > 4:
        x, y = numbers[::2], numbers[1::2]
        return [min(x), min(y), max(x), max(y)]
    x_centre, y_centre, width, height = numbers[0], numbers[1], max(numbers[2], 0), max(numbers[3], 0)
    return [x_centre - width / 2, y_centre - height / 2, x_centre + width / 2, y_centre + height / 2]


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path = parted(target)[0]
    if not path.lower().endswith((".yaml", ".yml")) or not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            head = text_of(file.read(_HEAD_BYTES))
    except (OSError, ValueError):
        return False
    return all(key.search(head) for key in _KEYS)


@source_kind("yolo", opens=_opens, order=9)
def yolo(target: Any) -> YoloSource:
    """A YOLO data set by its data.yaml, with its boxes."""
    path, options = parted(target)
    source = YoloSource(path, **typed(options, {"split": str, "root": str}, target))
    source.check()
    return source
