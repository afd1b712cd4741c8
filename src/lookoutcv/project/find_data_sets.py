"""Data sets in a folder, as the kinds of sources see them: their known good part, and what they say of images."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

# In the order of preference. Validation images are what a model was tuned on, training images what it has learned by
# heart: the first are the better picture of "all was well".
GOOD = ("reference", "good", "baseline", "validation", "val", "valid", "dev", "test", "train", "training")
# What is one of these by its source kind says where its images and labels are, whatever it is called.
DATA_SETS = ("yolo", "coco", "voc", "imagefolder")
# Tables of predictions are no lists of known good images.
_PREDICTION_TABLES = re.compile(r"pred|result|report|record", re.IGNORECASE)
# A folder is looked at, not read: enough to see what it is.
MOST_ENTRIES = 2_000
# A baseline of so many days can say how much ordinary days differ.
_ENOUGH_DAYS = 5


class Target(NamedTuple):
    """A path, and options behind it."""

    path: Path
    options: str = ""

    def __str__(self) -> str:
        return f"{self.path}{self.options}"


def data_set(places: Iterable[Path], kinds: Sequence[str]) -> tuple[Target | None, Target | None]:
    """The known good part of the first data set that lies in these folders, and its test part.

    Args:
        places: Folders.
        kinds: Names of kinds of sources, the best first.
    """
    for place in places:
        files = sorted(path for folder in (place, place / "annotations") for path in entries(folder) if path.is_file())
        candidates = [place, *(file for file in files if not _PREDICTION_TABLES.search(file.name))]
        kind_of_path = {path: kind_at(path) for path in candidates}
        for kind in kinds:
            paths = [path for path, found in kind_of_path.items() if found == kind]
            good, test = _named_parts(paths) if kind == "coco" else _own_parts(paths)
            if good is not None:
                return good, test
    return None, None


def _named_parts(files: Sequence[Path]) -> tuple[Target | None, Target | None]:
    """Parts of a data set that are files of their own, told by their names: `instances_val2017.json`."""
    readable = [Target(file) for file in files if reads(Target(file))]
    by_word = {word: part for part in reversed(readable) for word in re.findall(r"[a-z]+", part.path.stem.lower())}
    good = next((by_word[name] for name in GOOD if name in by_word), next(iter(readable), None))
    return good, by_word.get("test")


def _own_parts(files: Sequence[Path]) -> tuple[Target | None, Target | None]:
    """Parts of a data set that it names itself, and that its source takes as `split`; else all of it."""
    for file in files:
        parts = {name: part for name in GOOD if reads(part := Target(file, f"?split={name}"))}
        if parts:
            return next(iter(parts.values())), parts.get("test")
        if reads(Target(file)):
            return Target(file), None
    return None, None


def kind_at(place: Path) -> str:
    """The kind of source that would read a place; "" for none."""
    from lookoutcv.sources import kind_of  # noqa: PLC0415

    kind = kind_of(place)
    return "" if kind is None else kind.name


def reads(target: Target) -> bool:
    """Whether a first image is there."""
    from lookoutcv.errors import LookoutError  # noqa: PLC0415
    from lookoutcv.sources import RecordSource, open_source  # noqa: PLC0415

    try:
        source = open_source(str(target))
        return not isinstance(source, RecordSource) and next(iter(source), None) is not None
    except LookoutError:
        return False


def content_of(target: str) -> tuple[str, bool]:
    """What a source says of its images, from the first few thousand of them.

    Args:
        target: What `open_source` takes.
    Returns:
        "boxes", "labels" or "", and whether they are of five days or more.
    """
    from lookoutcv.errors import LookoutError  # noqa: PLC0415
    from lookoutcv.sources import RecordSource, open_source  # noqa: PLC0415

    content, days = "", set()
    try:
        source = open_source(target)
        for ref in () if isinstance(source, RecordSource) else islice(source, MOST_ENTRIES):
            content = "boxes" if ref.objects is not None else content or ("labels" if ref.label is not None else "")
            days.add(None if ref.time is None else ref.time.date())
    except LookoutError:
        return "", False
    return content, len(days - {None}) >= _ENOUGH_DAYS


def entries(folder: Path) -> Iterator[Path]:
    """Some entries of a folder; none of one that may not be listed."""
    try:
        with os.scandir(folder) as listing:
            for number, entry in enumerate(listing):
                if number >= MOST_ENTRIES:
                    return
                if not entry.name.startswith("."):
                    yield Path(entry.path)
    except OSError:
        return
