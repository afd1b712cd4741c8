"""Whether a classifier's labels seem to be moved by one, or in another order than in training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from lookoutcv.models.check_card import ALPHA, OFFSETS, one_sided_p
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.records.model_identity import ModelIdentity

# Below, a hit more or less decides; and of more classes than these no order is read off some thousand images.
_LEAST_IMAGES, _MOST_CLASSES = 30, 200
# Another order is said to fit only where the model is right most of the time under it, and twice as often as it is.
_LEAST_RIGHT, _TIMES = 0.5, 2.0
_NAMED = 3
_REMEDY = "Compare the labels in its card with those of its training, line by line."


def order_suspicions(model: ModelIdentity, pairs: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """A sentence where a classifier is right far more often with its labels moved by one, or in another order.

    Another order is read off every second image and told of the others. An advantage counts where chance gives it in
    fewer than 1 of 100 such checks (exact one-sided sign test, corrected for what is tried).

    Args:
        model: A classifier, with labels in the order of its outputs.
        pairs: How many images have a true label and a predicted one.
    Example:
        >>> names = ("a", "b", "c")
        >>> pairs = {("b", "a"): 20, ("c", "b"): 20, ("a", "c"): 1}
        >>> order_suspicions(ModelIdentity("m", None, "classification", names), pairs)[0].partition(". ")[0]
        'Suspicious: with its labels moved by +1 m would be right on 40 of 41 labelled images, and it is on 0'
    """
    classes = len(model.labels)
    if model.imported or classes < 2:
        return ()
    true, predicted = _places(model, pairs)
    images, right = len(true), true == predicted
    if images < _LEAST_IMAGES or right.mean() >= _LEAST_RIGHT:
        return ()
    tried = len(OFFSETS) + 1
    for offset in OFFSETS:
        moved = true == predicted + offset
        if _clear(moved, right, tried):
            return (
                f"Suspicious: with its labels moved by {offset:+d} {model.name} would be right on {moved.sum():,} of "
                f"{images:,} labelled images, and it is on {right.sum():,}. {_REMEDY}",
            )
    if classes > _MOST_CLASSES:
        return ()
    order = _best_order(true[::2], predicted[::2], classes)
    ordered = true[1::2] == order[predicted[1::2]]
    if not _clear(ordered, right[1::2], tried):
        return ()
    often = Counter(predicted.tolist())
    changed = [place for place, _ in often.most_common() if order[place] != place][:_NAMED]
    examples = ", ".join(f"{model.labels[order[place]]!r} where it says {model.labels[place]!r}" for place in changed)
    share = f"{ordered.mean():.0%} of images that the order was not read off, and it is on {right[1::2].mean():.0%}"
    return (
        f"Suspicious: with its labels in another order {model.name} would be right on {share}: {examples}. {_REMEDY}",
    )


def counted_pairs(true: Iterable[str | None], predicted: Iterable[str | None]) -> Counter[tuple[str, str]]:
    """How many images have each true and predicted label; those that lack one are left out.

    Example:
        >>> counted_pairs(["a", None, "a"], ["b", "b", "b"])
        Counter({('a', 'b'): 2})
    """
    pairs = zip(true, predicted, strict=True)
    return Counter((label, said) for label, said in pairs if label is not None and said is not None)


def _places(model: ModelIdentity, pairs: Mapping[tuple[str, str], int]) -> tuple[np.ndarray, np.ndarray]:
    """The places of both among the model's labels, an entry an image; shuffled, so that halves are independent."""
    places = LabelPlaces(model.labels, truth={label for label, _ in pairs})
    own = {label: place for place, label in reversed(list(enumerate(model.labels)))}
    rows = [
        (place, own[said], count)
        for (label, said), count in pairs.items()
        if (place := places.of(label)) is not None and said in own
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    each = np.random.default_rng(0).permutation(np.repeat(table[:, :2], table[:, 2], axis=0))
    return each[:, 0], each[:, 1]


def _clear(other: np.ndarray, right: np.ndarray, tried: int) -> bool:
    if other.mean() < max(_LEAST_RIGHT, _TIMES * right.mean()):
        return False
    gained, lost = int((other & ~right).sum()), int((right & ~other).sum())
    return one_sided_p(gained, gained + lost) * tried < ALPHA


def _best_order(true: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Which label each class gets where most are right."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only where a model is mostly wrong

    counts = np.zeros((classes, classes))
    np.add.at(counts, (predicted, true), 1)
    # Where nothing tells, a class keeps its label.
    counts += 0.5 * np.eye(classes)
    _, order = linear_sum_assignment(counts, maximize=True)
    return np.asarray(order)
