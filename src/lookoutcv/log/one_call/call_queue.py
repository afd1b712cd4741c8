"""What waits between the caller and the worker: bounded by number and by bytes, handed over by reference."""

from __future__ import annotations

import collections
import itertools
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

WhenFull = Literal["drop", "block"]
# How often a caller that waits for room looks again: well below what inference takes.
_LOOK_AGAIN_SECONDS = 0.001
# Scores, boxes and masks that are in memory alone: some tenths of a second's writing where others take the cores. A
# call beyond that waits until some are written, and so does one where the oldest of them waits so long already:
# whatever the machine, no more is taken than is written in time. A call waits no longer than that.
MOST_EXPOSED_BYTES = 16 << 20
# So many calls, or bytes of predictions, are not rows within a second: whoever writes them as they are is woken.
_MANY_EXPOSED_CALLS = 8192
_MANY_EXPOSED_BYTES = 12 << 20
_OLDEST_EXPOSED_NS = 450_000_000
_EXPOSED_SECONDS = 0.25


@dataclass(slots=True)
class Call:
    """One call to a logger as it was made; the worker makes sense of it.

    Args:
        sequence: Its number among the calls of its writer.
        clock_ns: When, in nanoseconds since 1970.
        arguments: What the model predicted, as the logger's task takes it.
        image: As `images.read` takes it, or None.
        image_bytes: What the image holds in memory.
        prediction_bytes: What the arrays of the prediction hold.
        bgr: Its channels are in OpenCV's order.
        details: The other arguments by name: name, label, tags, time, embedding, model_version, flagged, measured.
        written: Set once it is known what became of the row, where somebody waits for that.
        stored: The row is durable.
        image_dropped: The image was dropped because there was no room for it.
        problems: What of it could not be taken, in words.
        had_image: It came with an image, which is done with.
        place: The how-manieth call of its writer it is, counted as they were taken.
        exposed_bytes: What its prediction holds, while it is in memory alone.
    """

    sequence: int
    clock_ns: int
    arguments: Any
    image: Any
    image_bytes: int
    bgr: bool
    details: dict[str, Any]
    prediction_bytes: int = 0
    written: threading.Event | None = None
    stored: bool = False
    image_dropped: bool = False
    problems: tuple[str, ...] = ()
    had_image: bool = False
    place: int = 0
    exposed_bytes: int = 0

    @property
    def size(self) -> int:
        """What its arrays hold."""
        return self.image_bytes + self.prediction_bytes


# The sequence number of a call that is no prediction.
MARK = -1


def flush_mark(written: threading.Event | None = None) -> Call:
    """A call that is no prediction: whoever waits for it knows that all calls before it are done."""
    return Call(MARK, 0, None, None, 0, False, {}, written=written)


