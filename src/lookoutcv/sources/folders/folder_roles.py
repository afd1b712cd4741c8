"""Folders that are no classes, by their names: parts of a data set, its pictures beside its masks, cameras, days.

A folder per class and a folder per part look alike. What the names of all of them together say decides, and it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lookoutcv.sources.file_names import natural_key

# What the parts of a data set are called, by what each is for.
PARTS: Mapping[str, frozenset[str]] = {
    "train": frozenset(("train", "training", "trn", "trainset", "train_set", "train2014", "train2017")),
    "validation": frozenset(
        ("val", "valid", "validation", "dev", "valset", "val_set", "val2014", "val2017", "eval", "evaluation")
    ),
    "test": frozenset(("test", "testing", "tst", "testset", "test_set", "test2014", "test2015", "test2017", "holdout")),
}
_PICTURES = frozenset(("images", "image", "imgs", "img", "jpegimages", "pictures", "photos", "frames"))
_MARKS = frozenset(
    ("labels", "label", "masks", "mask", "annotations", "annotation", "annots", "gt", "ground_truth", "groundtruth")
) | frozenset(("segmentation", "segmentations", "segmentationclass", "segmentationobject", "depth", "visualizations"))
_PART = re.compile(r"(?:fold|split|part|subset|shard|chunk|batch)[ _.-]*[0-9]+")
_CAMERA = re.compile(
    r"(?:cam|camera|ipcam|webcam|cctv|kamera)(?:[ _.-]+\w+|#?[0-9]+[a-z]?)"
    r"|(?:sensor|channel|ch|view|device|site|line|station)[ _.-]*#?[0-9]+[a-z]?"
)
_RECORDING = re.compile(r"(?:video|film|clip|scene|sequence|seq|session|run|recording|take)[ _.-]*#?[0-9]+")
_MONTH, _DATE = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_DAY = re.compile(
    rf"(?:19|20)[0-9]{{2}}(?:[-_. /]{_MONTH}(?:[-_. /]{_DATE}(?:[-_. t/]?[0-9]{{2,6}})?)?)?"
    r"|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12][0-9]|3[01])(?:[-_t]?[0-9]{2,6})?)?"
    rf"|{_DATE}[-_.]{_MONTH}[-_.](?:19|20)[0-9]{{2}}"
    r"|(?:day|week|month|kw)[-_. ]?[0-9]{1,3}"
)
_NAMED = 4


@dataclass(frozen=True)
class Role:
    """What folders are, in the place of classes.

    Args:
        what: "parts of a data set".
        remedy: What to give, where something else was meant.
    """

    what: str
    remedy: str


_PARTS = Role("parts of a data set", "Give one of them by itself")
FORM = Role("pictures and their annotations", "Give the folder of the pictures by itself")
_ELSE = "If they are classes, put ?labels=parent behind the name of the source"
_CAMERAS, _RECORDINGS = Role("cameras", _ELSE), Role("recordings", _ELSE)
_DAYS = Role("dates", "For days as times give a pattern such as FOLDER/%Y-%m-%d or FOLDER/%Y/%m/%d")
_BY_PATTERN = ((_PART, _PARTS), (_CAMERA, _CAMERAS), (_RECORDING, _RECORDINGS))


def role_of(names: Iterable[str], above: str = "") -> Role | None:
    """What folders beside one another are; None where they may be classes.

    Args:
        names: Of the folders.
        above: The path of the folder that they lie in, with forward slashes: 2026/03 before 01 and 02.
    Example:
        >>> role_of(["train", "valid"]).what, role_of(["train", "bus"]), role_of(["cam1", "cam2"]).what
        ('parts of a data set', None, 'cameras')
    """
    lower = {name.lower() for name in names}
    if len(lower) < 2:
        return None
    if sum(bool(lower & part) for part in PARTS.values()) > 1:
        return _PARTS
    if lower & _PICTURES and lower & _MARKS and lower <= _PICTURES | _MARKS:
        return FORM
    named = next((role for pattern, role in _BY_PATTERN if all(map(pattern.fullmatch, lower))), None)
    return named or (_DAYS if all(_is_day(above.lower(), name) for name in lower) else None)


def _is_day(above: str, name: str) -> bool:
    """Whether a folder is a day by its name, or by it and those above: 2026/03/01."""
    parts = [*above.split("/")[-3:], name]
    return any(_DAY.fullmatch("/".join(parts[start:])) for start in range(len(parts)))


def part_called(name: str) -> str | None:
    """The part of a data set that a folder's name means: "train", "validation" or "test"; None for none.

    Example:
        >>> part_called("Valid"), part_called("cat")
        ('validation', None)
    """
    return next((part for part, names in PARTS.items() if name.lower() in names), None)


def is_recording(name: str) -> bool:
    """Whether a folder's name alone says that it is one film or recording.

    Example:
        >>> is_recording("Clip 3"), is_recording("cat")
        (True, False)
    """
    return _RECORDING.fullmatch(name.lower()) is not None


def first_named(names: Iterable[str]) -> str:
    """The first few of some folders, for a sentence.

    Example:
        >>> first_named(["b", "a"]), first_named("fedcba")
        ("'a', 'b'", "'a', 'b', 'c', 'd' and 2 more")
        >>> first_named(["10", "2"])
        "'2', '10'"
    """
    found = sorted(set(names), key=natural_key)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(map(repr, found[:_NAMED])) + more


def role_note(names: Iterable[str], above: str = "") -> str | None:
    """What is said of such folders; None where they may be classes.

    Example:
        >>> role_note(["cat", "dog"]), role_note(["test", "train"])[:64]
        (None, "The folders 'test', 'train' are taken for parts of a data set, n")
    """
    found = sorted(set(names))
    role = role_of(found, above)
    if role is None:
        return None
    return f"The folders {first_named(found)} are taken for {role.what}, not for classes: no labels. {role.remedy}."
