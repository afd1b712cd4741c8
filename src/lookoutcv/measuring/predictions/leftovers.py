"""What of a file of predictions is read and not used, or taken for one thing where it may be another; in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from lookoutcv.column_aliases import (
    CENTRED_BESIDE,
    CONFIDENCES,
    PREDICTED_CLASSES,
    PREDICTED_IMAGES,
    PREDICTED_OBJECTS,
)
from lookoutcv.measuring.predictions.read_entries import Entry
from lookoutcv.predictions.box_columns import TAKEN_FOR_CORNERS, BoxColumns

# A list of predictions under names that hold a class of the whole image elsewhere.
NESTED = ("prediction", "results", "result", "outputs", "output")
# Columns that say what is predicted, and those that our own files and COCO's have beside them.
_USED = frozenset(
    chain(
        *(PREDICTED_IMAGES, PREDICTED_CLASSES, PREDICTED_OBJECTS, NESTED, CENTRED_BESIDE),
        ("rank", "scores", "category_id", "class_id", "name", "area", "iscrowd", "content_hash"),
    )
)
# Beside a list of predictions: the size of the image, its label, and what our own files keep of a map.
_BESIDE_A_LIST = frozenset(("width", "height", "map", *CONFIDENCES))
_NAMED = 8


@dataclass
class Leftovers:
    """Counts over the entries of a file.

    Args:
        unused: In how many entries each column says something that is not used.
        bare_boxes: How many boxes were said as x, y, width and height.
        listed_scores: How many entries have scores without names.
    """

    unused: Counter[str] = field(default_factory=Counter)
    bare_boxes: int = 0
    listed_scores: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is left over."""
        return bool(self.unused or self.listed_scores)

    def count(self, entry: Entry, boxes: BoxColumns) -> None:
        """Count what an entry holds beside its prediction; its box is in these columns."""
        self._count(entry, _unused(entry.columns, boxes))
        self._count(entry, (name for name in NESTED if name in entry.columns and name not in PREDICTED_CLASSES))
        self.bare_boxes += boxes.bare
        scores = entry.values.get("scores")
        named = isinstance(scores, dict) or (isinstance(scores, list) and scores and isinstance(scores[0], tuple))
        self.listed_scores += scores is not None and not named

    def count_beside(self, entry: Entry) -> None:
        """Count what an entry holds beside a list of predictions."""
        self._count(entry, (name for name in entry.columns if name not in _USED and name not in _BESIDE_A_LIST))

    def _count(self, entry: Entry, names: Iterable[str]) -> None:
        self.unused.update(name for name in names if name in entry.values)

    def notes(self, path: str) -> Iterator[str]:
        """What to say of the file."""
        if self.unused:
            names = ", ".join(f"{name!r} ({count:,})" for name, count in self.unused.most_common(_NAMED))
            more = f" and {len(self.unused) - _NAMED:,} more" if len(self.unused) > _NAMED else ""
            yield f"Not used of the columns of {path}, each with its values: {names}{more}."
        if self.listed_scores:
            yield (
                f"Not used of {path}: {self.listed_scores:,} lists of scores, for nothing says which class each is of. "
                "Give them as columns score.LABEL, or as an object with a score for each label."
            )
        if self.bare_boxes:
            yield f"x and y of {self.bare_boxes:,} boxes in {path} are {TAKEN_FOR_CORNERS}"


# A table of a thousand scores has the same columns in every line.
@lru_cache(maxsize=64)
def _unused(columns: tuple[str, ...], boxes: BoxColumns) -> tuple[str, ...]:
    confidence = next((name for name in CONFIDENCES if name in columns), "")
    used = {confidence, *boxes.columns}
    return tuple(name for name in columns if name not in _USED and name not in used)
