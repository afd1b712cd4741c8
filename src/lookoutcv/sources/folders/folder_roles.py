"""Folders that are no classes, by their names: parts of a data set, its pictures beside its masks, cameras, days.

A folder per class and a folder per part look alike. What the names of all of them together say decides, and it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TRAIN, _VALIDATION, _TEST = (
    frozenset(("train", "training", "trn", "trainset", "train_set", "train2014", "train2017")),
    frozenset(("val", "valid", "validation", "dev", "valset", "val_set", "val2014", "val2017", "eval", "evaluation")),
    frozenset(("test", "testing", "tst", "testset", "test_set", "test2014", "test2015", "test2017", "holdout")),
)
_PICTURES = frozenset(("images", "image", "imgs", "img", "jpegimages", "pictures", "photos", "frames"))
_MARKS = frozenset(
    ("labels", "label", "masks", "mask", "annotations", "annotation", "annots", "gt", "ground_truth", "groundtruth")
) | frozenset(("segmentation", "segmentations", "segmentationclass", "segmentationobject", "depth", "visualizations"))
_NUMBERED = re.compile(
    r"(cam|camera|ipcam|webcam|cctv|kamera|sensor|channel|ch|view|device|site|line|station)[ _.-]*#?[0-9]+[a-z]?",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:19|20)[0-9]{2}(?:[-_. ]?(?:0[1-9]|1[0-2])(?:[-_. ]?(?:0[1-9]|[12][0-9]|3[01])(?:[-_. T]?[0-9]{2,6})?)?)?"
    r"|(?:0[1-9]|[12][0-9]|3[01])[-_.](?:0[1-9]|1[0-2])[-_.](?:19|20)[0-9]{2}"
    r"|(?:day|week|month|tag|kw)[-_. ]?[0-9]{1,3}",
    re.IGNORECASE,
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
_FORM = Role("pictures and their annotations", "Give the folder of the pictures by itself")
_CAMERAS = Role("cameras", "If they are classes, give a table of images with a column label")
_DAYS = Role("days", "For days as times give a pattern such as FOLDER/%Y-%m-%d")


def role_of(names: Iterable[str]) -> Role | None:
    """What folders beside one another are; None where they may be classes.

    Example:
        >>> role_of(["train", "valid"]).what, role_of(["train", "bus"]), role_of(["cam1", "cam2"]).what
        ('parts of a data set', None, 'cameras')
    """
    lower = {name.lower() for name in names}
    if len(lower) < 2:
        return None
    if sum(bool(lower & part) for part in (_TRAIN, _VALIDATION, _TEST)) > 1:
        return _PARTS
    if lower & _PICTURES and lower & _MARKS and lower <= _PICTURES | _MARKS:
        return _FORM
    if all(map(_NUMBERED.fullmatch, lower)):
        return _CAMERAS
    return _DAYS if all(map(_DAY.fullmatch, lower)) else None


def role_note(names: Iterable[str]) -> str | None:
    """What is said of such folders; None where they may be classes.

    Example:
        >>> role_note(["cat", "dog"]), role_note(["test", "train"])[:64]
        (None, "The folders 'test', 'train' are taken for parts of a data set, n")
    """
    found = sorted(set(names))
    role = role_of(found)
    if role is None:
        return None
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    named = ", ".join(map(repr, found[:_NAMED])) + more
    return f"The folders {named} are taken for {role.what}, not for classes: no labels. {role.remedy}."
