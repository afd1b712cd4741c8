"""A video file open in OpenCV: silent, within limits, and when the frame that it stands at is shown."""

from __future__ import annotations

import os
from typing import Any

from lookoutcv.errors import ImageTooLarge, UnreadableSource
from lookoutcv.images.limits import DEFAULT_LIMITS
from lookoutcv.sources.films.interlacing import may_be_interlaced
from lookoutcv.sources.films.mp4_boxes import end_of_whole_fragments

# So much of a file tells what it is.
HEAD_BYTES = 400
# First bytes. A playlist or a script that names other files, which FFmpeg would follow, is none of these.
_HEADS = (b"\x1a\x45\xdf\xa3", b"FLV\x01", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"OggS")
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf")
# Transport packets, as they are sent, and with a time in front of each, as camcorders and discs store them.
_TS_PACKETS = ((188, 0), (192, 4))


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
    return head[4:8] in _QUICKTIME or head.startswith(_HEADS) or transport_packet(head) > 0


def transport_packet(head: bytes) -> int:
    """Bytes of a packet of an MPEG transport stream; 0 where it is none.

    Args:
        head: The first 400 bytes.
    """
    marked = (size for size, at in _TS_PACKETS if head[at : at + 2 * size + 1 : size] == b"GGG")
    return next(marked, 0)


class FrameClock:
    """When the frame is shown that a capture stands at.

    Some containers (AVI, MPEG) give no times to the last frames, those that the decoder held back: OpenCV says 0 then.

    Args:
        capture: An open `cv2.VideoCapture`, that decodes.
        in_pieces: The film is made of pieces of its track. Where they meet, FFmpeg's times may go back or repeat; each
            frame is then a step behind the one before it. Such a film is read from its start on.
    """

    def __init__(self, capture: Any, in_pieces: bool = False) -> None:
        cv2 = load_cv2()
        self._capture, self._property = capture, cv2.CAP_PROP_POS_MSEC
        self._in_pieces, self._later = in_pieces, 0.0
        rate = capture.get(cv2.CAP_PROP_FPS)
        self._step = 1000 / rate if rate > 0 else 1.0
        self._last = -1.0

    def reset(self) -> None:
        """The capture has gone elsewhere."""
        self._last = -1.0

    def time_ms(self) -> float:
        """Asked once after each frame that is gone to."""
        time = float(self._capture.get(self._property))
        if self._in_pieces and self._last >= 0 and time + self._later < self._last + self._step / 2:
            self._later = self._last + self._step - time
        time += self._later
        self._last = self._last + self._step if time <= 0 <= self._last else time
        return self._last


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
        if not capture.isOpened() and (end := end_of_whole_fragments(path)):
            # A fragment's head that was cut off keeps FFmpeg from all the fragments before it.
            capture = cv2.VideoCapture(
                f"subfile,,start,0,end,{end},,:{absolute}", cv2.CAP_FFMPEG, [*settings, *threads]
            )
    finally:
        cv2.utils.logging.setLogLevel(before)
    if not capture.isOpened():
        capture.release()
        raise unreadable_video(path, "not a video that can be read, or cut off")
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    # Listing decodes, and knows no other limits; those of the run count where a frame is loaded.
    if width * height > DEFAULT_LIMITS.max_pixels:
        capture.release()
        reason = f"larger than {DEFAULT_LIMITS.max_pixels_in_words}"
        raise ImageTooLarge(f"the frames of {path} are {reason}", "Make them smaller.", id=path, reason=reason)
    return capture


def unreadable_video(path: str, why: str) -> UnreadableSource:
    """The error for a file that gives no frame at all."""
    remedy = "Copy it again; `ffmpeg -i IN -c copy OUT.mp4` writes many damaged videos anew."
    return UnreadableSource(f"the video {path} cannot be read: {why}", remedy, source=path, reason=why)


def holds_fields(path: str) -> bool:
    """Whether a film's codec says that its pictures may be interlaced.

    Args:
        path: Of a film that can be opened.
    """
    cv2 = load_cv2()
    capture = opened(path, cv2.CAP_PROP_FORMAT, -1)
    try:
        codec = (int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF).to_bytes(4, "little")
        extra = _bytes(capture.retrieve(flag=int(capture.get(cv2.CAP_PROP_CODEC_EXTRADATA_INDEX))))
        return capture.grab() and may_be_interlaced(codec, extra, _bytes(capture.retrieve()))
    finally:
        capture.release()


def _bytes(retrieved: tuple[bool, Any]) -> bytes:
    return retrieved[1].tobytes() if retrieved[0] and retrieved[1] is not None else b""
