"""What an explanation is: a map of how much each place counts for one score, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# A map whose values differ by less than this share of its peak is of rounding errors.
_LEAST_CONTRAST = 1e-5


@dataclass(frozen=True)
class Faithfulness:
    """Whether the places that a map marks are those that the score follows from.

    Pixels are removed, or put back, in the order of the map; the sooner the score falls, or rises, the better the map.
    An area is the mean of such a curve, in the unit of the score. The same is done with random maps as smooth as this.

    Args:
        deletion: Scores while pixels are removed, the marked ones first; from none to all of them.
        insertion: Scores while pixels are put back on a blurred image, the marked ones first.
        random_deletion_areas: The area of each random map; low is good for deletion.
        random_insertion_areas: The same of insertion, where high is good.
        better_by: How much better than random maps, the mean of both curves: positive is better.
        low: Lower end of the 95% interval of how much better it is than a further random map, by Student's t.
        high: Its upper end.
    """

    deletion: tuple[float, ...]
    insertion: tuple[float, ...]
    random_deletion_areas: tuple[float, ...]
    random_insertion_areas: tuple[float, ...]
    better_by: float
    low: float
    high: float

    @property
    def deletion_area(self) -> float:
        """The mean score while the marked pixels go first; low is good."""
        return area(self.deletion)

    @property
    def insertion_area(self) -> float:
        """The mean score while the marked pixels come first; high is good."""
        return area(self.insertion)

    @property
    def beaten_by(self) -> int:
        """How many of the random maps do as well or better, both curves together."""
        pairs = zip(self.random_deletion_areas, self.random_insertion_areas, strict=True)
        return sum(self.insertion_area - inserted <= self.deletion_area - deleted for deleted, inserted in pairs)

    @property
    def better_than_random(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low > 0


def area(curve: Sequence[float]) -> float:
    """The area under a curve of evenly spaced points from 0 to 1, by the trapezium rule.

    Example:
        >>> area([1.0, 0.5, 0.0])
        0.5
    """
    values = np.asarray(curve, np.float64)
    return float(((values[1:] + values[:-1]) / 2).mean())


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each place of one image counts for one score.

    Args:
        values: (h, w) float32 from 0 to 1, at the method's own resolution: what raises the score, divided by its
            largest value. All zero where the map cannot be used.
        peak: The largest value before it was divided; not comparable between methods or networks.
        method: "grad_cam".
        layer: The layer that was looked at, as in `named_modules()`; "" for methods without one.
        class_index: The class that was explained; None where a function chose what is explained.
        score: What the network gave for it, before any softmax that it leaves out.
        notes: Sentences that belong beside the map: why it is empty, what the method does not look at.
        usable: Whether there is something to draw.
        faithfulness: How it fares against random maps, where that was measured.
    """

    values: np.ndarray[Any, np.dtype[np.float32]]
    peak: float
    method: str
    layer: str
    class_index: int | None
    score: float
    notes: tuple[str, ...] = ()
    usable: bool = True
    faithfulness: Faithfulness | None = None


def attribution_of(
    raw: np.ndarray[Any, Any],
    *,
    method: str,
    class_index: int | None,
    score: float,
    layer: str = "",
    notes: Sequence[str] = (),
    name: str | None = None,
) -> Attribution:
    """Scale a map, or say why there is nothing to scale.

    Args:
        raw: (h, w) numbers, positive where a place raises the score.
        method: Its name.
        class_index: What was explained.
        score: The score of that.
        layer: Where the method looked.
        notes: What else is to be said.
        name: What sentences call what was explained; None for the number of its class.
    Example:
        >>> attribution_of(np.float32([[-1, 0], [1, 4]]), method="grad_cam", class_index=0, score=0.9).values.tolist()
        [[0.0, 0.0], [0.25, 1.0]]
        >>> attribution_of(np.zeros((2, 2)), method="grad_cam", class_index=0, score=0.9).usable
        False
    """
    fault = _fault(raw, name or ("what was chosen" if class_index is None else f"class {class_index}"))
    risen = np.zeros(raw.shape) if fault else np.maximum(raw, 0)
    peak = float(risen.max()) if risen.size else 0.0
    values = (risen / peak if peak > 0 else risen).astype(np.float32)
    said = (*notes, *([fault] if fault else []))
    return Attribution(values, peak, method, layer, class_index, score, said, not fault)


def _fault(raw: np.ndarray[Any, Any], what: str) -> str:
    if not np.isfinite(raw).all():
        return "The map holds numbers that are not finite, so the network's numbers overflow: try it in float32."
    if raw.size < 2:
        return "The map has a single place: the layer keeps nothing of where things lie. Choose an earlier layer."
    highest, lowest = float(raw.max()), float(raw.min())
    if highest == lowest == 0:
        return f"The map is zero at every place: nothing there changes the score of {what}."
    if highest <= 0:
        return (
            f"The map is negative at every place: all that is seen there lowers the score of {what}. "
            "It shows what speaks against it, which is not drawn; choose another class or an earlier layer."
        )
    if highest - max(lowest, 0) <= _LEAST_CONTRAST * highest:
        return f"The map has the same value at every place: it prefers none for {what}."
    return ""
