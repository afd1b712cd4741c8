"""Images unlike all others of a set, and properties by which a class can be told without looking at what is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.metric_terms import terms_of
from lookoutcv.metrics import registry
from lookoutcv.results.images.image_example import ImageExample

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

# With fewer images nobody knows what is usual.
FEWEST_IMAGES = 30
# Twice as far beyond the outer twentieth as that lies from the median: of a normal distribution two in a million do so
# (4.9 standard deviations), of 713 photographs of clothes 9, of 125 of ImageNet 7, of 2,000 of CIFAR-10 39.
UNUSUAL_DISTANCE = 2.0
_EDGE = 0.05
MOST_UNUSUAL = 24
_REASONS = 3
# What is measured once for all channels says it shorter, and clipped pixels are rare in most images and many in some.
_LEFT_OUT = ("red.", "green.", "blue.", "luma.", "exposure.bright_clipping", "exposure.dark_clipping")
# Where ratios count, black is far from all others: the logarithm of what is nothing.
_NOTHING = 1e-6
# Where all are nearly equal, what is half as large again stands out, not what is a percent larger: with this the edges
# lie at least a fifth from the median, and three times that is 1.7 times the median.
_LEAST_RATIO = 0.18
# What a class should not be told by: how its files were made, not what they show. The bytes of a file, its blocks and
# its noise follow from what is shown, too.
MAKING = ("geometry.size", "geometry.aspect")
# Of a hundred pairs of an image of the class and another one, in so many the one is above the other.
TELLTALE_SHARE = 0.95
FEWEST_OF_A_CLASS = 20


def metric_columns(records: pa.Table) -> dict[str, FloatArray]:
    """The numbers of each metric that stands in some records, (n,) float64; NaN where there is none."""
    names = [name for name in records.column_names if name in registry and pa.types.is_floating(_type(records, name))]
    return {name: records.column(name).to_numpy().astype(np.float64) for name in names}


def _type(records: pa.Table, name: str) -> Any:
    return records.schema.field(name).type


def unusual_images(ids: Sequence[str], columns: dict[str, FloatArray]) -> list[ImageExample]:
    """The images that lie furthest from all others in some metric, the furthest first.

    The distance is that from the outer twentieth, in the distance of that from the median: (q05 - x) / (median - q05)
    and (x - q95) / (q95 - median); of logarithms where a metric counts in percents. Any other metric of which nearly
    all images have one value names none.

    Args:
        ids: Of the images.
        columns: Of each metric.
    Returns:
        At most `MOST_UNUSUAL` that lie `UNUSUAL_DISTANCE` out or more; none where there are too few images to say.
    Example:
        >>> values = np.append(np.linspace(0.4, 0.6, 40), 0.01)
        >>> [one.reasons for one in unusual_images(list(map(str, range(41))), {"exposure.brightness": values})]
        [['darker']]
    """
    if len(ids) < FEWEST_IMAGES or not columns:
        return []
    names = [name for name in columns if not name.startswith(_LEFT_OUT)]
    distances = np.stack([_distances(name, columns[name]) for name in names], axis=1)
    furthest = np.abs(distances).max(axis=1)
    order = np.argsort(-furthest, kind="stable")[:MOST_UNUSUAL]
    return [
        ImageExample(ids[i], round(float(furthest[i]), 3), _reasons(names, distances[i]))
        for i in map(int, order)
        if furthest[i] >= UNUSUAL_DISTANCE
    ]


def _distances(name: str, values: FloatArray) -> FloatArray:
    """Signed; 0 within the outer twentieths, where there is no value, and where nearly all have one."""
    if registry.get(name).change == "percent":
        values = np.log(np.maximum(values, _NOTHING))
    known = values[np.isfinite(values)]
    if not known.size:
        return np.zeros(len(values))
    low, middle, high = np.quantile(known, [_EDGE, 0.5, 1 - _EDGE])
    if registry.get(name).change == "percent":
        low, high = min(low, middle - _LEAST_RATIO), max(high, middle + _LEAST_RATIO)
    below = np.maximum(low - values, 0) / (middle - low) if middle > low else np.zeros(len(values))
    above = np.maximum(values - high, 0) / (high - middle) if high > middle else np.zeros(len(values))
    return np.nan_to_num(above - below)


def _reasons(names: Sequence[str], distances: FloatArray) -> list[str]:
    """The words for the metrics in which an image lies out, strongest first, each once."""
    order = np.argsort(-np.abs(distances), kind="stable")
    words = [terms_of(names[j]).direction(up=distances[j] > 0) for j in order if abs(distances[j]) >= UNUSUAL_DISTANCE]
    return list(dict.fromkeys(words))[:_REASONS]


@dataclass(frozen=True)
class Telltale:
    """A property by which a class can be told without looking at what is shown.

    Args:
        label: The class.
        words: "larger"; or a format, "png".
        share: Of pairs of an image of the class and another one, in how many it is larger; None for a format.
    """

    label: str
    words: str
    share: float | None


def telltales(labels: Sequence[str], columns: dict[str, FloatArray], formats: Sequence[str | None]) -> list[Telltale]:
    """By what classes can be told that has to do with how their files were made, the strongest first.

    Args:
        labels: Of n images.
        columns: Of each metric, (n,).
        formats: Of their files.
    Returns:
        Each class at most once.
    Source: the share of pairs is the area under the ROC curve (Mann & Whitney, 1947).
    """
    own = np.array(labels, object)
    counts = Counter(labels)
    known = [label for label, count in counts.items() if min(count, len(labels) - count) >= FEWEST_OF_A_CLASS]
    found = [*_of_format(known, own, np.array(formats, object)), *_of_making(known, own, columns)]
    strongest: dict[str, Telltale] = {}
    for one in sorted(found, key=lambda one: -(one.share or 1.0)):
        strongest.setdefault(one.label, one)
    return list(strongest.values())


def _of_format(labels: Sequence[str], own: Any, formats: Any) -> Iterator[Telltale]:
    for label in labels:
        inside, outside = set(formats[own == label]), set(formats[own != label])
        if len(inside) == 1 and not inside & outside and (name := next(iter(inside))):
            yield Telltale(label, str(name), None)


def _of_making(labels: Sequence[str], own: Any, columns: dict[str, FloatArray]) -> Iterator[Telltale]:
    for name in MAKING:
        if name not in columns:
            continue
        ranks = _ranks(columns[name])
        for label in labels:
            inside = own == label
            count = int(inside.sum())
            pairs = count * (len(own) - count)
            share = (float(ranks[inside].sum()) - count * (count + 1) / 2) / pairs
            if max(share, 1 - share) >= TELLTALE_SHARE:
                yield Telltale(label, terms_of(name).direction(up=share > 0.5), max(share, 1 - share))


def _ranks(values: FloatArray) -> FloatArray:
    """From 1; equal values share their mean rank, missing ones are lowest."""
    known = np.nan_to_num(values, nan=-np.inf)
    _, index, counts = np.unique(known, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + 1 + ends) / 2)[index]
