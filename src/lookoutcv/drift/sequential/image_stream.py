"""Images watched one by one: an alarm that stays valid however long the watch lasts."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from lookoutcv.drift.sequential.e_process import (
    alarm_threshold,
    initial_evidence,
    mean_evidence,
    ranked_by_evidence,
    update_evidence,
)
from lookoutcv.drift.statistics.columns import Values
from lookoutcv.errors import ConfigError, ShapeMismatch
from lookoutcv.grids import FloatArray

_MOST_METRICS = 3


@dataclass(frozen=True)
class StreamRules:
    """When a stream raises an alarm.

    Args:
        horizon: Images within which a false alarm counts, H.
        alpha: Accepted chance of any false alarm within the horizon.
        bets: Shifts bet on, in standard deviations of the normal scores: slight, moderate, strong.
        allowance: Shift that is let pass, d0, below every bet.
        fixed_from: With so many values in the baseline or more, images are ranked among the baseline alone, which finds
            weak shifts sooner; with fewer also among all earlier images, or a baseline that by chance lies a little
            off would raise alarms by itself (in 8-28% of streams at 100 images and fewer, measured).
    Raises:
        ConfigError: A number is out of range.
    """

    horizon: int = 10_000
    alpha: float = 0.05
    bets: tuple[float, ...] = (0.3, 0.6, 1.2)
    allowance: float = 0.1
    fixed_from: int = 2000

    def __post_init__(self) -> None:
        for key, wrong, remedy in (
            ("horizon", self.horizon < 1, "Give a number of images, at least 1."),
            ("alpha", not 0 < self.alpha < 1, "Give a share between 0 and 1, such as 0.05."),
            ("bets", not self.bets or min(self.bets) <= self.allowance, "Give shifts above the allowance."),
            ("allowance", not self.allowance >= 0, "Give a number of at least 0."),
            ("fixed_from", self.fixed_from < 1, "Give a number of images, at least 1."),
        ):
            if wrong:
                raise ConfigError(f"the stream's {key} is {getattr(self, key)!r}", remedy, key=key)


RULES = StreamRules()


@dataclass(frozen=True)
class StreamAlarm:
    """A lasting change in a stream.

    Args:
        image: Number of the image that raised it, 1 for the first of the stream.
        since_restart: Images since the watch began or was last restarted: at most so many are changed.
        evidence: Mean evidence, at or above the threshold.
        moved: The metrics with most evidence, strongest first: column, and 1 for a rise or -1 for a fall.
    """

    image: int
    since_restart: int
    evidence: float
    moved: tuple[tuple[int, int], ...]


def stream_rank(value: float, rising: Sequence[float]) -> float:
    """The rank of a new value among all earlier ones: (#{past < x} + (#{past = x} + 1) / 2) / (n + 1).

    Uniform if all are drawn alike, whatever the distribution; of ties every one gets the middle.

    Args:
        value: The new one.
        rising: The n earlier ones, rising.
    Returns:
        In (0, 1).
    Example:
        >>> stream_rank(2.0, [1.0, 2.0, 3.0]), stream_rank(9.0, [])
        (0.5, 0.5)
    """
    below = bisect_left(rising, value)
    equal = bisect_right(rising, value, lo=below) - below
    return (below + (equal + 1) / 2) / (len(rising) + 1)


def reference_rank(value: float, rising: Sequence[float]) -> float:
    """The rank among a fixed reference: (#{below} + #{equal} / 2) / n, within [.5 / n, 1 - .5 / n].

    Args:
        value: The new one.
        rising: The n values of the reference, rising; at least one.
    Example:
        >>> reference_rank(2.0, [1.0, 2.0, 3.0, 4.0]), reference_rank(9.0, [1.0, 2.0])
        (0.375, 0.75)
    """
    below = bisect_left(rising, value)
    equal = bisect_right(rising, value, lo=below) - below
    edge = 0.5 / len(rising)
    return min(max((below + equal / 2) / len(rising), edge), 1 - edge)


class ImageStream:
    """The watch over one stream of images.

    Each image is ranked, metric by metric, among the baseline and all earlier images of the stream, and the normal
    scores of the ranks feed `update_evidence`. An alarm ends the watch and begins a new one against the baseline alone,
    so that a change that lasts is reported again.

    A value costs two binary searches and, with a small baseline, the insertion into 4 bytes a value.

    Args:
        baseline: (M, m) metrics of the baseline's images; NaN or infinite = missing. M may be 0.
        rules: When to raise an alarm.
    Raises:
        ShapeMismatch: The baseline is no matrix, or a row has another number of metrics.
    Example:
        >>> rng = np.random.default_rng(0)
        >>> stream = ImageStream(rng.normal(size=(500, 3)))
        >>> [alarm.image for alarm in stream.update_many(rng.normal(size=(300, 3)))]
        []
        >>> [alarm.moved[0] for alarm in stream.update_many(rng.normal((0, 2, 0), size=(20, 3)))]
        [(1, 1)]
    """

    _evidence: FloatArray
    _since_restart: int
    _reference: list[array[float]]
    _stream_values: list[array[float]]

    def __init__(self, baseline: Values, rules: StreamRules = RULES) -> None:
        if baseline.ndim != 2:
            raise _shape(baseline, "a matrix with a row per image")
        self.rules = rules
        self.images = 0
        self._columns = [_rising(column) for column in baseline.T]
        self._fixed = np.array([len(column) >= rules.fixed_from for column in self._columns], dtype=bool)
        self._allowance = np.array(
            [
                min(max(rules.allowance, 3.5 / math.sqrt(len(column))), 0.99 * min(rules.bets))
                if fixed
                else rules.allowance
                for column, fixed in zip(self._columns, self._fixed, strict=True)
            ]
        )
        self._begin()

    def update(self, values: Values) -> StreamAlarm | None:
        """Take the metrics of the next image, (m,); NaN or infinite = missing.

        Returns:
            An alarm, at the image at which the evidence reaches the threshold.
        Raises:
            ShapeMismatch: Another number of metrics than the baseline has.
        """
        if np.shape(values) != (len(self._columns),):
            raise _shape(np.asarray(values), f"{len(self._columns)} metrics, in the baseline's order")
        scores = self._scores(np.asarray(values, dtype=np.float32).tolist())
        self._evidence = update_evidence(self._evidence, scores, self.rules.bets, self._allowance)
        self.images += 1
        self._since_restart += 1
        if self.mean_evidence < alarm_threshold(self.rules.horizon, self.rules.alpha):
            return None
        alarm = StreamAlarm(
            self.images,
            self._since_restart,
            self.mean_evidence,
            tuple(ranked_by_evidence(self._evidence)[:_MOST_METRICS]),
        )
        self._begin()
        return alarm

    def update_many(self, rows: Values) -> list[StreamAlarm]:
        """Take several images, (n, m), in order; all alarms."""
        return [alarm for alarm in map(self.update, rows) if alarm is not None]

    @property
    def mean_evidence(self) -> float:
        """The mean evidence now; an alarm is raised at horizon / alpha."""
        return mean_evidence(self._evidence)

    def to_dict(self) -> dict[str, Any]:
        """The watch as plain values, for JSON: all but the baseline and the rules."""
        return {
            "images": self.images,
            "since_restart": self._since_restart,
            "evidence": self._evidence.tolist(),
            "stream_values": [values.tolist() for values in self._stream_values],
        }

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on where `to_dict` was called, on a stream with the same baseline and rules.

        Raises:
            ShapeMismatch: The state has another number of metrics or bets.
        """
        evidence = np.asarray(state["evidence"], dtype=np.float64)
        if evidence.shape != self._evidence.shape or len(state["stream_values"]) != len(self._columns):
            raise _shape(evidence, "the state of a stream with this baseline and these rules")
        self._begin()
        self.images, self._since_restart = int(state["images"]), int(state["since_restart"])
        self._evidence = evidence
        for column, values in enumerate(state["stream_values"]):
            self._stream_values[column] = array("f", values)
            self._reference[column] = array("f", sorted([*self._reference[column], *self._stream_values[column]]))

    def _begin(self) -> None:
        self._evidence = initial_evidence(len(self._columns), self.rules.bets)
        self._since_restart = 0
        pairs = zip(self._columns, self._fixed, strict=True)
        self._reference = [column if fixed else column[:] for column, fixed in pairs]
        self._stream_values = [array("f") for _ in self._columns]

    def _scores(self, values: Sequence[float]) -> FloatArray:
        ranks = np.full(len(values), np.nan)
        for column, (value, fixed) in enumerate(zip(values, self._fixed, strict=True)):
            if not math.isfinite(value):
                continue
            reference = self._reference[column]
            if fixed:
                ranks[column] = reference_rank(value, reference)
            else:
                ranks[column] = stream_rank(value, reference)
                insort(reference, value)
                self._stream_values[column].append(value)
        scores: FloatArray = ndtri(ranks)
        return scores


def _rising(values: Values) -> array[float]:
    # Records hold metrics as float32; another precision would break ties between the baseline and the stream.
    known = np.asarray(values, dtype=np.float32)
    return array("f", np.sort(known[np.isfinite(known)]).tolist())


def _shape(values: Values, expected: str) -> ShapeMismatch:
    return ShapeMismatch(
        f"values of shape {values.shape} cannot be watched",
        f"Give {expected}.",
        shape=values.shape,
        dtype=str(values.dtype),
    )
