"""How accurate a model was, where images have labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lookoutcv.grids import IntArray
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.results.accuracy.true_accuracy import Mistake, TrueAccuracy
from lookoutcv.scores.confusion import Confusion

# Fewer labels that are the model's say that the labels are of something else.
_LEAST_KNOWN = 0.5
# A matrix of more classes is nothing to read.
_MOST_CONFUSED = 50


def true_accuracy(sample: pa.Table, labels: Sequence[str], *, open: bool = False) -> TrueAccuracy | None:
    """The accuracy on records with labels.

    Args:
        sample: Records with `label` and `prediction`.
        labels: Of the model.
        open: Only its predictions are known: see `LabelPlaces`.
    Returns:
        None where no image has both, or the labels are not those of the model.
    """
    labels = _known(sample, labels, open)
    truth, predictions = _truth_and_predictions(sample, labels, open)
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


def rightness(sample: pa.Table, labels: Sequence[str], *, open: bool = False) -> IntArray:
    """(n,) 1 where a prediction is the label, in whatever spelling, 0 where not, -1 where one of them is not known.

    Args:
        sample, labels, open: As for `true_accuracy`. A prediction that is none of the model's labels is wrong.
    Example:
        >>> sample = pa.table({"label": ["cat", "cat", "dog", None], "prediction": ["Cat", "dog", "dog", "dog"]})
        >>> rightness(sample, ["Cat", "dog"], open=True).tolist()
        [1, 0, 1, -1]
    """
    labels = _known(sample, labels, open)
    truth, predictions = _truth_and_predictions(sample, labels, open)
    known = frozenset(labels)
    return np.array(
        [
            -1 if true is None or one is None else int(true == one and one in known)
            for true, one in zip(truth, predictions, strict=True)
        ],
        dtype=np.int64,
    )


def _known(sample: pa.Table, labels: Sequence[str], open: bool) -> Sequence[str]:
    """The labels; of a model that nothing is known of but its predictions, those that it predicted."""
    if labels or not open:
        return labels
    return sorted({one for one in sample.column("prediction").to_pylist() if one is not None})


def _truth_and_predictions(
    sample: pa.Table, labels: Sequence[str], open: bool
) -> tuple[list[str | None], list[str | None]]:
    """Both in the spelling of the model's classes; None where there is none."""
    places = _places(sample, labels, open)
    truth = _true_names(sample, places)
    predictions = sample.column("prediction").to_pylist()
    return truth, [None if one is None else places.predicted(one) for one in predictions]


def truth_of(sample: pa.Table, labels: Sequence[str]) -> list[str | None]:
    """The label of each record in the model's own words: "tench" is "tench, Tinca tinca"; None where it has none.

    Where most labels are not among the model's, they are not of its classes, and every one is None.

    Example:
        >>> truth_of(pa.table({"label": ["Cat", "dog", None]}), ["cat", "dog"])
        ['cat', 'dog', None]
    """
    return _true_names(sample, _places(sample, labels, False))


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


def _places(sample: pa.Table, labels: Sequence[str], open: bool) -> LabelPlaces:
    return LabelPlaces(labels, open=open, truth={label for label in _column(sample) if label is not None})


def _true_names(sample: pa.Table, places: LabelPlaces) -> list[str | None]:
    column, known = _column(sample), len(places.names)
    present = [label for label in column if label is not None]
    place_of = {label: places.of(label) for label in dict.fromkeys(present)}
    # A name beyond the model's own was never predicted.
    own = {label: place for label, place in place_of.items() if place is not None and place < known}
    if not present or sum(label in own for label in present) < _LEAST_KNOWN * len(present):
        return [None] * sample.num_rows
    return [label if label is None or label not in own else places.names[own[label]] for label in column]


def _column(sample: pa.Table) -> list[str | None]:
    column: list[str | None] = sample.column("label").to_pylist() if "label" in sample.column_names else []
    return column
