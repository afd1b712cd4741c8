"""Which samples must not be parted: who learns from one of them has seen the others."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.records.schema import SEQUENCE
from lookoutcv.training.data.division import Sample
from lookoutcv.training.data.kinship.near_copies import Looks, near_copies
from lookoutcv.training.data.kinship.related_names import film_of, original_of

# Columns of tables that say what was seen together.
_TOGETHER = (
    *(SEQUENCE, "group", "group_id", "film", "video", "video_id", "clip", "scene", "session", "recording"),
    *("patient", "patient_id", "subject", "subject_id", "person", "person_id", "object_id", "specimen", "slide"),
)
# A group that is larger than a third fits no part but the one that is learnt from.
_LARGEST_SHARE = 3
_FEW = 8


@dataclass(frozen=True)
class Groups:
    """Samples that belong together.

    Args:
        of: The number of the group of each sample, by its id; equal for those that must not be parted. Numbers rise
            with the order of the samples.
        how: What joins them, in sentences.
    """

    of: dict[str, int] = field(repr=False)
    how: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(set(self.of.values()))


def grouped(samples: Sequence[Sample], records: pa.Table) -> Groups:
    """The groups of some samples.

    Together are objects of one image, equal and nearly equal images, altered copies by their names, frames of one film,
    photographs that one camera took within one minute, and what a column of the source says: group, patient, video.

    Args:
        samples: To be divided.
        records: Of their images, as `read_samples` gives them.
    """
    joined = _Joined(len(samples))
    columns = ("id", "content_hash", "time", "camera")
    facts = {row["id"]: row for row in _rows(records, columns)}
    rows = [facts.get(sample.ref.id, {}) for sample in samples]
    joined.by(((sample.ref.id for sample in samples)), "objects of one image")
    joined.by((row.get("content_hash") for row in rows), "equal images")
    near, untold = _near(samples, records)
    joined.by(near, "images that look alike")
    joined.by(_originals(samples), "altered copies by their names")
    joined.by((film_of(sample.ref.id, sample.label) for sample in samples), "frames of one film")
    joined.by(map(_minute, samples, rows), "photographs of one camera in one minute")
    for column in _TOGETHER:
        joined.by((_tag(sample, column) for sample in samples), f"images of one {column.removesuffix('_id')}")
    return Groups(joined.numbers(samples), tuple(joined.told(untold)))


class _Joined:
    """Union-find over n samples, with what joined them."""

    def __init__(self, count: int) -> None:
        self._root = list(range(count))
        self._why: dict[str, int] = {}
        self._too_many: dict[str, int] = {}

    def by(self, keys: Iterable[Hashable | None], why: str) -> None:
        """Join the samples with one key; None joins nothing.

        Args:
            keys: One a sample, in order.
            why: What those with one key are.
        """
        known = list(keys)
        sizes = Counter(key for key in known if key is not None)
        most = max(_FEW, len(known) // _LARGEST_SHARE)
        first: dict[Hashable, int] = {}
        together = 0
        for index, key in enumerate(known):
            if key is None or sizes[key] == 1:
                continue
            if sizes[key] > most:
                self._too_many[why] = max(self._too_many.get(why, 0), sizes[key])
                continue
            together += 1
            self._join(first.setdefault(key, index), index)
        if together:
            self._why[why] = self._why.get(why, 0) + together

    def numbers(self, samples: Sequence[Sample]) -> dict[str, int]:
        """The group of each, by id."""
        number: dict[int, int] = {}
        return {sample.id: number.setdefault(self._of(index), len(number)) for index, sample in enumerate(samples)}

    def told(self, untold: int) -> Iterator[str]:
        """What joins them, and what does not, in sentences."""
        if self._why:
            parts = ", ".join(f"{why} ({count:,})" for why, count in self._why.items())
            yield f"Never parted are {parts}."
        for why, count in self._too_many.items():
            yield (
                f"{count:,} samples are {why}, more than a third of all: they are parted all the same, so that scores "
                "may be better than they will be on other images."
            )
        if untold:
            yield (
                f"{untold:,} images look so much alike that copies among them cannot be told by their looks: they are "
                "parted. Name what belongs together in a column group, if the scores are too good to be true."
            )

    def _of(self, index: int) -> int:
        root = self._root
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    def _join(self, one: int, other: int) -> None:
        low, high = sorted((self._of(one), self._of(other)))
        self._root[high] = low


def _rows(records: pa.Table, columns: Sequence[str]) -> list[dict[str, Any]]:
    return records.select([name for name in columns if name in records.column_names]).to_pylist()  # type: ignore[no-any-return]


def _near(samples: Sequence[Sample], records: pa.Table) -> tuple[list[int | None], int]:
    """A number for those that look alike; how many images look too much alike to tell."""
    place = {id: row for row, id in enumerate(records.column("id").to_pylist())}
    known = [number for number, sample in enumerate(samples) if sample.ref.id in place]
    groups, untold = near_copies(Looks.of(records).take(np.array([place[samples[i].ref.id] for i in known], np.int64)))
    keys: list[int | None] = [None] * len(samples)
    for number, group in enumerate(groups):
        for index in group.tolist():
            keys[known[index]] = number
    return keys, untold


def _originals(samples: Sequence[Sample]) -> list[str | None]:
    """The image that each was made from, by their names within one folder."""
    placed = [os.path.split(sample.ref.id) for sample in samples]
    stems: dict[str, set[str]] = {}
    for folder, name in placed:
        stems.setdefault(folder, set()).add(os.path.splitext(name)[0])
    return [f"{folder}/{original_of(os.path.splitext(name)[0], stems[folder])}" for folder, name in placed]


def _minute(sample: Sample, row: dict[str, Any]) -> Hashable | None:
    """Which camera took it in which minute; a date without a time of day names no minute."""
    camera = _tag(sample, "camera") or row.get("camera")
    taken: datetime | None = row.get("time")
    if camera is None or taken is None or taken.time() == time():
        return None
    return camera, taken.replace(second=0, microsecond=0)


def _tag(sample: Sample, column: str) -> str | None:
    return next((value for name, value in sample.ref.tags.items() if name.strip().lower() == column), None)
