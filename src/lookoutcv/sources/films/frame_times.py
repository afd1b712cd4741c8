"""When the frames of a video are shown, and which pictures in it are none: damaged, or hidden by it."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from lookoutcv.errors import UnreadableSource
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.films.mp4_tables import mp4_pictures
from lookoutcv.sources.films.stale_frames import refuse_interlaced
from lookoutcv.sources.films.transport_losses import places_of_loss
from lookoutcv.sources.films.video_file import FrameClock, load_cv2, opened, unreadable_video
from lookoutcv.sources.films.video_reader import MOST_FAILED, SAME_MS
from lookoutcv.sources.films.whole_films import is_whole

# H.264 and H.265 hold back 16 pictures at most.
_REORDERED = 16

# With fewer steps, or with more than one in so many that is wide, there is no rule that a gap would break.
_FEW_STEPS = 10

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Times = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class FrameTimes:
    """When the frames of a video are shown.

    Args:
        times_ms: (F,) float64, rising, from the first frame's 0 on. 8 bytes a frame: 20 MB for a day. Pictures whose
            packets are damaged have their place among them.
        known: (F,) Whether a time is a frame's own; a damaged picture's may be its neighbour's.
        claimed_ms: The length that the file itself claims; 0 where it claims none.
        hidden: How many more pictures are in the file that it says are not to be shown.
        ends_inside: Whether the file ends within what its container announced.
        losses: At how many places packets are missing whose pictures may be filled in.
    """

    times_ms: Times
    known: Flags
    claimed_ms: float
    hidden: int = 0
    ends_inside: bool = False
    losses: int = 0

    @property
    def cut_off(self) -> bool:
        """Whether the file ends too early, or its frames: a second and a twentieth before the claimed length."""
        return self.ends_inside or _ends_early(self.times_ms, self.claimed_ms)

    @property
    def gaps(self) -> tuple[int, int]:
        """At how many places frames are missing, and how many in all, by the step of the others; 0 where steps vary.

        What a damaged container loses leaves nothing but such a gap.
        """
        steps = np.diff(self.times_ms)
        if len(steps) < _FEW_STEPS:
            return 0, 0
        step = float(np.median(steps))
        wide = steps[steps > 1.5 * step]
        # Times in whole milliseconds differ by one.
        even = np.abs(steps - step) <= max(0.1 * step, 1 + SAME_MS)
        if len(wide) + int(np.count_nonzero(even)) < len(steps) or len(wide) > len(steps) // _FEW_STEPS:
            return 0, 0
        return len(wide), int(np.sum(np.rint(wide / step) - 1))


def frame_times(path: str, step: Callable[[], None] = lambda: None) -> FrameTimes:
    """Read a video through, without decoding it: its packets tell when each frame is shown.

    Packets do not tell which pictures an edit list hides, and in some containers not when a frame is shown. Such a file
    is decoded once.

    Args:
        path: The file.
        step: Called after each picture that was read, or could not be.
    Raises:
        UnreadableSource: It cannot be opened, holds no frame, or interlaced ones of which OpenCV gives none.
        ImageTooLarge: Its frames have more pixels than the default `Limits` allow.
    """
    cv2 = load_cv2()
    refuse_interlaced(path)
    pictures = mp4_pictures(path)
    times, failed, claimed = _read_through(path, step, cv2.CAP_PROP_FORMAT, -1)
    listed, hidden = max(len(times) + len(failed), pictures.samples), 0
    expected = listed
    if pictures.hidden or pictures.edits > 1 or not _are_frames(path, times):
        times, failed, claimed = _read_through(path, step, in_pieces=pictures.edits > 1)
        if pictures.edits > 1:
            hidden, expected = pictures.hidden, pictures.shown
        else:
            hidden = min(pictures.hidden, max(listed - len(times) - len(failed), 0))
            expected = listed - hidden
        claimed *= expected / max(listed, 1)
    # A length counts from 0 where the first frame may be shown later, or is that of the sound: it tells nothing of a
    # file that is all there.
    whole = is_whole(path)
    claimed = 0.0 if whole else max(claimed, 0.0)
    lost = expected - len(times) - len(failed)
    # Frames before 0 are there for the sake of later ones and not shown.
    times = np.unique(times[times >= -SAME_MS])
    if not len(times):
        raise _undecodable(path, listed) if listed else unreadable_video(path, "no frame in it")
    if times[0] > SAME_MS:
        failed += [-1.0] * lost
    elif whole is not False and not _ends_early(times, claimed):
        failed += [float(times[-1])] * lost
    return FrameTimes(*_placed(times, failed), claimed, hidden, whole is False, places_of_loss(path))


def _undecodable(path: str, listed: int) -> UnreadableSource:
    capture = opened(path)
    codec = printable(int(capture.get(load_cv2().CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True).decode("latin-1"))
    capture.release()
    why = f"none of its {listed:,} pictures can be decoded (codec {codec})"
    remedy = "Write it as H.264: `ffmpeg -i IN -c:v libx264 OUT.mp4`."
    return UnreadableSource(f"the video {path} cannot be read: {why}", remedy, source=path, reason=why)


def _are_frames(path: str, times: Times) -> bool:
    """Whether the times of packets are those of frames: each its own, and the first that is decoded the first."""
    if len(np.unique(times)) < len(times):
        return False
    capture = opened(path)
    try:
        clock = FrameClock(capture)
        # Where the first is damaged, its time is not among those of packets either.
        return bool(capture.grab()) and abs(clock.time_ms() - float(np.min(times, initial=np.inf))) <= SAME_MS
    finally:
        capture.release()


def _ends_early(times: Times, claimed_ms: float) -> bool:
    last_ms = float(times[-1]) if len(times) else 0.0
    return claimed_ms - last_ms > max(1_000.0, 0.05 * claimed_ms)


def _read_through(
    path: str, step: Callable[[], None], *settings: int, in_pieces: bool = False
) -> tuple[Times, list[float], float]:
    """The times of all that could be read, the times after which a read failed, and the claimed length."""
    cv2 = load_cv2()
    capture = opened(path, *settings)
    position = partial(capture.get, cv2.CAP_PROP_POS_MSEC) if settings else FrameClock(capture, in_pieces).time_ms
    times, failed, in_a_row = array("d"), list[float](), 0
    try:
        while in_a_row < MOST_FAILED:
            grabbed = capture.grab()
            step()
            if grabbed:
                failed += [times[-1] if times else -1.0] * in_a_row
                in_a_row = 0
                times.append(position())
            else:
                in_a_row += 1
        rate = capture.get(cv2.CAP_PROP_FPS)
        claimed = 1000 * capture.get(cv2.CAP_PROP_FRAME_COUNT) / rate if rate > 0 else 0.0
    finally:
        capture.release()
    return np.asarray(times), failed, claimed


def _placed(times: Times, failed: list[float]) -> tuple[Times, Flags]:
    """All pictures in order, damaged ones at the gaps they left; and of which the time is known, or well guessed."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    guesses = [guess for after, count in sorted(Counter(failed).items()) for guess in _gap(times, step, after, count)]
    guessed = np.asarray(guesses, dtype=np.float64)
    free = np.searchsorted(times, guessed - 2 * SAME_MS) == np.searchsorted(times, guessed + 2 * SAME_MS)
    every = np.concatenate([times, guessed])
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate([np.ones(len(times), bool), free])[order]


def _gap(times: Times, step: float, after: float, count: int) -> list[float]:
    """Where so many pictures are missing: in the next gap that is wide, as those that follow come in another order."""
    begins = after if after >= 0 else -step
    first = int(np.searchsorted(times, begins + SAME_MS))
    around = np.concatenate([[begins], times[first : first + _REORDERED]])
    wide = np.flatnonzero(np.diff(around) > 1.5 * step)
    at = int(wide[0]) if len(wide) else 0
    width = float(around[at + 1] - around[at]) if len(around) > 1 else step * (count + 1)
    return [float(around[at]) + width * i / (count + 1) for i in range(1, count + 1)]
