"""How much time measuring may take beside a service: as much as there is, and little where none is to spare.

Where all cores are taken, or the service holds Python's lock, measuring an image takes longer than it works: it waits
for a core or for the lock, and the service waits likewise for what it holds. Then few images are measured, by chance.
"""

from __future__ import annotations

from time import monotonic, perf_counter, thread_time

# Waiting beyond this part of the work is no accident of the moment.
_CROWDED_RATIO = 0.5
# Of the time that passes, where there is none to spare. A service loses about as much.
_SHARE = 0.04
# What may be spent at once, so that a few images are measured whatever else runs.
_MOST_SECONDS = 2.0
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

    def any_left(self) -> bool:
        """Whether an image may be measured now."""
        now = monotonic()
        self._left = min(self._left + (now - self._looked) * _SHARE, _MOST_SECONDS)
        self._looked = now
        return self._left > 0 or not self._crowded

    def begin(self) -> tuple[float, float]:
        """The clocks before an image is measured; called in the thread that does it."""
        return perf_counter(), thread_time()

    def end(self, began: tuple[float, float]) -> None:
        """An image was measured."""
        took, worked = perf_counter() - began[0], thread_time() - began[1]
        self._worked += _WEIGHT * (worked - self._worked)
        self._waited += _WEIGHT * (max(took - worked, 0.0) - self._waited)
        if self._crowded:
            self._left = max(self._left - took, -_MOST_SECONDS)

    @property
    def _crowded(self) -> bool:
        return self._waited > _CROWDED_RATIO * self._worked
