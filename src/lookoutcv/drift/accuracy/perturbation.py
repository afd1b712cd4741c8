"""How far the estimated accuracy is off where images get worse, known from corrupted copies of labelled images.

The copies lie at places: how far each metric of the images moved, and how far the predictions did. What the estimate
missed there is taken over to a window in so far as the window lies near, and not at all where it lies far from every
copy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.grids import FloatArray

# Numbers that say how far predictions moved, at the end of each place.
OUTPUTS_MOVED = 5
# Chosen on one half of the pictures and of the corruptions, scored on the other (benchmarks/accuracy_estimate.py):
# the distance over which misses are similar; the weight of the metrics together, an output of the model weighing 1;
# and the variance of one copy's miss by chance, in that of all misses, of a corrupted copy and of the untouched images.
_REACH, _IMAGE_WEIGHT, _CHANCE, _CHANCE_UNTOUCHED = 0.3, 0.5, 0.1, 0.03

# Effects of unchanged images of other classes are about .05 (root mean square), those of corrupted ones .2 and more.
_LEAST_MOVED = 0.12


def look_changed(effects: Sequence[float]) -> bool:
    """Whether images look otherwise than those of the baseline, by the effects of their metrics.

    Where one of them is not known (NaN), it is not known either, and so not decided.

    Example:
        >>> look_changed([0.05, -0.1, 0.0]), look_changed([0.05, -0.6, 0.0]), look_changed([])
        (False, True, False)
    """
    return math.sqrt(sum(effect**2 for effect in effects) / max(len(effects), 1)) >= _LEAST_MOVED


@dataclass(frozen=True)
class Correction:
    """What a perturbation calibration says of one window.

    Args:
        points: To be added to the estimate.
        doubt: Standard deviation of what is still missed, 0 to 1.
        nearest: The copy that lies nearest, such as "defocus 4".
    """

    points: float
    doubt: float
    nearest: str


@dataclass(frozen=True)
class PerturbationCalibration:
    """What the estimate missed on corrupted copies of the baseline's own images.

    Args:
        images: Labelled images that were copied.
        metrics: Of the images, whose effects come first in each place.
        names: Of the copies, such as "defocus 4".
        places: For each copy the effects of the metrics, then how far predictions moved (`estimators.outputs_moved`).
        misses: For each copy its true accuracy less the estimate, less the same for the untouched images.
    """

    images: int
    metrics: list[str]
    names: list[str]
    places: list[list[float]]
    misses: list[float]

    def correction(self, moved: Mapping[str, float], outputs: Sequence[float]) -> Correction | None:
        """What is to be added to the estimate of a window: a Gaussian process of the misses over the places.

        Args:
            moved: Effect of each metric of the images, window against baseline, in [-1, 1].
            outputs: How far the predictions moved, as in `places`.
        Returns:
            None where one of its metrics was not measured, and where the images look as they did: an estimate
            for unchanged images needs no correction.
        Example:
            >>> places = [[0.5, 0.1], [0.9, 0.3]]
            >>> calibration = PerturbationCalibration(
            ...     300, ["noise.sigma"], ["noise 2", "noise 4"], places, [-0.04, -0.1]
            ... )
            >>> near, far = (calibration.correction({"noise.sigma": x}, [y]) for x, y in ((0.9, 0.3), (-0.9, -3.0)))
            >>> near.nearest, round(near.points, 3), round(far.points, 3), near.doubt < far.doubt
            ('noise 4', -0.09, 0.0, True)

        Source: Rasmussen & Williams, "Gaussian processes for machine learning", 2006, chapter 2. Learning from shifted
        copies how far an estimate is off: Guillory et al., "Predicting with confidence on unseen distributions", ICCV
        2021; Deng & Zheng, "Are labels always necessary for classifier accuracy evaluation?", CVPR 2021.
        """
        shifts = [moved.get(name, math.nan) for name in self.metrics]
        if not look_changed(shifts):
            return None
        place = self._scaled(np.array([[*shifts, *outputs]]))
        similarity = _similarity(place, self._known[0])[0]
        spread = float(np.sqrt(np.mean(np.square(self.misses))))
        unexplained = 1 - float(similarity @ np.linalg.solve(self._known[1], similarity))
        points = float(similarity @ np.linalg.solve(self._known[1], np.array([*self.misses, 0.0])))
        nearest = self.names[int(similarity[:-1].argmax())]
        return Correction(points, spread * float(np.sqrt(max(unexplained, 0.0))), nearest)

    def without(self, kind: str) -> PerturbationCalibration:
        """The same without one kind of copies, to see what a kind that was never tried comes to."""
        rows = [row for row, name in enumerate(self.names) if name.rpartition(" ")[0] != kind]
        return PerturbationCalibration(
            self.images,
            self.metrics,
            [self.names[row] for row in rows],
            [self.places[row] for row in rows],
            [self.misses[row] for row in rows],
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @cached_property
    def _known(self) -> tuple[FloatArray, FloatArray]:
        """The places of the copies and of the untouched images, and how similar their misses are."""
        width = len(self.places[0])
        scaled = self._scaled(np.array([*self.places, [0.0] * width]))
        chance = np.array([_CHANCE] * len(self.places) + [_CHANCE_UNTOUCHED])
        return scaled, _similarity(scaled, scaled) + np.diag(chance)

    def _scaled(self, places: FloatArray) -> FloatArray:
        count = len(self.metrics)
        weights = np.ones(places.shape[1])
        weights[:count] = _IMAGE_WEIGHT / max(count, 1) ** 0.5
        scaled: FloatArray = places * weights
        return scaled


def _similarity(places: FloatArray, others: FloatArray) -> FloatArray:
    distance = np.square(places[:, None] - others[None]).sum(axis=2)
    similarity: FloatArray = np.exp(-distance / (2 * _REACH**2))
    return similarity
