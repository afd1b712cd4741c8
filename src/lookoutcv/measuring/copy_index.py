"""Which images of a source are copies of one another, remembered in a few bytes an image while it streams by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.records.duplicates import exact_groups, near_groups
from lookoutcv.results.images.duplicates import Duplicates

# 16 bytes of hashes and a name each: about 100 MB for this many.
MOST_IMAGES = 1_000_000
_PHASH = "identity.phash"

HashArray = np.ndarray[Any, np.dtype[np.uint64]]


class CopyIndex:
    """Content and perceptual hashes of the images seen so far, up to `MOST_IMAGES`."""

    def __init__(self) -> None:
        self._ids: list[pa.Array] = []
        self._content: list[HashArray] = []
        self._perceptual: list[HashArray] = []
        self._count = 0

    def add(self, records: pa.RecordBatch) -> None:
        """Remember the images of a batch."""
        if self._count >= MOST_IMAGES or records.num_rows == 0:
            return
        # A copy: a slice would keep the whole batch alive.
        self._ids.append(pa.array(records.column("id").to_pylist()))
        self._content.append(_hashes(records, "content_hash"))
        self._perceptual.append(_hashes(records, _PHASH))
        self._count += records.num_rows

    def find(self, baseline: pa.Table | None = None) -> Duplicates | None:
        """The copies among the images seen, and those that the baseline's sample holds too.

        Args:
            baseline: Rows of the baseline's sample, with `content_hash`.
        Returns:
            None where no image has a hash.
        """
        if not self._count:
            return None
        ids = pa.concat_arrays(self._ids)
        content = np.concatenate(self._content)
        if not content.any():
            return None
        exact = exact_groups(content)
        near = near_groups(np.concatenate(self._perceptual), content)
        spare = {int(i) for group in [*exact, *near] for i in group[1:]}
        return Duplicates(
            exact=_named(ids, exact),
            near=_named(ids, near),
            in_baseline=_shared(ids, content, baseline),
            images=len(spare),
            searched=self._count,
        )


def _hashes(records: pa.RecordBatch, name: str) -> HashArray:
    if name not in records.schema.names:
        return np.zeros(records.num_rows, dtype=np.uint64)
    column = records.column(name).fill_null(pa.scalar(0, pa.uint64()))
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.uint64)


def _named(ids: pa.Array, groups: list[Any]) -> list[list[str]]:
    return [[ids[int(i)].as_py() for i in group] for group in groups]


def _shared(ids: pa.Array, content: HashArray, baseline: pa.Table | None) -> list[str]:
    if baseline is None or "content_hash" not in baseline.column_names:
        return []
    known = baseline.column("content_hash").drop_null().to_numpy().astype(np.uint64)
    return [ids[int(i)].as_py() for i in np.flatnonzero(np.isin(content, known) & (content != 0))]
