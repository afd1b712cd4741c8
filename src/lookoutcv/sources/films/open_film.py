"""The film that this process reads: references to frames come in runs, so one that is open reads forward."""

from __future__ import annotations

import os
import threading
from typing import TypeAlias

from lookoutcv.errors import UnreadableImage, UnreadableSource
from lookoutcv.sources.films.film_decoder import DecoderDiedError, FilmDecoder
from lookoutcv.sources.films.video_reader import Pixels

# A file as it is now: one that is written anew is another film.
_File: TypeAlias = tuple[str, int, int]

_open_film: dict[_File, FilmDecoder] = {}
# Films that ended their decoder: at which frame, and how. From there on they are not tried again.
_lost: dict[_File, tuple[int, str]] = {}
_lock = threading.Lock()


def frame_of(path: str, place: int, time_ms: float, name: str) -> Pixels | None:
    """A frame of a film; another film that was open is closed.

    Args:
        path: The film.
        place: Its number among the film's frames.
        time_ms: When it is shown.
        name: What it is called.
    Returns:
        As of `FilmDecoder.frame`.
    Raises:
        UnreadableImage: The film is gone, or decoding this frame or one before it ended its decoder.
        ImageTooLarge, ConfigError: As of `FilmDecoder`.
    """
    try:
        status = os.stat(path)
    except OSError as error:
        raise missing_frame(name, "the file is gone") from error
    file = (os.path.abspath(path), status.st_mtime_ns, status.st_size)
    with _lock:
        died_at, how = _lost.get(file, (place + 1, ""))
        if place < died_at:
            try:
                return _decoder(path, file).frame(time_ms)
            except UnreadableSource as error:
                raise missing_frame(name, str(error.fields["reason"])) from error
            except DecoderDiedError as death:
                died_at, how = _lost[file] = place, death.how
        raise missing_frame(name, f"its decoder {how} at frame {died_at}")


def _decoder(path: str, file: _File) -> FilmDecoder:
    if file not in _open_film or not _open_film[file].usable:
        while _open_film:
            _open_film.popitem()[1].close()
        _open_film[file] = FilmDecoder(path)
    return _open_film[file]


def _begin_anew() -> None:
    """In a fork: the decoder is not its own, and whoever held the lock is not there."""
    global _lock  # noqa: PLW0603 - see above
    _lock = threading.Lock()
    _open_film.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def missing_frame(name: str, reason: str) -> UnreadableImage:
    """The error for a frame that is not there."""
    return UnreadableImage(f"{name} cannot be read: {reason}", "Copy the video again.", id=name, reason=reason)
