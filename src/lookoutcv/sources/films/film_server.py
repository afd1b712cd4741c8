"""The process in which one film is read: it answers what `film_decoder` asks.

All that calls OpenCV's reader of films runs here.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from lookoutcv.byte_sizes import byte_size
from lookoutcv.processes.frames import Frames
from lookoutcv.processes.shared_tensors import SharedRoom, packed
from lookoutcv.processes.told_errors import error_json
from lookoutcv.sources.films.frame_times import frame_times
from lookoutcv.sources.films.video_file import load_cv2, unreadable_video
from lookoutcv.sources.films.video_reader import VideoReader

TIMES, FRAME = 1, 2
WORKING, ANSWERED, FAILED = 11, 12, 13
# What a film says of its length, of hidden pictures, of its end and of losses; the arrays follow.
FACTS = struct.Struct("<dQ?Q")
TIME = struct.Struct("<d")
_MOST_REQUEST_BYTES = 64
# So often it is told that pictures come: who waits knows that the decoder does not hang.
_TOLD_EVERY_SECONDS = 1.0


def prepare() -> None:
    """Import what is slow to import, before there is a film."""
    load_cv2()
    # Imports masked arrays when it is first called, as `frame_times` does: 20 ms, for each film.
    np.unique(np.zeros(1))


def serve(task: Mapping[str, Any], frames: Frames, rooms: Sequence[SharedRoom | None]) -> None:
    """Tell when the frames of a film are shown, and give one after the other.

    Args:
        task: `path` of the film, and whether it is read by `one_thread`.
        frames: Where it is asked.
        rooms: Where pixels are put; None where they are in the messages.
    """
    cv2 = load_cv2()
    if task["one_thread"]:
        cv2.setNumThreads(1)
    server = _Server(task["path"], frames, rooms[1])
    while True:
        kind, message = frames.receive(_MOST_REQUEST_BYTES)
        try:
            parts = server.times() if kind == TIMES else server.frame(*TIME.unpack(message))
        except Exception as reason:  # OpenCV, or no memory: anything may happen
            frames.send(FAILED, [error_json(reason)])
        else:
            frames.send(ANSWERED, parts)
            with suppress(Exception):  # what is wrong with the next picture is said when it is asked for
                server.look_ahead()


class _Server:
    def __init__(self, path: str, frames: Frames, room: SharedRoom | None) -> None:
        self._path, self._frames, self._room = path, frames, room
        self._reader: VideoReader | None = None
        self._told = time.monotonic()

    def times(self) -> list[bytes | memoryview]:
        found = frame_times(self._path, self._step)
        facts = FACTS.pack(found.claimed_ms, found.hidden, found.ends_inside, found.losses)
        return [facts, *packed([found.times_ms, found.known], self._room)]

    def frame(self, time_ms: float) -> list[bytes | memoryview]:
        if self._reader is None:
            self._reader = VideoReader(self._path, self._step)
        frame = self._reader.frame(time_ms, self._place)
        if frame is not None and self._room is not None and frame.nbytes > self._room.size:
            why = f"a frame takes {byte_size(frame.nbytes)}, and there is memory for {byte_size(self._room.size)}"
            raise unreadable_video(self._path, why)
        return packed([] if frame is None else [frame], self._room)

    def look_ahead(self) -> None:
        """While the frame that was given is looked at elsewhere."""
        if self._reader is not None:
            self._reader.look_ahead()

    def _place(self, shape: tuple[int, ...]) -> Any:
        return None if self._room is None else self._room.empty(shape, np.uint8)

    def _step(self) -> None:
        now = time.monotonic()
        if now - self._told > _TOLD_EVERY_SECONDS:
            self._told = now
            self._frames.send(WORKING, [])
