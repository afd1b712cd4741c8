"""Everything behind one logger in one process: queue, worker, committer, the writer's folder."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pyarrow as pa

from lookoutcv.log.buffer.committer import Committer, Destination
from lookoutcv.log.buffer.counters import Counts, LogStats
from lookoutcv.log.buffer.journal import Journal
from lookoutcv.log.buffer.segments import Durability, SegmentWriter
from lookoutcv.log.buffer.send_images import outbox
from lookoutcv.log.buffer.spool import WriterFolder, new_writer
from lookoutcv.log.one_call.call_queue import CallQueue, flush_mark
from lookoutcv.log.writing.call_journal import CallJournal
from lookoutcv.log.writing.job import Job
from lookoutcv.log.writing.replay import about, replay
from lookoutcv.log.writing.worker import Worker
from lookoutcv.processes import shutdown

# What is left of the time at the end of a process once a flush had its share: for the call in hand, and to write down
# those that wait.
_LEAVE_SECONDS = 2.0
# How soon a commit that somebody waits for is tried again.
_AGAIN_SECONDS = 0.3


class Engine:
    """Starts its threads on first use; after a fork the child leaves it and makes another.

    Args:
        job: What its worker does.
        destination: The table and the spool.
        calls: The queue.
        durability: Of segments.
        ended: Called once its last thread is about to end.
    """

    def __init__(
        self,
        job: Job,
        destination: Destination,
        calls: CallQueue,
        durability: Durability,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self.calls, self.counts = calls, Counts()
        self.writer = new_writer()
        self.closed = False
        self._ended = ended
        self._destination, self._durability = destination, durability
        self._folder: WriterFolder | None = None
        self._segments: SegmentWriter | None = None
        pictures = outbox(destination.directory, destination.spool)
        self._worker = Worker(job, self.writer, calls, self._append, self.counts, pictures=pictures)
        self._committer = Committer(destination, self.counts, replay)
        # With "record" nothing is acknowledged before it is a row.
        early = durability == "batch"
        self._call_journal = CallJournal(job, calls, self.counts, self._open_journal) if early else None
        self._about = about(job)
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        self._opening = threading.Lock()

    @property
    def started(self) -> bool:
        """Whether its threads run."""
        return bool(self._threads)

    def start(self) -> None:
        """Start the threads, once."""
        with self._starting:
            if self._threads or self.closed:
                return
            # Daemons: a program that ends closes its loggers at exit, within their time, and is held up by no store.
            threads = [
                threading.Thread(target=self._work, name="lookoutcv-log", daemon=True),
                threading.Thread(target=self._commit_and_leave, name="lookoutcv-log-commit", daemon=True),
            ]
            if self._call_journal is not None:
                target = self._call_journal.run
                threads.append(threading.Thread(target=target, name="lookoutcv-log-journal", daemon=True))
            self._threads = threads
            for thread in threads:
                thread.start()
            shutdown.close_at_process_exit()

    def written(self, timeout: float) -> bool:
        """Wait until all calls up to now are on the disk."""
        if not self.started:
            return not len(self.calls)
        written = threading.Event()
        self.calls.put_mark(flush_mark(written))
        return written.wait(max(timeout, 0.0))

    def flush(self, timeout: float) -> bool:
        """Wait until all calls up to now are in the table."""
        end = time.monotonic() + timeout
        if not self.started:
            return not len(self.calls)
        if not self.written(timeout):
            return False
        while not self._committer.commit_now(end - time.monotonic()):
            # Writers that add columns at once get in each other's way; a store comes back.
            if end - time.monotonic() <= _AGAIN_SECONDS:
                return False
            time.sleep(random.uniform(0.5, 1.0) * _AGAIN_SECONDS)
        return True

    def close(self, timeout: float) -> bool:
        """Write and commit what waits, end the threads, and leave nothing in the spool if all went well."""
        if self.closed:
            return True
        end = time.monotonic() + timeout
        self.closed = True
        self.counts.giving_up = False
        done = self.flush(timeout)
        self.counts.giving_up = True
        self._worker.stop()
        self._committer.stop()
        self._join(end)
        return done

    @property
    def works(self) -> bool:
        """Whether a thread of it is still at work: a closed one may have had too little time."""
        return any(thread.is_alive() for thread in self._threads)

    def end(self, seconds: float) -> None:
        """The process ends: close, and stop what goes on. Calls that have no row yet are left in the journal.

        Args:
            seconds: To take at most. A worker is waited for until the call in hand is done.
        """
        end = time.monotonic() + seconds
        if not self.closed:
            self.close(max(seconds - _LEAVE_SECONDS, 0.0))
        self._worker.leave()
        self._committer.leave()
        self._join(end)

    def _join(self, end: float) -> None:
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.1))

    def _work(self) -> None:
        """What the worker's thread does; calls are written down as long as it is at work."""
        self._worker.run()
        if self._call_journal is not None:
            self._call_journal.stop()

    def _commit_and_leave(self) -> None:
        """What the committer's thread does; a commit that hangs may outlive `close`, and others wait for the lock."""
        self._committer.run()
        self._threads[0].join()
        if self._call_journal is not None:
            self._threads[2].join()
            if self._call_journal.journal is not None:
                self._call_journal.journal.trim()
        if self._segments is not None:
            self._segments.rotate()
        if self._folder is not None:
            self._folder.remove()
        self._ended()

    def abandon(self) -> None:
        """In a forked child: leave what belongs to the parent, and let its lock go with it."""
        if self._segments is not None:
            self._segments.abandon()
        if self._call_journal is not None and self._call_journal.journal is not None:
            self._call_journal.journal.abandon()
        if self._folder is not None:
            self._folder.release()

    def stats(self) -> LogStats:
        """What became of the calls."""
        counts = self.counts
        return LogStats(
            logged=self.calls.taken,
            dropped=self.calls.dropped,
            failed=counts.failed,
            written=counts.written,
            committed=counts.committed,
            measured=counts.measured,
            sampled_out=counts.sampled_out,
            unreadable=counts.unreadable,
            waiting=len(self.calls),
            adopted=counts.adopted,
            damaged=counts.damaged,
            problem=counts.problem,
        )

    def _append(self, batch: pa.RecordBatch, written: Callable[[], None]) -> None:
        try:
            self._writer_segments().append(batch, written)
        except FileNotFoundError:
            # Somebody removed the spool while we ran: a new folder, under the same name and with further numbers.
            self._folder = None
            self._renewed()
            raise

    def _writer_segments(self) -> SegmentWriter:
        with self._opening:
            if self._segments is None:
                folder = self._writer_folder()
                self._segments = SegmentWriter(folder.path, self._durability, before_end=self._before_commit)
                self._committer.take_writer(folder, self._segments)
            return self._segments

    def _writer_folder(self) -> WriterFolder:
        self._folder = self._folder or WriterFolder.new(self._destination.spool, self.writer)
        return self._folder

    def _open_journal(self) -> Journal:
        with self._opening:
            return Journal(self._writer_folder().path, self._about, lambda: self.calls.stored)

    def _before_commit(self) -> None:
        if self._call_journal is not None and self._call_journal.journal is not None:
            self._call_journal.journal.note_stored()

    def _renewed(self) -> None:
        with suppress(OSError), self._opening:
            folder = self._writer_folder()
            assert self._segments is not None
            self._committer.take_writer(folder, self._segments)
