"""How accurate a model was, where images have labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lookoutcv.grids import IntArray
from lookoutcv.predictions.label_names import folded, matcher
from lookoutcv.results.accuracy.true_accuracy import Mistake, TrueAccuracy
from lookoutcv.scores.confusion import Confusion

# Fewer labels that are the model's say that the labels are of something else.
_LEAST_KNOWN = 0.5
# A matrix of more classes is nothing to read.
_MOST_CONFUSED = 50


def true_accuracy(sample: pa.Table, labels: Sequence[str]) -> TrueAccuracy | None:
    """The accuracy on records with labels.

    Args:
        sample: Records with `label` and `prediction`.
        labels: Of the model.
    Returns:
        None where no image has both, or the labels are not those of the model.
    """
    truth, predictions = truth_of(sample, labels), sample.column("prediction").to_pylist()
    labelled = [i for i, label in enumerate(truth) if label is not None and predictions[i] is not None]
    if not labelled:
        return None
    confusion = Confusion.of([truth[i] for i in labelled], [predictions[i] for i in labelled], labels)
    small = len(confusion.labels) <= _MOST_CONFUSED
    return TrueAccuracy(
        images=len(labelled),
        accuracy=confusion.accuracy,
        classes=[class_scores for class_scores in confusion.classes if class_scores.support or class_scores.predicted],
        mistakes=[Mistake(*mistake) for mistake in confusion.largest_mistakes()],
        labels=list(confusion.labels) if small else None,
        confusion=confusion.counts.tolist() if small else None,
    )


def truth_of(sample: pa.Table, labels: Sequence[str]) -> list[str | None]:
    """The label of each record in the model's own words: "tench" is "tench, Tinca tinca"; None where it has none.

    Where most labels are not among the model's, they are not of its classes, and every one is None.

    Example:
        >>> truth_of(pa.table({"label": ["Cat", "dog", None]}), ["cat", "dog"])
        ['cat', 'dog', None]
    """
    own = matcher(labels)
    column = sample.column("label").to_pylist() if "label" in sample.column_names else []
    places = {label: own.get(folded(label)) for label in {*column} if label is not None}
    present = [label for label in column if label is not None]
    if not present or sum(places[label] is not None for label in present) < _LEAST_KNOWN * len(present):
        return [None] * sample.num_rows
    own_label_of = {label: label if place is None else labels[place] for label, place in places.items()}
    return [None if label is None else own_label_of[label] for label in column]


def truth_indices(sample: pa.Table, labels: Sequence[str]) -> IntArray:
    """(n,) the index of each record's label among the model's; -1 for another one, -2 where it has none.

    Example:
        >>> truth_indices(pa.table({"label": ["Cat", "fox", "dog", "cat", None]}), ["cat", "dog"]).tolist()
        [0, -1, 1, 0, -2]
    """
    index_of = {label: index for index, label in reversed(list(enumerate(labels)))}
    return np.array(
        [-2 if label is None else index_of.get(label, -1) for label in truth_of(sample, labels)], dtype=np.int64
    )
