"""A video file through OpenCV: when each frame is shown, and the pixels of frames, read forward.

Frames are known by the time at which they are shown, not by their number: OpenCV goes to a number by multiplying with a
mean rate, which for a variable rate is another frame, and what a container claims to hold is often an estimate.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ImageTooLarge, UnreadableImage, UnreadableSource
from lookoutcv.images.limits import DEFAULT_LIMITS

# First bytes. A playlist or a script that names other files, which FFmpeg would follow, is none of these.
_HEADS = (b"\x1a\x45\xdf\xa3", b"FLV\x01", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"OggS")
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf")
_TS_PACKET = 188
# Times are given in milliseconds as floats; containers round them to a whole one at worst (Matroska).
_SAME_MS = 0.6
# Nearer frames are reached by decoding those between; OpenCV itself goes 16 frames back to find the one it looks for.
_NEAR_MS = 3_000.0
# Before the frame that is wanted, so far back decoding begins anew: with a variable rate OpenCV overshoots.
_BACK_MS = (2_000.0, 20_000.0)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def is_video(head: bytes) -> bool:
    """Whether a file that begins so is a video: MP4, QuickTime, Matroska, WebM, AVI, MPEG, FLV, ASF or Ogg.

    Args:
        head: The first 400 bytes.
    Example:
        >>> is_video(b"\\0\\0\\0\\x20ftypisom"), is_video(b"\\0\\0\\0\\x20ftypavif"), is_video(b"#EXTM3U")
        (True, False, False)
    """
    if head[4:8] == b"ftyp":
        return head[8:12] not in _PICTURES
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    transport = head[:1] == b"G" and head[_TS_PACKET : _TS_PACKET + 1] == b"G"
    return head[4:8] in _QUICKTIME or head.startswith(_HEADS) or (transport and head[2 * _TS_PACKET :][:1] == b"G")


@dataclass(frozen=True, eq=False)
class FrameTimes:
    """When the frames of a video are shown.

    Args:
        times_ms: (F,) float64, rising, from the first frame's 0 on. 8 bytes a frame: 20 MB for a day.
        claimed_ms: The length that the file itself claims; 0 where it claims none.
    """

    times_ms: np.ndarray[Any, np.dtype[np.float64]]
    claimed_ms: float

    @property
    def cut_off(self) -> bool:
        """Whether the frames end well before the claimed length: by more than a second and a twentieth."""
        last_ms = float(self.times_ms[-1]) if len(self.times_ms) else 0.0
        return self.claimed_ms - last_ms > max(1_000.0, 0.05 * self.claimed_ms)


def frame_times(path: str) -> FrameTimes:
    """Read a video through without decoding it: its packets tell when each frame is shown.

    Raises:
        UnreadableSource: It cannot be opened, or holds no frame.
        ImageTooLarge: Its frames have more pixels than the default `Limits` allow.
    """
    cv2 = _cv2()
    capture = _opened(path, cv2.CAP_PROP_FORMAT, -1)
    try:
        times = np.sort(np.fromiter(_times(capture, cv2), dtype=np.float64))
        rate = capture.get(cv2.CAP_PROP_FPS)
        claimed = 1000 * capture.get(cv2.CAP_PROP_FRAME_COUNT) / rate if rate > 0 else 0.0
    finally:
        capture.release()
    # Frames before 0 are there for the sake of later ones and not shown.
    times = np.unique(times[times >= -_SAME_MS])
    if not len(times):
        raise _unreadable_video(path, "no frame in it")
    return FrameTimes(times, max(claimed, 0.0))


def _times(capture: Any, cv2: Any) -> Iterator[float]:
    while capture.grab():
        yield capture.get(cv2.CAP_PROP_POS_MSEC)


class VideoReader:
    """A video that is open for reading frames, best in their order.

    Args:
        path: Of a file whose `frame_times` are known.
    Raises:
        UnreadableSource: It cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._cv2 = _cv2()
        self._capture = _opened(path)
        self._at_ms = -1.0

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    def frame(self, time_ms: float) -> Pixels | None:
        """The frame that is shown from a time on.

        Args:
            time_ms: One of `FrameTimes.times_ms`.
        Returns:
            Upright RGB, (H, W, 3) uint8; None where it cannot be decoded, or the video ends before.
        """
        if not self._at_ms < time_ms - _SAME_MS or time_ms - self._at_ms > _NEAR_MS:
            self._go_before(time_ms)
        while self._at_ms < time_ms - _SAME_MS:
            if not self._grab():
                return None
        if self._at_ms > time_ms + _SAME_MS:
            return None
        retrieved, frame = self._capture.retrieve()
        return np.asarray(self._cv2.cvtColor(frame, self._cv2.COLOR_BGR2RGB)) if retrieved else None

    def _go_before(self, time_ms: float) -> None:
        """Stand at the frame itself or at one before it, near it where that can be."""
        for back in _BACK_MS:
            if time_ms <= back:
                break
            self._capture.set(self._cv2.CAP_PROP_POS_MSEC, time_ms - back)
            if self._grab() and self._at_ms <= time_ms + _SAME_MS:
                return
        self._capture.release()
        self._capture = _opened(self.path)
        self._at_ms = -1.0

    def _grab(self) -> bool:
        if not self._capture.grab():
            self._at_ms = float("inf")
            return False
        self._at_ms = self._capture.get(self._cv2.CAP_PROP_POS_MSEC)
        return True


def _cv2() -> Any:
    # What FFmpeg thinks of a damaged file would go to the terminal; it is reported once, by us.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2  # noqa: PLC0415 - listing sources needs no OpenCV

    return cv2


def _opened(path: str, *settings: int) -> Any:
    cv2 = _cv2()
    # An absolute path is none of the protocols that FFmpeg would take a name for.
    absolute = os.path.abspath(path)
    # In a process of a pool, the pool is the parallelism.
    threads = [cv2.CAP_PROP_N_THREADS, 1] if cv2.getNumThreads() == 1 else []
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        capture = cv2.VideoCapture(absolute, cv2.CAP_FFMPEG, [*settings, *threads])
    finally:
        cv2.utils.logging.setLogLevel(before)
    if not capture.isOpened():
        capture.release()
        raise _unreadable_video(path, "not a video that can be read, or cut off")
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    if width * height > DEFAULT_LIMITS.max_pixels:
        capture.release()
        reason = f"larger than {DEFAULT_LIMITS.max_megapixels} megapixels"
        raise ImageTooLarge(f"the frames of {path} are {reason}", "Make them smaller.", id=path, reason=reason)
    return capture


def _unreadable_video(path: str, why: str) -> UnreadableSource:
    remedy = "Copy it again; `ffmpeg -i IN -c copy OUT.mp4` writes many damaged videos anew."
    return UnreadableSource(f"the video {path} cannot be read: {why}", remedy, source=path, reason=why)


def missing_frame(name: str, reason: str) -> UnreadableImage:
    """The error for a frame that is not there."""
    return UnreadableImage(f"{name} cannot be read: {reason}", "Copy the video again.", id=name, reason=reason)
