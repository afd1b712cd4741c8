"""A YOLO data set: `data.yaml` names the folders of images and the classes; a text file an image holds its boxes.

    path: .                  names: [cat, dog]        labels/val/1.txt:  1 0.5 0.5 0.2 0.4
    val: images/val

`images/val/1.jpg` has its boxes in `labels/val/1.txt`: a class, then centre and size, or a polygon, as shares of the
image's sides. `data.yaml?split=train` chooses; by default, `val` is read, or what there is. A bad label file concerns
one image, which is then skipped and named.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import ConfigError, SourceNotFound, UnreadableSource
from lookoutcv.files.rows import bad
from lookoutcv.plain_text import composed, text_of
from lookoutcv.settings.yaml_file import read_mapping
from lookoutcv.sources.allowed_places import AllowedPlaces, is_whole_path
from lookoutcv.sources.file_names import Stems, printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.kinds.folder import FolderSource
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marks.marked_boxes import label_text
from lookoutcv.sources.marks.yolo_labels import YoloLabels, is_of_labels
from lookoutcv.sources.target_options import parted, typed
from lookoutcv.sources.text_files import lines_of

SPLITS = ("val", "test", "train")
_KEYS = re.compile(r"^(?:names|nc)\s*:", re.MULTILINE), re.compile(r"^(?:train|val|test)\s*:", re.MULTILINE)
_HEAD_BYTES = 65_536
# Texts that tools put beside label files: CVAT, LabelImg, Label Studio.
_NO_LABELS = ("classes", "obj", "names", "train", "val", "valid", "test", "readme", "notes")


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
        labels = YoloLabels(self._base, self._names, "kpt_shape" in self._settings)
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
        return (*((again,) if more else ()), *self._without_image, *self._inside.notes)

    @property
    def _without_image(self) -> Iterator[str]:
        """Label files, beside those of the images that are read, that are of no image."""
        labels = YoloLabels(self._base, self._names, False)
        images: dict[str, set[str]] = {}
        for _, path in self._places():
            folder, _, stem = labels.stem(os.path.relpath(path, self._base)).rpartition("/")
            images.setdefault(folder, set()).add(composed(stem))
        lone = sorted(
            f"{folder}/{stem}.txt".lstrip("/")
            for folder, stems in images.items()
            # Lists and names of classes lie beside images; in a folder of labels every text is one.
            for stem in (Stems(os.path.join(self._base, folder), (".txt",)).all if is_of_labels(folder) else ())
            if composed(stem) not in stems and stem.lower() not in _NO_LABELS
        )
        if lone:
            first = printable(lone[0])
            yield (
                f"1 label file has no image of its name: {first}."
                if len(lone) == 1
                else f"{len(lone):,} label files have no image of their name, the first is {first}."
            )

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
