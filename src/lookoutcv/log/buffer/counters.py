"""What became of the calls to a logger, counted."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass, field

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.secrets import masked

_log = logging.getLogger("lookoutcv.log")
# A full disk would say so thousands of times.
_WARN_AGAIN_SECONDS = 60.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST = 400


@only_known_keywords(types=False)
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
    giving_up: bool = False
    _problems: dict[str, str] = field(default_factory=dict)
    _warned_at: dict[str, float] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """What is not well now, in words."""
        return "; ".join(self._problems.values()) or None

    def note_failed_call(self, reason: Exception) -> None:
        """A call that came to nothing."""
        self.failed += 1
        self.note_problem("call", f"a prediction could not be logged ({type(reason).__name__}: {reason})")

    def note_problem(self, part: str, problem: str) -> None:
        """Note what a part of the log has trouble with, and say it, but not again and again."""
        # Object stores draw trees, in colour, of what went wrong.
        problem = masked(" ".join(_COLOUR.sub("", problem).split()))[:_LONGEST]
        self._problems[part] = problem
        now = time.monotonic()
        if now - self._warned_at.get(part, -_WARN_AGAIN_SECONDS) >= _WARN_AGAIN_SECONDS:
            self._warned_at[part] = now
            _log.warning("%s", problem)

    def note_recovery(self, part: str) -> None:
        """The trouble of this part is over."""
        self._problems.pop(part, None)
