"""A video file through OpenCV: the pixels of its frames, read forward.

Frames are known by the time at which they are shown, not by their number: OpenCV goes to a number by multiplying with a
mean rate, which for a variable rate is another frame, and what a container claims to hold is often an estimate.

A read that fails is one picture that is damaged, and not the end: those behind it are read on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.sources.films.matroska_tables import matroska_mirror
from lookoutcv.sources.films.mp4_tables import Matrix, mp4_pictures
from lookoutcv.sources.films.video_file import FrameClock, holds_fields, load_cv2, opened

# Times are given in milliseconds as floats; containers round them to a whole one at worst (Matroska).
SAME_MS = 0.6
# So many reads in a row may fail before what is left is given up: at the end of a file each takes 10 to 100 us.
MOST_FAILED = 10_000
# A frame that was held back by damage came one or two late; each that is kept takes its pixels' memory.
_LOOKED_ON = 4
# Nearer frames are reached by decoding those between; OpenCV itself goes 16 frames back to find the one it looks for.
_NEAR_MS = 3_000.0
# Before the frame that is wanted, so far back decoding begins anew: with a variable rate OpenCV overshoots.
_BACK_MS = (2_000.0, 20_000.0)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Room: TypeAlias = Callable[[tuple[int, ...]], "Pixels | None"]


@dataclass(frozen=True, eq=False)
class _Seen:
    """A stretch of a video that was read on where a frame did not come at its place.

    Args:
        after_ms, until_ms: All that came between, the later time included, was seen.
        frames: What came, by time.
    """

    after_ms: float
    until_ms: float
    frames: dict[float, Pixels | None]

    def covers(self, time_ms: float) -> bool:
        """Whether a frame of that time would have been seen."""
        return self.after_ms + SAME_MS < time_ms <= self.until_ms + SAME_MS

    def frame(self, time_ms: float) -> Pixels | None:
        """It, or None where it did not come."""
        return next((held for at, held in self.frames.items() if abs(at - time_ms) <= SAME_MS), None)


class VideoReader:
    """A video that is open for reading frames, best in their order.

    Args:
        path: Of a file whose `frame_times` are known.
        step: Called after each picture that was decoded, or could not be.
    Raises:
        UnreadableSource: It cannot be opened.
    """

    def __init__(self, path: str, step: Callable[[], None] = lambda: None) -> None:
        self.path, self._step = path, step
        self._cv2 = load_cv2()
        pictures = mp4_pictures(path)
        self._mirror = pictures.matrix if pictures.mirrored else matroska_mirror(path)
        self._in_pieces = pictures.edits > 1
        self._fields = holds_fields(path)
        self._last: tuple[float, Any] = (-1.0, None)
        self._seen: _Seen | None = None
        self._at_ms: float
        # Where it stood before it looked ahead; None where it did not.
        self._passed_ms: float | None = None
        self._open()

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    def frame(self, time_ms: float, room: Room = lambda shape: None) -> Pixels | None:
        """The frame that is shown from a time on.

        Args:
            time_ms: One of `FrameTimes.times_ms`.
            room: Memory for an array of so many sides, into which it is to be written; None for new memory.
        Returns:
            Upright RGB, (H, W, 3) uint8; None where it cannot be decoded, or the video ends before.
        """
        decoded = self._decoded(time_ms)
        return None if decoded is None else self._upright(decoded, room)

    def _decoded(self, time_ms: float) -> Pixels | None:
        """It as OpenCV gives it: BGR, and mirrored where the film is."""
        if self._seen is not None and self._seen.covers(time_ms):
            return self._seen.frame(time_ms)
        before = self._at_ms if self._passed_ms is None else self._passed_ms
        if not before < time_ms - SAME_MS or (time_ms - before > _NEAR_MS and not self._in_pieces):
            self._go_before(time_ms)
            before = self._at_ms
        self._passed_ms = None
        while self._at_ms < time_ms - SAME_MS:
            before = self._at_ms
            self._grab()
        if self._at_ms <= time_ms + SAME_MS:
            return self._retrieved()
        self._seen = self._look_on(before)
        return self._seen.frame(time_ms)

    def look_ahead(self) -> None:
        """Decode the next picture before it is asked for, while nobody waits."""
        if self._passed_ms is None and self._at_ms < float("inf") and self._capture.grab():
            self._passed_ms, self._at_ms = self._at_ms, self._clock.time_ms()

    def _look_on(self, before: float) -> _Seen:
        """Behind damage frames may come in another order: the next few are kept."""
        frames: dict[float, Pixels | None] = {}
        until = self._at_ms
        for _ in range(_LOOKED_ON):
            if self._at_ms == float("inf"):
                break
            frames[self._at_ms] = self._retrieved()
            self._grab()
            until = max(until, self._at_ms)
        else:
            frames[self._at_ms] = self._retrieved()
        return _Seen(before, until, frames)

    def _retrieved(self) -> Pixels | None:
        retrieved, frame = self._capture.retrieve()
        if not retrieved:
            return None
        if self._fields:
            # Of an interlaced picture OpenCV gives the one before it once more.
            (at, before), self._last = self._last, (self._at_ms, frame)
            if at != self._at_ms and np.array_equal(before, frame):
                return None
        return np.asarray(frame)

    def _upright(self, frame: Pixels, room: Room) -> Pixels:
        # Of a mirrored one it is the turned pixels that go there.
        place = room(frame.shape) if self._mirror is None else None
        rgb = np.asarray(self._cv2.cvtColor(frame, self._cv2.COLOR_BGR2RGB, place))
        return rgb if self._mirror is None else np.ascontiguousarray(turned(rgb, self._mirror))

    def _go_before(self, time_ms: float) -> None:
        """Stand at the frame itself or at one before it, near it where that can be."""
        for back in _BACK_MS:
            if time_ms <= back or self._in_pieces:
                break
            self._capture.set(self._cv2.CAP_PROP_POS_MSEC, time_ms - back)
            self._clock.reset()
            if self._grab() and self._at_ms <= time_ms + SAME_MS:
                return
        self._capture.release()
        self._open()

    def _open(self) -> None:
        self._capture = opened(self.path)
        self._clock = FrameClock(self._capture, self._in_pieces)
        if self._mirror is not None:
            # OpenCV takes a mirrored picture for one that is turned by 180 degrees.
            self._capture.set(self._cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        self._at_ms = -1.0

    def _grab(self) -> bool:
        """Go to the next frame that can be decoded; behind the last one time is endless."""
        for _ in range(MOST_FAILED):
            grabbed = self._capture.grab()
            self._step()
            if grabbed:
                self._at_ms = self._clock.time_ms()
                return True
        self._at_ms = float("inf")
        return False


def turned(pixels: Pixels, matrix: Matrix) -> Pixels:
    """Pixels as a file's matrix says that they are shown.

    Args:
        pixels: (H, W, 3), as stored.
        matrix: a, b, c, d of `Mp4Pictures`.
    Example:
        >>> turned(np.arange(6, dtype=np.uint8).reshape(1, 2, 3), (-1, 0, 0, 1))[0, :, 0].tolist()
        [3, 0]
    """
    a, b, c, d = matrix
    shown = pixels if a else pixels.transpose(1, 0, 2)
    across, down = (a, d) if a else (c, b)
    return shown[::down, ::across]
