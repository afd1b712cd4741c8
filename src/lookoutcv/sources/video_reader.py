"""A video file through OpenCV: the pixels of its frames, read forward.

Frames are known by the time at which they are shown, not by their number: OpenCV goes to a number by multiplying with a
mean rate, which for a variable rate is another frame, and what a container claims to hold is often an estimate.

A read that fails is one picture that is damaged, and not the end: those behind it are read on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ImageTooLarge, UnreadableImage, UnreadableSource
from lookoutcv.images.limits import DEFAULT_LIMITS
from lookoutcv.sources.mp4_tables import Matrix, mp4_pictures

# First bytes. A playlist or a script that names other files, which FFmpeg would follow, is none of these.
_HEADS = (b"\x1a\x45\xdf\xa3", b"FLV\x01", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"OggS")
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf")
_TS_PACKET = 188
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


class FrameClock:
    """When the frame is shown that a capture stands at.

    Some containers (AVI, MPEG) give no times to the last frames, those that the decoder held back: OpenCV says 0 then.

    Args:
        capture: An open `cv2.VideoCapture`, that decodes.
    """

    def __init__(self, capture: Any) -> None:
        cv2 = load_cv2()
        self._capture, self._property = capture, cv2.CAP_PROP_POS_MSEC
        rate = capture.get(cv2.CAP_PROP_FPS)
        self._step = 1000 / rate if rate > 0 else 1.0
        self._last = -1.0

    def reset(self) -> None:
        """The capture has gone elsewhere."""
        self._last = -1.0

    def time_ms(self) -> float:
        """Asked once after each frame that is gone to."""
        time = float(self._capture.get(self._property))
        self._last = self._last + self._step if time <= 0 <= self._last else time
        return self._last


class VideoReader:
    """A video that is open for reading frames, best in their order.

    Args:
        path: Of a file whose `frame_times` are known.
    Raises:
        UnreadableSource: It cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._cv2 = load_cv2()
        self._mirror = _mirror(path)
        self._seen: _Seen | None = None
        self._open()

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
        if self._seen is not None and self._seen.covers(time_ms):
            return self._seen.frame(time_ms)
        if not self._at_ms < time_ms - SAME_MS or time_ms - self._at_ms > _NEAR_MS:
            self._go_before(time_ms)
        while (before := self._at_ms) < time_ms - SAME_MS:
            self._grab()
        if self._at_ms <= time_ms + SAME_MS:
            return self._retrieved()
        self._seen = self._look_on(before)
        return self._seen.frame(time_ms)

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
        return self._upright(frame) if retrieved else None

    def _upright(self, frame: Any) -> Pixels:
        rgb = np.asarray(self._cv2.cvtColor(frame, self._cv2.COLOR_BGR2RGB))
        return rgb if self._mirror is None else np.ascontiguousarray(turned(rgb, self._mirror))

    def _go_before(self, time_ms: float) -> None:
        """Stand at the frame itself or at one before it, near it where that can be."""
        for back in _BACK_MS:
            if time_ms <= back:
                break
            self._capture.set(self._cv2.CAP_PROP_POS_MSEC, time_ms - back)
            self._clock.reset()
            if self._grab() and self._at_ms <= time_ms + SAME_MS:
                return
        self._capture.release()
        self._open()

    def _open(self) -> None:
        self._capture = opened(self.path)
        self._clock = FrameClock(self._capture)
        if self._mirror is not None:
            # OpenCV takes a mirrored picture for one that is turned by 180 degrees.
            self._capture.set(self._cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        self._at_ms = -1.0

    def _grab(self) -> bool:
        """Go to the next frame that can be decoded; behind the last one time is endless."""
        for _ in range(MOST_FAILED):
            if self._capture.grab():
                self._at_ms = self._clock.time_ms()
                return True
        self._at_ms = float("inf")
        return False


def _mirror(path: str) -> Matrix | None:
    pictures = mp4_pictures(path)
    return pictures.matrix if pictures.mirrored else None


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


def load_cv2() -> Any:
    """OpenCV, silent."""
    # What FFmpeg thinks of a damaged file would go to the terminal; it is reported once, by us.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # Packets of sound between two pictures: by default OpenCV takes 4,096 of them for the end.
    os.environ.setdefault("OPENCV_FFMPEG_READ_ATTEMPTS", "2000000000")
    import cv2  # noqa: PLC0415 - listing sources needs no OpenCV

    return cv2


def opened(path: str, *settings: int) -> Any:
    """A file, open in OpenCV.

    Args:
        path: Of the file.
        settings: Pairs of a property and its value.
    Raises:
        UnreadableSource: It cannot be opened.
        ImageTooLarge: Its frames have more pixels than the default `Limits` allow.
    """
    cv2 = load_cv2()
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
        raise unreadable_video(path, "not a video that can be read, or cut off")
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    if width * height > DEFAULT_LIMITS.max_pixels:
        capture.release()
        reason = f"larger than {DEFAULT_LIMITS.max_megapixels} megapixels"
        raise ImageTooLarge(f"the frames of {path} are {reason}", "Make them smaller.", id=path, reason=reason)
    return capture


def unreadable_video(path: str, why: str) -> UnreadableSource:
    """The error for a file that gives no frame at all."""
    remedy = "Copy it again; `ffmpeg -i IN -c copy OUT.mp4` writes many damaged videos anew."
    return UnreadableSource(f"the video {path} cannot be read: {why}", remedy, source=path, reason=why)


def missing_frame(name: str, reason: str) -> UnreadableImage:
    """The error for a frame that is not there."""
    return UnreadableImage(f"{name} cannot be read: {reason}", "Copy the video again.", id=name, reason=reason)
