"""Do neighbouring images depend on each other, as the frames of a video do?

A hundred frames of one scene say little more than one of them, and tests for independent images then call nearly every
window drift. Neighbours are looked for in the order of time, or of the numbers in names, and only within one folder,
label and camera, so that classes that lie side by side are not mistaken for a video.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.drift.statistics.columns import Values
from lookoutcv.drift.statistics.samples import metric_matrix
from lookoutcv.grids import IntArray
from lookoutcv.records.group_keys import division, keys_of
from lookoutcv.records.schema import SEQUENCE

# From here on a test for independent images, at a nominal 1%, is wrong in a tenth of windows and more (simulated).
LEAST_AUTOCORRELATION = 0.2
# An estimate from fewer pairs is chance; so is one within three standard errors of zero.
_LEAST_PAIRS = 20
_SURE = 3.0
# Rows that are looked at where there are more, and in how many segments: enough to tell 0.1 from 0.
_MOST_ROWS, _SEGMENTS = 4000, 8
# 18 digits are what 64 bits hold.
_NUMBERED = r"^(?P<stem>.*?)(?P<number>[0-9]{1,18})(?P<rest>[^0-9/]*)$"


@dataclass(frozen=True, eq=False)
class Order:
    """Which rows follow one another.

    Args:
        rows: (R,) row numbers, run by run and in order within each; rows that follow nothing are left out.
        run: (R,) the run of each of them, rising from 0.
        by: What orders them.
    """

    rows: IntArray
    run: IntArray
    by: Literal["time", "name"]


def order_of(sample: pa.Table) -> Order:
    """The order of a profile's rows: that of their times where all have one, else that of the last number in each name.

    Args:
        sample: Of a profile.
    Example:
        >>> from lookoutcv.records.schema import FIXED
        >>> names = ["b/2.jpg", "a/10.jpg", "b/1.jpg", "a/9.jpg", "x.jpg"]
        >>> found = order_of(pa.Table.from_pylist([{"id": name} for name in names], schema=FIXED))
        >>> found.rows.tolist(), found.run.tolist()
        ([3, 1, 2, 0], [0, 0, 1, 1])
    """
    parts = [_text(sample, name) for name in ("label", "camera")]
    by: Literal["time", "name"] = "name"
    named = pc.extract_regex(sample.column("id"), _NUMBERED)
    number = pc.struct_field(named, "number")
    known = pc.is_valid(number).to_numpy(zero_copy_only=False)
    place = numbers = pc.fill_null(number.cast(pa.int64()), 0).to_numpy()
    times = sample.column("time") if "time" in sample.column_names else pa.nulls(sample.num_rows)
    if sample.num_rows and not times.null_count and pc.count_distinct(times).as_py() > 1:
        place, known, by = times.cast(pa.int64()).to_numpy(), np.ones(sample.num_rows, dtype=np.bool_), "time"
        parts.append(keys_of(sample, division("folder")))
    else:
        parts += [pc.fill_null(pc.struct_field(named, part), "") for part in ("stem", "rest")]
    run = _codes(parts)
    rows = np.flatnonzero(known)
    # Images of one day may all have its midnight: then their numbers order them.
    rows = rows[np.lexsort((numbers[rows], place[rows], run[rows]))]
    _, run, sizes = np.unique(run[rows], return_inverse=True, return_counts=True)
    followed = sizes[run] > 1
    return Order(rows[followed], np.unique(run[followed], return_inverse=True)[1], by)


def declared_sequence(sample: pa.Table) -> str | None:
    """What the images are frames of, where their source says so of most of them: the commonest name.

    Args:
        sample: Of a profile.
    Example:
        >>> from lookoutcv.records.schema import FIXED
        >>> rows = [{"id": str(i), "tags": [("sequence", "film.mp4")]} for i in range(3)]
        >>> declared_sequence(pa.Table.from_pylist(rows, schema=FIXED))
        'film.mp4'
    """
    if "tags" not in sample.column_names or not sample.num_rows:
        return None
    named = keys_of(sample, division(SEQUENCE)).drop_null()
    if len(named) <= sample.num_rows / 2:
        return None
    counts = pc.value_counts(named)
    most = pc.index(counts.field("counts"), pc.max(counts.field("counts"))).as_py()
    return str(counts.field("values")[most].as_py())


def autocorrelation(values: Values, order: Order) -> float | None:
    """Rank correlation between an image and the next, for the typical metric.

    Args:
        values: (M, m) of the rows that `order` numbers; NaN = missing.
        order: Of the rows.
    Returns:
        The median over metrics, near 0 for independent images; None where there are too few neighbours to say.
    Example:
        >>> wave = np.sin(np.arange(200) / 2)[:, None]
        >>> round(autocorrelation(wave, Order(np.arange(200), np.zeros(200, dtype=np.int64), "name")), 2)
        0.87
    """
    known = [_lag_one_correlation(values[order.rows, j], order.run) for j in range(values.shape[1])]
    present = [correlation for correlation in known if correlation is not None]
    return float(np.median(present)) if present else None


def autocorrelation_of(sample: pa.Table, names: Sequence[str], order: Order) -> float | None:
    """The autocorrelation where it is more than chance and large enough to matter.

    Args:
        sample: Of a profile.
        names: Metrics.
        order: Of the sample's rows, or of the first of them; a few segments of 500 are looked at where it is long.
    Returns:
        At least 0.2; None where it is smaller or chance, or where images have no order.
    """
    part = _segments(order)
    pairs = np.count_nonzero(part.run[1:] == part.run[:-1])
    if pairs < _LEAST_PAIRS:
        return None
    measured = autocorrelation(metric_matrix(sample.take(pa.array(part.rows)), names), _renumbered(part))
    least = max(LEAST_AUTOCORRELATION, _SURE / np.sqrt(pairs))
    return measured if measured is not None and measured >= least else None


def effective_images(images: int, autocorrelation: float) -> float:
    """How many independent images as many that follow one another are worth: n (1 - r) / (1 + r).

    Example:
        >>> round(effective_images(300, 0.9), 1)
        15.8

    Source: variance of the mean of an autoregression of order 1; Bayley & Hammersley, Supplement to the JRSS 8 (1946).
    """
    return images * (1 - autocorrelation) / (1 + autocorrelation)


def _segments(order: Order) -> Order:
    """The same order, or a few segments of it where it is long."""
    each = _MOST_ROWS // _SEGMENTS
    if len(order.rows) <= _MOST_ROWS:
        return order
    starts = np.linspace(0, len(order.rows) - each, _SEGMENTS).astype(np.int64)
    chosen = (starts[:, None] + np.arange(each)).ravel()
    run = order.run[chosen] * _SEGMENTS + np.arange(len(chosen)) // each
    return Order(order.rows[chosen], np.unique(run, return_inverse=True)[1], order.by)


def _renumbered(order: Order) -> Order:
    return Order(np.arange(len(order.rows)), order.run, order.by)


def _lag_one_correlation(values: Values, run: IntArray) -> float | None:
    """Rank correlation of neighbours, around each run's mean; None where nothing varies or pairs are few."""
    known = np.isfinite(values)
    _, place, times = np.unique(values[known], return_inverse=True, return_counts=True)
    ranks = np.zeros(len(values))
    ranks[known] = (np.cumsum(times) - times / 2)[place]
    sizes = np.maximum(np.bincount(run, known), 1)
    off = np.where(known, ranks - (np.bincount(run, ranks) / sizes)[run], 0.0)
    pairs = (run[1:] == run[:-1]) & known[1:] & known[:-1]
    count, squares = int(pairs.sum()), float(np.sum(off**2))
    if count < _LEAST_PAIRS or squares <= 0:
        return None
    return float(np.sum(off[1:] * off[:-1] * pairs) / count / (squares / known.sum()))


def _text(sample: pa.Table, name: str) -> pa.ChunkedArray | pa.Array:
    if name not in sample.column_names:
        return pa.array([""] * sample.num_rows, pa.string())
    return pc.fill_null(sample.column(name), "")


def _codes(parts: Sequence[pa.ChunkedArray | pa.Array]) -> IntArray:
    """A number for each distinct combination, in the order of the combinations."""
    joined = pc.binary_join_element_wise(*(part.cast(pa.string()) for part in parts), "\0")
    encoded = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    if not len(encoded):
        return np.zeros(0, dtype=np.int64)
    encoded = encoded.dictionary_encode()
    rank = np.empty(len(encoded.dictionary), dtype=np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(rank))
    codes: IntArray = rank[encoded.indices.to_numpy()]
    return codes
