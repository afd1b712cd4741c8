"""What became of the calls to a logger, counted."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

_log = logging.getLogger("lookoutcv.log")
# A full disk would say so thousands of times.
_SAY_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class LogStats:
    """What became of the calls to one logger in this process.

    Args:
        logged: Calls that were taken.
        dropped: Calls refused because the queue was full.
        failed: Calls that no row could be made of, or that were made after `close`.
        written: Rows on the disk, durable.
        committed: Rows in the table.
        measured: Rows whose image was measured.
        sampled_out: Rows whose image was not, for want of time or room.
        unreadable: Rows whose image could not be read.
        waiting: Calls in the queue.
        adopted: Rows that dead writers had left behind and that this one committed.
        damaged: Stretches of segments that could not be read.
        problem: The last trouble, in words; None where all is well.
    """

    logged: int = 0
    dropped: int = 0
    failed: int = 0
    written: int = 0
    committed: int = 0
    measured: int = 0
    sampled_out: int = 0
    unreadable: int = 0
    waiting: int = 0
    adopted: int = 0
    damaged: int = 0
    problem: str | None = None


@dataclass
class Counts:
    """The counters behind `LogStats`; each is written by one thread."""

    failed: int = 0
    written: int = 0
    committed: int = 0
    measured: int = 0
    sampled_out: int = 0
    unreadable: int = 0
    adopted: int = 0
    damaged: int = 0
    problem: str | None = None
    giving_up: bool = False
    _said: dict[str, float] = field(default_factory=dict)

    def failed_call(self, reason: Exception) -> None:
        """A call that came to nothing."""
        self.failed += 1
        self.trouble(f"a prediction could not be logged ({type(reason).__name__}: {reason})"[:300])

    def trouble(self, problem: str) -> None:
        """Note a problem, and say it, but not again and again."""
        self.problem = problem
        now = time.monotonic()
        kind = problem[:40]
        if now - self._said.get(kind, -_SAY_AGAIN_SECONDS) >= _SAY_AGAIN_SECONDS:
            self._said[kind] = now
            _log.warning("%s", problem)

    def well(self) -> None:
        """The trouble is over."""
        self.problem = None
