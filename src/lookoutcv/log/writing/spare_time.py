"""How much time measuring may take beside a service: as much as there is, and little where none is to spare.

Where the service holds Python's lock, measuring an image takes longer than it works: it waits, and the service waits
likewise for what it holds. Where no core is idle, what is measured is taken from the service or from its neighbours,
even if it need not wait. Then few images are measured, by chance.
"""

from __future__ import annotations

from time import monotonic, perf_counter, thread_time

from lookoutcv.log.writing.idle_cores import idle_core_seconds

# Waiting beyond this part of the work is no accident of the moment.
_CROWDED_RATIO = 0.5
# So often it is looked whether a core is idle; below the first number none is. It is no other program that keeps the
# cores busy but measuring itself where it takes more than the second: with all cores taken it gets half of one.
_LOOK_SECONDS = 1.0
_IDLE_CORES, _OWN_CORES = 0.1, 0.6
# Of the time that passes, where there is none to spare. A service loses about as much.
_SHARE = 0.04
# What may be spent at once, so that a few images are measured whatever else runs; and what one large image may cost of
# the time to come.
_MOST_SECONDS, _MOST_DEBT_SECONDS = 0.1, 2.0
# Each image counts for so much of what is known of waiting: some ten are looked back on.
_WEIGHT = 0.1


class SpareTime:
    """The time that measuring may take.

    Example:
        >>> spare = SpareTime()
        >>> began = spare.begin()
        >>> spare.end(began)
        >>> spare.any_left()
        True
    """

    def __init__(self) -> None:
        self._left, self._looked = _MOST_SECONDS, monotonic()
        self._worked = self._waited = 0.0
        self._full = False
        self._idle_seconds, self._idle_looked, self._own_seconds = idle_core_seconds(), monotonic(), 0.0

    def any_left(self) -> bool:
        """Whether an image may be measured now."""
        now = monotonic()
        self._left = min(self._left + (now - self._looked) * _SHARE, _MOST_SECONDS)
        self._looked = now
        if now - self._idle_looked >= _LOOK_SECONDS:
            self._look_for_idle_cores(now)
        return self._left > 0 or not self._crowded

    def begin(self) -> tuple[float, float]:
        """The clocks before an image is measured; called in the thread that does it."""
        return perf_counter(), thread_time()

    def end(self, began: tuple[float, float]) -> None:
        """An image was measured."""
        took, worked = perf_counter() - began[0], thread_time() - began[1]
        self._worked += _WEIGHT * (worked - self._worked)
        self._waited += _WEIGHT * (max(took - worked, 0.0) - self._waited)
        self._own_seconds += worked
        if self._crowded:
            # What waits keeps the service waiting; else it is only work that others would have done.
            self._left = max(self._left - (took if self._waits else worked), -_MOST_DEBT_SECONDS)

    @property
    def _crowded(self) -> bool:
        return self._full or self._waits

    @property
    def _waits(self) -> bool:
        return self._waited > _CROWDED_RATIO * self._worked

    def _look_for_idle_cores(self, now: float) -> None:
        idle, before, passed = idle_core_seconds(), self._idle_seconds, now - self._idle_looked
        if idle is not None and before is not None:
            self._full = idle - before < _IDLE_CORES * passed and self._own_seconds < _OWN_CORES * passed
        self._idle_seconds, self._idle_looked, self._own_seconds = idle, now, 0.0
