"""A film that is read in a process of its own: what decodes it writes beyond its memory on some damaged films.

The process may read that film and what is installed, and nothing else (`lookoutcv.processes`). When it dies of a film,
the next film has another.
"""

from __future__ import annotations

import logging
import os
import struct
import sys
import time
from collections.abc import Sequence

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.processes.confined_process import ConfinedProcess, NoProcessError, ProcessEndedError
from lookoutcv.processes.machine import available_bytes
from lookoutcv.processes.shared_tensors import Tensor, private, unpacked
from lookoutcv.processes.told_errors import RaisedElsewhereError, error_from
from lookoutcv.sources.films.film_server import ANSWERED, FACTS, FAILED, FRAME, TIME, TIMES, WORKING
from lookoutcv.sources.films.frame_times import FrameTimes
from lookoutcv.sources.films.video_file import unreadable_video
from lookoutcv.sources.films.video_reader import Pixels

_log = logging.getLogger(__name__)

_SERVER = "lookoutcv.sources.films.film_server"
# For one picture: OpenCV may look for the next one through all of the file, and a slow disk reads so fast.
_STEP_SECONDS, _SLOW_BYTES_A_SECOND = 60.0, 10e6
# A film of a day that has to be decoded to be listed takes some hours; one without end would be waited for forever.
_MOST_SECONDS = 24 * 3600.0
# What is left for others: the decoder shall find no memory, not they.
_SHARE_OF_MEMORY = 0.8
_LEAST_MEMORY_BYTES = 512 << 20


class DecoderDiedError(Exception):
    """The process of a film died, or was ended.

    Args:
        how: In words, to follow "its decoder": "was ended by SIGSEGV".
    """

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class FilmDecoder:
    """A film, and the process that reads it.

    Args:
        path: The file.
    Raises:
        ConfigError: No process can be started.
    """

    def __init__(self, path: str) -> None:
        self._path, self._absolute = path, os.path.abspath(path)
        try:
            size = os.path.getsize(path)
        except OSError:
            size = 0  # that it is gone is said where it is opened
        self._patience = _STEP_SECONDS + size / _SLOW_BYTES_A_SECOND
        try:
            self._process = ConfinedProcess(
                _SERVER,
                {"path": self._absolute, "one_thread": _one_thread()},
                readable=[self._absolute],
                most_bytes=max(int(available_bytes() * _SHARE_OF_MEMORY), _LEAST_MEMORY_BYTES),
                forked=True,
            )
        except NoProcessError as reason:
            raise ConfigError(
                f"no process can be started that reads the film {path} ({reason.why})",
                f"{reason.remedy} Or write its frames as images: `ffmpeg -i IN FOLDER/%06d.png`.",
                path=path,
            ) from reason

    @property
    def usable(self) -> bool:
        """Whether it can be asked: it lives, and is not that of the process that this one is a fork of."""
        return self._process.usable

    def times(self) -> FrameTimes:
        """When its frames are shown.

        Raises:
            UnreadableSource, ImageTooLarge: As of `frame_times`.
            DecoderDiedError: Reading it ended its process.
        """
        answer = self._asked(TIMES, b"")
        try:
            claimed, hidden, ends_inside, losses = FACTS.unpack_from(answer)
            times, known = self._tensors(answer[FACTS.size :])
            _check(times.dtype == np.float64 and known.dtype == np.bool_ and times.shape == known.shape)
            _check(times.ndim == 1 and len(times) > 0 and bool(np.isfinite([claimed, *times[[0, -1]]]).all()))
            _check(bool((np.diff(times) >= 0).all()))
        except (ValueError, struct.error) as reason:
            raise self._makes_no_sense(reason) from None
        return FrameTimes(times, known, claimed, hidden, ends_inside, losses)

    def frame(self, time_ms: float) -> Pixels | None:
        """The frame that is shown from a time on.

        Args:
            time_ms: One of `FrameTimes.times_ms`.
        Returns:
            Upright RGB, (H, W, 3) uint8; None where it cannot be decoded.
        Raises:
            UnreadableSource, ImageTooLarge: The film cannot be opened, or there is no memory for its frame.
            DecoderDiedError: Decoding it ended its process.
        """
        answer = self._asked(FRAME, TIME.pack(time_ms))
        try:
            frames = self._tensors(answer)
            for frame in frames:
                _check(frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[2] == 3 and frame.size > 0)
        except ValueError as reason:
            raise self._makes_no_sense(reason) from None
        return frames[0] if frames else None

    def close(self) -> None:
        """End its process."""
        self._process.close()

    def _asked(self, question: int, said: bytes) -> memoryview:
        end = time.monotonic() + _MOST_SECONDS
        try:
            kind, answer = self._process.ask(question, [said], self._patience)
            while kind == WORKING:
                kind, answer = self._process.answer(min(self._patience, end - time.monotonic()))
        except ProcessEndedError as death:
            _log.debug("%s: its decoder wrote: %s", self._path, death.words)
            raise DecoderDiedError(death.how) from None
        if kind == FAILED:
            raise self._told(answer)
        if kind != ANSWERED:
            raise self._makes_no_sense(ValueError(f"an answer of kind {kind}"))
        return answer

    def _told(self, answer: memoryview) -> Exception:
        try:
            error = error_from(bytes(answer), {self._absolute: self._path})
        except (ValueError, TypeError, RecursionError) as reason:
            return self._makes_no_sense(reason)
        if isinstance(error, RaisedElsewhereError):
            return unreadable_video(self._path, f"its decoder failed ({error.kind}: {' '.join(str(error).split())})")
        return error

    def _tensors(self, message: memoryview) -> Sequence[Tensor]:
        return [private(tensor) for tensor in unpacked(message, self._process.rooms[1])]

    def _makes_no_sense(self, reason: Exception) -> DecoderDiedError:
        self.close()
        return DecoderDiedError(f"gave an answer that makes no sense ({reason}) and was ended")


def times_of(path: str) -> FrameTimes:
    """When the frames of a film are shown, read in a process that is started for it and ended with it.

    Raises:
        UnreadableSource: It cannot be opened, holds no frame, or reading it ended the process.
        ImageTooLarge: Its frames have more pixels than the default `Limits` allow.
        ConfigError: No process can be started.
    """
    decoder = FilmDecoder(path)
    try:
        return decoder.times()
    except DecoderDiedError as death:
        raise unreadable_video(path, f"its decoder {death.how}") from None
    finally:
        decoder.close()


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError("no frame, or no times of frames")


def _one_thread() -> bool:
    """In a process of a pool, the pool is the parallelism; who has not loaded OpenCV has not said so."""
    cv2 = sys.modules.get("cv2")
    return cv2 is not None and cv2.getNumThreads() == 1
