"""How long a run may take, how that is shared between backbones, and when one is dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lookoutcv.results.training_run import EpochPoint

# Of the whole, for scoring, exporting and the baseline at the end, where it is not known yet what they take; and so
# much at the most, so that something is learnt.
_RESERVED, _RESERVED_AT_MOST_SECONDS, _MOST_RESERVED = 0.15, 90.0, 0.7
# Before, what an epoch says of where a backbone will end is mostly chance.
_JUDGED_FROM = 0.35
_MARGIN_ERRORS = 2.0
# Corrupted copies of an image, it itself counted in, and of how many images: those of `baseline`. To corrupt and
# measure one takes about 10 ms.
_COPIES, _PERTURBED_AT_MOST, _COPY_MS = 25, 300, 10.0


@dataclass
class TimeBudget:
    """Seconds for a whole run.

    Args:
        seconds: None for as long as it takes.
        clock: Rising seconds.
    Example:
        >>> budget = TimeBudget(100, clock=iter([0.0, 10.0]).__next__)
        >>> budget.share(among=3)
        25.0
    """

    seconds: float | None
    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)
    _end: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def left(self) -> float | None:
        """Seconds for learning; what the end needs is taken off. None without a bound."""
        if self.seconds is None:
            return None
        reserved = min(self.seconds * _RESERVED, _RESERVED_AT_MOST_SECONDS) if self._end is None else self._end
        return max(0.0, self._began + self.seconds - reserved - self.clock())

    def keep_for_the_end(self, seconds: float) -> bool:
        """Learning has so much less time; False where the end takes more than can be kept for it."""
        if self.seconds is None:
            return True
        self._end = min(seconds, self.seconds * _MOST_RESERVED)
        return self._end == seconds

    @property
    def until_end(self) -> float | None:
        """Seconds until all must be done; None without a bound."""
        return None if self.seconds is None else max(0.0, self._began + self.seconds - self.clock())

    def share(self, among: int) -> float | None:
        """Seconds for the next of so many backbones that are left; None without a bound."""
        left = self.left
        return None if left is None else left / among


def perturbing_seconds(images: int, latency_ms: float) -> float:
    """About how long it takes to ask a model about corrupted copies of labelled images.

    Args:
        images: That are labelled.
        latency_ms: Of one image.
    Example:
        >>> perturbing_seconds(1000, 10.0)
        150.0
    """
    return min(images, _PERTURBED_AT_MOST) * _COPIES * (latency_ms + _COPY_MS) / 1000


@dataclass(frozen=True)
class Finished:
    """A backbone that has learnt.

    Args:
        name: In timm.
        curve: Its epochs.
        seconds: It was given, or took.
    """

    name: str
    curve: tuple[EpochPoint, ...]
    seconds: float


def reason_to_drop(
    curve: Sequence[EpochPoint], seconds: float, finished: Sequence[Finished], validation_images: int
) -> str:
    """Why a backbone that is learning will not be the best; "" where it may.

    After a third of its time the best macro F1 that it has reached is held against what the best of those that are
    done had reached at the same share of theirs (the rule of the curve, Golovin et al., "Google Vizier", KDD 2017, with
    the best in the place of the median: few are compared). It is dropped where it lies below by more than two standard
    errors of a share of so many images.

    Args:
        curve: Its epochs so far.
        seconds: That it is given.
        finished: Those that are done.
        validation_images: On which the macro F1 rests.
    Example:
        >>> def points(*scores):
        ...     return [EpochPoint(n, "scratch", n * 10.0, 1e-3, 1, 1, None, s, s) for n, s in enumerate(scores, 1)]
        >>> done = Finished("resnet18", tuple(points(0.5, 0.7, 0.9)), 30)
        >>> reason_to_drop(points(0.1, 0.2), 30, [done], 400)
        'resnet18 had reached a macro F1 of 0.70 by the same share of its time, and this one 0.20.'
        >>> reason_to_drop(points(0.5, 0.69), 30, [done], 400)
        ''
    """
    if not curve or not finished or seconds <= 0:
        return ""
    share = curve[-1].seconds / seconds
    if share < _JUDGED_FROM:
        return ""
    reached = max(point.validation_macro_f1 for point in curve)
    rival = max(finished, key=lambda one: _reached(one, 1.0))
    theirs = _reached(rival, share)
    error = (theirs * (1 - theirs) / max(validation_images, 1)) ** 0.5
    if theirs - reached <= max(_MARGIN_ERRORS * error, 0.01):
        return ""
    by_then = f"{rival.name} had reached a macro F1 of {theirs:.2f} by the same share of its time"
    return f"{by_then}, and this one {reached:.2f}."


def _reached(one: Finished, share: float) -> float:
    until = [point.validation_macro_f1 for point in one.curve if point.seconds <= share * one.seconds]
    return max(until, default=0.0)
