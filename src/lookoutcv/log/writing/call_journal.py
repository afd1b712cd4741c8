"""The thread that bounds how long a call is in memory alone: what waits too long is written as it was called.

Rows are written within a third of a second, so mostly there is nothing to do. Where calls come faster than rows can be
made of them, where predictions are large, or where one image takes long, the calls themselves go to the disk meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from lookoutcv.log.buffer.counters import Counts
from lookoutcv.log.buffer.journal import Journal
from lookoutcv.log.one_call.call_codec import encoded_calls
from lookoutcv.log.one_call.call_queue import Call, CallQueue
from lookoutcv.log.writing.job import Job

# A row that takes no longer than rows do is not written twice; beyond this there is time left within the second.
_LATE_SECONDS = 0.4
# Where the disk cannot be written, it is looked at again no sooner.
_LOOK_SECONDS = 0.1
# A part of the calls at a time: whoever serves gets Python's lock between.
_CHUNK_CALLS = 512
_CHUNK_BYTES = 1 << 20


class CallJournal:
    """Writes calls that wait too long to a journal.

    Args:
        job: What the worker does with calls.
        calls: Those that wait.
        counts: Where trouble is noted.
        open_journal: The journal of this writer.
    """

    def __init__(self, job: Job, calls: CallQueue, counts: Counts, open_journal: Callable[[], Journal]) -> None:
        self._job, self._calls, self._counts, self._open = job, calls, counts, open_journal
        self._stop = False
        self.journal: Journal | None = None

    def run(self) -> None:
        """Look when the oldest call would be late, again and again, until stopped; then write whatever has no row.

        No oftener: each time this thread wakes it takes Python's lock, and where other programs want the core, whoever
        serves waits until it is given one.
        """
        last = False
        while not last:
            self._calls.many_exposed.wait(self._calls.until_late(_LATE_SECONDS))
            self._calls.many_exposed.clear()
            last = self._stop
            why = self._looked(everything=last)
            if why:
                self._counts.note_problem("journal", f"calls that wait cannot be written: {why}")
                # Each call would wake this thread at once.
                time.sleep(_LOOK_SECONDS)
            else:
                self._counts.note_recovery("journal")

    def _looked(self, *, everything: bool) -> str:
        """Look; why the calls could not be written, "" where they could."""
        try:
            self.look(everything=everything)
        except OSError as reason:
            return reason.strerror or str(reason)
        except BaseException as reason:  # a thread that ends would end the promise
            return type(reason).__name__
        return ""

    def stop(self) -> None:
        """End: no more rows are made."""
        self._stop = True
        self._calls.many_exposed.set()

    def look(self, *, everything: bool = False) -> None:
        """Write what has waited too long, or everything that waits, and remove what needs to wait no more."""
        if self.journal is not None:
            self.journal.trim()
        if everything or self._calls.until_late(_LATE_SECONDS) <= 0:
            waiting = self._calls.exposed()
            self._calls.urgent = bool(waiting)
            try:
                while waiting:
                    some = _chunk(waiting)
                    self._append(some)
                    del waiting[: len(some)]
            finally:
                self._calls.urgent = False

    def _append(self, calls: list[Call]) -> None:
        if self.journal is None:
            self.journal = self._open()
        last = calls[-1].place
        # Those that became rows while others were written need not be written any more.
        if last > self._calls.stored:
            self.journal.append(*encoded_calls(calls, self._job.task, self._job.labels), last)
        self._calls.note_journaled(calls)
        time.sleep(0)


def _chunk(calls: list[Call]) -> list[Call]:
    size = count = 0
    while count < min(len(calls), _CHUNK_CALLS) and size < _CHUNK_BYTES:
        size += calls[count].prediction_bytes
        count += 1
    return calls[:count]
