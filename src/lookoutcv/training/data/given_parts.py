"""The parts that a data set brings: folders called train and test, or a column that says which image is in which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from lookoutcv.sources import ImageRef
from lookoutcv.sources.folders.folder_roles import part_called
from lookoutcv.training.data.division import Part

# As tables of Hugging Face, Kaggle, scikit-learn and FiftyOne call the column.
_COLUMNS = ("split", "subset", "partition", "part", "set", "split_name", "data_set", "dataset")


def given_parts(refs: Sequence[ImageRef]) -> Mapping[str, Part]:
    """The part of each image, by its id; empty where the source does not divide its images.

    A column counts where it names a part for every image. Else the folders count: those of one depth, where every image
    lies in one that is called as a part. Several parts must occur; whether one of them is to learn from is for others
    to see.

    Args:
        refs: The images that have a label.
    """
    for column in _COLUMNS:
        parts = _all_named((_tag(ref, column) for ref in refs), refs)
        if parts:
            return parts
    folders = [ref.id.split("/")[:-1] for ref in refs]
    for depth in range(min(map(len, folders), default=0)):
        parts = _all_named((path[depth] for path in folders), refs)
        if parts:
            return parts
    return {}


def _tag(ref: ImageRef, column: str) -> str | None:
    return next((value for name, value in ref.tags.items() if name.strip().lower() == column), None)


def _all_named(names: Iterable[str | None], refs: Sequence[ImageRef]) -> dict[str, Part]:
    """The parts by id, where every name is that of one, and several occur."""
    parts: dict[str, Part] = {}
    for name, ref in zip(names, refs, strict=True):
        part = None if name is None else part_called(name.strip())
        if part is None:
            return {}
        parts[ref.id] = cast(Part, part)
    return parts if len(set(parts.values())) > 1 else {}