class CallQueue:
    """A queue from many callers to one worker.

    Where `max_rows` calls wait, or their arrays take `max_bytes`, a call is refused at once ("drop") or after waiting
    for room ("block"). Where there is room but for its image, the image is let go and the prediction stays.

    Args:
        max_rows: Most calls that wait.
        max_bytes: Most that their images, masks and scores hold; files by path hold nothing.
        when_full: What to do with a call that finds the queue full.
        block_seconds: How long "block" waits at most.
    Example:
        >>> waiting = CallQueue(max_rows=1)
        >>> call = Call(0, 0, ("cat", 0.5), None, 0, False, {})
        >>> waiting.put(call), waiting.put(call), waiting.dropped
        (True, False, 1)
    """

    def __init__(
        self,
        max_rows: int = 50_000,
        max_bytes: int = 256 << 20,
        when_full: WhenFull = "drop",
        block_seconds: float = 1.0,
    ) -> None:
        self.max_rows, self.max_bytes = max_rows, max_bytes
        self.when_full, self.block_seconds = when_full, block_seconds
        # In C, and safe to use from a signal handler.
        self._calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        # Set where somebody waits for a call to be written.
        self._awaited = threading.Event()
        # Re-entrant, because a caller's signal handler may log while it interrupts a call.
        self._lock = threading.RLock()
        # Two counters, so that the worker, who alone takes, needs no lock.
        self._bytes_in = self._bytes_out = 0
        self.taken = self.dropped = self.stored = 0
        # What the predictions hold that are in memory alone, and up to which place calls are in a journal.
        self.exposed_bytes = self.journaled = 0
        # When the oldest call was made that is in memory alone; 0 where there is none.
        self._exposed_since_ns = 0
        # Set where there are more of them than shall wait.
        self.many_exposed = threading.Event()
        # Calls are being written as they are: who makes rows of them stands back.
        self.urgent = False
        # What is not on the disk yet, in the order in which it was taken and will be written.
        self._not_stored: collections.deque[Call] = collections.deque()

    def put(self, call: Call) -> bool:
        """Hand a call over.

        Returns:
            Whether it was taken.
        """
        size = call.image_bytes + call.prediction_bytes
        # Whoever waits until the row is written need not wait before that.
        if call.written is None and (self._much_is_exposed(call) or self._is_behind(call.clock_ns)):
            self._wait_for_writing(call)
        full = self._calls.qsize() >= self.max_rows
        # Callers do not wait for each other: as many as there are may go beyond the bound by one call each.
        if full or (size and self._bytes_in - self._bytes_out + size > self.max_bytes):
            if not self._squeezed(call):
                return False
            size = call.size
        with self._lock:
            self.taken += 1
            self._bytes_in += size
            call.place = self.taken
            if call.prediction_bytes:
                call.exposed_bytes = call.prediction_bytes
                self.exposed_bytes += call.prediction_bytes
            if not self._exposed_since_ns:
                self._exposed_since_ns = call.clock_ns
            # One order for both.
            self._not_stored.append(call)
            self._calls.put(call)
        if self._many() and not self.many_exposed.is_set():
            self.many_exposed.set()
        if call.written is not None:
            self._awaited.set()
        return True

    def put_mark(self, call: Call) -> None:
        """Hand over a call that is no prediction, past the bounds."""
        self._calls.put(call)
        self._awaited.set()

    def get(self, timeout: float | None) -> Call | None:
        """The next call; None where there is none within `timeout` seconds (None: do not wait)."""
        try:
            call = self._calls.get_nowait() if timeout is None else self._calls.get(timeout=timeout)
        except queue.Empty:
            return None
        return call

    def after_pause(self, seconds: float) -> list[Call]:
        """The next call, if any, after so long, or as soon as somebody waits for what was called."""
        self._awaited.wait(seconds)
        self._awaited.clear()
        call = self.get(None)
        return [] if call is None else [call]

    def release(self, call: Call) -> None:
        """The worker is done with the image of a call: its memory is free for others."""
        self._bytes_out += call.size
        call.had_image = call.image is not None
        call.image = None
        call.image_bytes = call.prediction_bytes = 0

    def note_stored(self, count: int) -> None:
        """So many calls more, the oldest ones, are on the disk as rows, or never will be."""
        with self._lock:
            for _ in range(count):
                self._safe(self._not_stored.popleft())
            self.stored += count
            self._note_oldest()

    def note_journaled(self, calls: Sequence[Call]) -> None:
        """These are on the disk as they were made, and all before them."""
        with self._lock:
            for call in calls:
                self._safe(call)
            self.journaled = calls[-1].place
            self._note_oldest()

    def exposed(self) -> list[Call]:
        """The calls that are in memory alone, the oldest first."""
        with self._lock:
            return list(itertools.islice(self._not_stored, max(self.journaled - self.stored, 0), None))

    def until_late(self, seconds: float) -> float:
        """How soon the oldest call that is in memory alone will have waited so many seconds; 0 where too many wait.

        Returns:
            Seconds, from 0 on; `seconds` where there is no such call.
        """
        with self._lock:
            oldest, many = self._exposed_since_ns, self._many()
        if many or not oldest:
            return 0.0 if many else seconds
        waited = (time.time_ns() - oldest) / 1e9
        # A clock that was set back says nothing: what waits is taken for late.
        return max(seconds - waited, 0.0) if waited >= 0 else 0.0

    def _many(self) -> bool:
        calls = self.taken - max(self.journaled, self.stored)
        return calls > _MANY_EXPOSED_CALLS or self.exposed_bytes > _MANY_EXPOSED_BYTES

    def _safe(self, call: Call) -> None:
        self.exposed_bytes -= call.exposed_bytes
        call.exposed_bytes = 0

    def _note_oldest(self) -> None:
        first = max(self.journaled - self.stored, 0)
        self._exposed_since_ns = self._not_stored[first].clock_ns if first < len(self._not_stored) else 0

    def _much_is_exposed(self, call: Call) -> bool:
        """Whether so much is in memory alone that a call with arrays of its own is too much."""
        return call.prediction_bytes > 0 and self.exposed_bytes > MOST_EXPOSED_BYTES

    def _is_behind(self, now_ns: int) -> bool:
        """Whether the oldest call that is in memory alone waits too long at this time."""
        return self._exposed_since_ns > 0 and now_ns - self._exposed_since_ns > _OLDEST_EXPOSED_NS

    def _wait_for_writing(self, call: Call) -> None:
        end = time.monotonic() + _EXPOSED_SECONDS
        while time.monotonic() < end:
            self.many_exposed.set()
            time.sleep(_LOOK_AGAIN_SECONDS)
            if not self._much_is_exposed(call) and not self._is_behind(time.time_ns()):
                return

    def __len__(self) -> int:
        return self._calls.qsize()

    @property
    def bytes(self) -> int:
        """What the arrays hold that wait or are in work."""
        return self._bytes_in - self._bytes_out

    def _squeezed(self, call: Call) -> bool:
        """Whether there is room after all: by waiting, where that is wanted, or by letting the image go."""
        if not self._room(call.prediction_bytes):
            with self._lock:
                self.dropped += 1
            return False
        if call.image_bytes and not self._room(call.size):
            call.image, call.image_bytes, call.image_dropped = None, 0, True
        return True

    def _room(self, wanted: int) -> bool:
        """Whether there is room for a call that holds so much, at once or in time."""
        end = time.monotonic() + self.block_seconds
        while self._calls.qsize() >= self.max_rows or (wanted and self.bytes + wanted > self.max_bytes):
            if self.when_full != "block" or wanted > self.max_bytes or time.monotonic() >= end:
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        return True
