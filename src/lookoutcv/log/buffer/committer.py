"""The thread that brings segments to the table: seldom, until it succeeds, and those of dead writers too."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lookoutcv.log.buffer.commit import Committed, commit
from lookoutcv.log.buffer.counters import Counts
from lookoutcv.log.buffer.segments import SegmentWriter, segments_in
from lookoutcv.log.buffer.spool import WriterFolder, writer_folders

_LOOK_SECONDS = 1.0
# Looking for dead writers lists a folder and tries a lock in each.
_ADOPT_SECONDS = 15.0
# Each commit is a file for ever in the table's log, and makes opening it slower: however many rows there are, no more
# often.
_FEWEST_SECONDS = 5.0
# After a failure, and at most, between two tries.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0


@dataclass(frozen=True)
class Destination:
    """The table, and the spool before it.

    Args:
        directory: Of the table: a local folder or a URL.
        spool: The local folder of the writers' folders.
        storage_options: For the object store, beside the environment.
        commit_seconds: How often rows are committed.
        commit_rows: So many rows are committed at once.
    """

    directory: str
    spool: Path
    storage_options: Mapping[str, str]
    commit_seconds: float = 30.0
    commit_rows: int = 10_000


@dataclass
class _CommitRequest:
    """Somebody waits for a commit."""

    done: threading.Event = field(default_factory=threading.Event)
    succeeded: bool = False


class Committer:
    """Commits what one writer wrote, and what dead writers left in the same spool.

    Args:
        destination: From where to where.
        counts: Where it is noted what was committed.
        replay: Makes segments of the calls that a dead writer left in a journal in its folder, as long as the second
            argument says between them that it goes on; how many stretches were damaged.
    """

    def __init__(
        self, destination: Destination, counts: Counts, replay: Callable[[Path, Callable[[], bool]], int]
    ) -> None:
        self._destination, self._counts, self._replay = destination, counts, replay
        self._requests: queue.SimpleQueue[_CommitRequest | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._leaving = False
        self._own: tuple[WriterFolder, SegmentWriter] | None = None
        self._wait, self._not_before = 0.0, 0.0
        self._committed_at = time.monotonic()
        self._adopted_at = -_ADOPT_SECONDS

    def take_writer(self, folder: WriterFolder, segments: SegmentWriter) -> None:
        """From now on commit this writer's segments."""
        self._own = (folder, segments)

    def run(self) -> None:
        """Commit until stopped."""
        while True:
            request = self._next()
            if self._leaving or (request is None and self._stop.is_set()):
                return
            if request is None and not self._due():
                continue
            self._round(request)

    def stop(self) -> None:
        """End after what was asked for."""
        self._stop.set()
        self._requests.put(None)

    def leave(self) -> None:
        """End after the part of a commit in hand: the process ends, and whoever logs there next goes on."""
        self._leaving = True
        self.stop()

    def commit_now(self, timeout: float) -> bool:
        """Ask for a commit and wait for it.

        Returns:
            Whether everything that this writer had on the disk is in the table.
        """
        request = _CommitRequest()
        self._requests.put(request)
        return request.done.wait(max(timeout, 0.0)) and request.succeeded

    def _next(self) -> _CommitRequest | None:
        try:
            return self._requests.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            return None

    def _due(self) -> bool:
        now = time.monotonic()
        if now < self._not_before:
            return False
        return now - self._adopted_at >= _ADOPT_SECONDS or self._rows_due()

    def _round(self, request: _CommitRequest | None) -> None:
        try:
            self._commit_due(request)
            self._adopt()
        # Panics of deltalake's runtime derive from BaseException.
        except BaseException as reason:
            if isinstance(reason, SystemExit | KeyboardInterrupt):
                raise
            self._wait = min(max(2 * self._wait, _FIRST_WAIT_SECONDS), _LONGEST_WAIT_SECONDS)
            # Writers that met each other must not meet again.
            self._not_before = time.monotonic() + self._wait * random.uniform(0.5, 1.0)
            self._counts.note_problem("table", f"rows wait in the spool, they cannot be committed: {reason}")
            return
        self._wait, self._not_before = 0.0, 0.0
        self._counts.note_recovery("table")

    def _commit_due(self, request: _CommitRequest | None) -> None:
        """Commit this writer's rows where they are due or somebody waits, who is told then: the dead can wait."""
        try:
            if request is not None or self._rows_due():
                self._commit_own()
                self._committed_at = time.monotonic()
                if request is not None:
                    request.succeeded = not self._leaving
        finally:
            if request is not None:
                request.done.set()

    def _goes_on(self) -> bool:
        """Between the parts of what a dead writer left, which may take minutes: what is due here comes first."""
        with suppress(queue.Empty):
            while not self._leaving:
                self._commit_due(self._requests.get_nowait())
        if not self._leaving:
            self._commit_due(None)
        return not self._leaving

    def _rows_due(self) -> bool:
        waited = time.monotonic() - self._committed_at
        rows = 0 if self._own is None else self._own[1].waiting_rows
        many = rows >= self._destination.commit_rows and waited >= _FEWEST_SECONDS
        return many or waited >= self._destination.commit_seconds

    def _commit_own(self) -> None:
        if self._own is None:
            return
        folder, segments = self._own
        numbers = [number for number, _ in segments.rotate()]
        done = self._commit(folder.path, numbers, lambda: self._leaving)
        self._counts.committed += done.rows
        self._counts.damaged += done.damaged

    def _commit(self, folder: Path, numbers: list[int], leaving: Callable[[], bool]) -> Committed:
        place = self._destination
        return commit(place.directory, folder, numbers, place.storage_options, leaving=leaving)

    def _adopt(self) -> None:
        """Commit what dead writers left, and remove their folders."""
        self._adopted_at = time.monotonic()
        for path in writer_folders(self._destination.spool):
            if self._leaving:
                return
            if self._own is not None and path == self._own[0].path:
                continue
            folder = WriterFolder.adopt(path)
            if folder is None:
                continue
            try:
                self._counts.damaged += self._replay(path, self._goes_on)
                numbers = [number for number, _ in segments_in(path)]
                done = self._commit(path, numbers, lambda: not self._goes_on())
                self._counts.adopted += done.rows
                self._counts.damaged += done.damaged
            except BaseException:
                folder.release()
                raise
            folder.remove()
