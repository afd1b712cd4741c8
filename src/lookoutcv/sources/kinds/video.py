"""Frames of a video file: every n-th (`film.mp4?every=30`), or one every few seconds (`film.mp4?seconds=2`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.images import DEFAULT_LIMITS, Image, Limits
from lookoutcv.images.refusals import check_pixels
from lookoutcv.records.schema import SEQUENCE
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.films.film_decoder import times_of
from lookoutcv.sources.films.frame_times import FrameTimes
from lookoutcv.sources.films.open_film import frame_of, missing_frame
from lookoutcv.sources.films.video_file import HEAD_BYTES, is_video
from lookoutcv.sources.kinds.base import BoundedRef, NamedOnly, source_kind
from lookoutcv.sources.target_options import parted, typed, whole

_DAMAGED = "the frame cannot be decoded"


@dataclass(frozen=True, slots=True)
class VideoRef(NamedOnly, BoundedRef):
    """A frame: when it is shown in which file.

    Args:
        path: The file.
        place: Its number among the file's frames, from 0 on.
        time_ms: When it is shown, from the first frame on; None where there is none: a damaged one, or the
            rest of a video that was cut off.
        start: When the first frame was taken, aware UTC; None where that is not known.
        called: What the video is called; "" for the file's name.
        trouble: Why there is no frame, where `time_ms` is None.
    """

    path: str
    place: int
    time_ms: float | None
    start: datetime | None = None
    called: str = ""
    trouble: str = _DAMAGED

    @property
    def id(self) -> str:
        """The video's name and the number of the frame."""
        return f"{self.called or _called(self.path)}/{self.place:06d}"

    @property
    def time(self) -> datetime | None:
        """When it was taken, where the start is known."""
        return None if self.start is None or self.time_ms is None else self.start + timedelta(milliseconds=self.time_ms)

    @property
    def tags(self) -> Mapping[str, str]:
        """What it is a frame of, and the second it is shown at."""
        return {SEQUENCE: self.called or _called(self.path), "seconds": f"{(self.time_ms or 0) / 1000:.3f}"}

    def load(self, limits: Limits = DEFAULT_LIMITS) -> Image:
        """The frame, upright.

        Raises:
            UnreadableImage: The file is gone, or the frame cannot be decoded, or one before it ended its decoder.
            ImageTooLarge: It has more pixels than the limits allow.
        """
        if self.time_ms is None:
            raise missing_frame(self.id, self.trouble)
        frame = frame_of(self.path, self.place, self.time_ms, self.id)
        if frame is None:
            raise missing_frame(self.id, _DAMAGED)
        check_pixels(frame.shape[1], frame.shape[0], limits)
        return Image(frame, "video")


@dataclass(frozen=True)
class VideoSource:
    """Frames of a video, in the order in which they are shown.

    Args:
        path: The file.
        every: Every so manieth frame is taken, the first one first.
        seconds: In place of that: a frame at the start, and the next one as soon as so many seconds have passed.
        start: When the first frame was taken, aware UTC.
        called: What it is called in the names of its frames; "" for the file's name.
    Raises:
        UnreadableSource: It cannot be opened, or holds no frame.
    """

    path: str
    every: int = 1
    seconds: float | None = None
    start: datetime | None = None
    called: str = ""

    @property
    def name(self) -> str:
        """The file, and how many frames were passed over."""
        return printable(self.path) + thinned(self.every, self.seconds)

    def __iter__(self) -> Iterator[VideoRef]:
        times, known = self._shown.times_ms, self._shown.known
        for index in map(int, self._places):
            time_ms = float(times[index]) if known[index] else None
            yield VideoRef(self.path, index, time_ms, self.start, self.called, _DAMAGED)
        if self._shown.cut_off:
            yield VideoRef(self.path, len(times), None, self.start, self.called, "the video is cut off here")

    @property
    def notes(self) -> tuple[str, ...]:
        """What is in the file and no frame of it, in sentences."""
        return tuple(_said(self.called or _called(self.path), self._shown))

    def count(self) -> int:
        """How many frames are taken; one more, which cannot be read, where the video is cut off."""
        return len(self._places) + self._shown.cut_off

    @cached_property
    def _shown(self) -> FrameTimes:
        return times_of(self.path)

    @cached_property
    def _places(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        times = self._shown.times_ms
        if self.seconds is None:
            return np.arange(0, len(times), self.every)
        # The first frame of each stretch, so that a rate that varies changes nothing.
        _, first = np.unique(np.floor((times + 0.5) / (1000 * self.seconds)), return_index=True)
        return first


def _said(name: str, shown: FrameTimes) -> Iterator[str]:
    if shown.hidden:
        pictures = "1 more picture" if shown.hidden == 1 else f"{shown.hidden:,} more pictures"
        yield f"{name} holds {pictures} that it does not show: it was cut without encoding it again."
    if shown.losses:
        where = "1 place" if shown.losses == 1 else f"{shown.losses:,} places"
        yield f"{name}: packets are missing at {where}, by their count: frames there are lost, or filled in."
    places, missing = shown.gaps
    if missing:
        frames = "1 frame is" if missing == 1 else f"{missing:,} frames are"
        where = "1 place" if places == 1 else f"{places:,} places"
        yield f"{name}: {frames} missing at {where}, by the step of the others: lost, or never taken."


def thinned(every: int, seconds: float | None) -> str:
    """How many frames are passed over, for a source's name."""
    step = f"every {every} frames" if every > 1 else ""
    step = step if seconds is None else f"a frame every {seconds:g} s"
    return f" ({step})" if step else ""


def _called(path: str) -> str:
    return printable(os.path.basename(path))


def seconds(text: str) -> float:
    """The option of that name.

    Raises:
        ValueError: It is no length of time.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.001 <= value < 1e9:
        raise ValueError("a number of seconds, 0.001 or more")
    return value


def _moment(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a time such as 2026-01-31T08:00:00Z") from None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path = parted(target)[0]
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            return is_video(file.read(HEAD_BYTES))
    except (OSError, ValueError):
        return False


@source_kind("video", opens=_opens, order=44)
def video(target: Any) -> VideoSource:
    """Frames of a video file, every n-th: film.mp4?every=30."""
    path, options = parted(target)
    chosen = typed(options, {"every": whole, "seconds": seconds, "start": _moment}, target)
    if "every" in chosen and "seconds" in chosen:
        raise ConfigError("every and seconds are both given", "Give one of them.", key="seconds")
    source = VideoSource(path, **chosen)
    source.count()  # a video that cannot be read is refused when it is opened
    return source
