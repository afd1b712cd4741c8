"""The text files of a YOLO data set: which is of which image, and the boxes in it."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field

from lookoutcv.number_text import number_of
from lookoutcv.plain_text import text_of
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources.file_names import Stems, printable
from lookoutcv.sources.marks.marked_boxes import MOST_OBJECTS, marked_objects
from lookoutcv.sources.text_files import small_file

# Rounding in the tools that write them; a coordinate in pixels is far beyond.
_SLACK = 0.01


@dataclass
class YoloLabels:
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
        stem = self.stem(image)
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

    @staticmethod
    def stem(image: str) -> str:
        """The path of its label file, by that of the image below the base, without the suffix."""
        folder, _, file = image.replace(os.sep, "/").rpartition("/")
        parts = folder.split("/")
        if "images" in parts:
            at = len(parts) - 1 - parts[::-1].index("images")
            parts[at] = "labels"
        return "/".join([*parts, os.path.splitext(file)[0]]).lstrip("/")

    def _looked(self, folder: str) -> bool:
        if folder not in self._there:
            self._there[folder] = is_of_labels(folder.replace(os.sep, "/")) and os.path.isdir(folder)
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
                kind = number_of(fields[0])
                if kind not in self.names:
                    raise ValueError(f"class {fields[0][:20]} is not in names")
                boxes.append(box_of([number_of(word) for word in fields[1:]], self.poses))
                labels.append(self.names[int(kind)])
            except ValueError as error:
                why = "not numbers" if str(error) == "no number" else str(error)
                return None, f"{relative}, line {number}: {why}"
        return marked_objects(boxes, labels, relative=True), ""


def is_of_labels(folder: str) -> bool:
    """Whether a folder, with forward slashes, holds label files and no images."""
    return "labels" in folder.split("/")


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
