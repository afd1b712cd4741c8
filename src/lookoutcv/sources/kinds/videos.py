"""Several videos as one source: a folder of them, or those that a pattern fits: `cams/*.mp4?seconds=2`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import ConfigError, SourceNotFound, UnreadableSource
from lookoutcv.files.remote import is_url
from lookoutcv.sources.dates_in_names import has_date
from lookoutcv.sources.file_names import is_candidate, looks_like_film, printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.kinds.video import VideoRef, VideoSource, seconds, thinned
from lookoutcv.sources.target_options import parted, typed, whole
from lookoutcv.sources.wildcards import is_glob, matches, split

# So many names are looked at to tell a folder of videos from one of images.
_MOST_LOOKED_AT = 1_000


@dataclass(frozen=True)
class VideosSource:
    """Frames of several videos, one after the other, in natural order of their names.

    A video that cannot be read is one frame that cannot be read: skipped and named.

    Args:
        place: A folder, everything below it included, or a pattern with wildcards.
        every, seconds: As of `VideoSource`.
    """

    place: str
    every: int = 1
    seconds: float | None = None
    _said: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is in the videos that were listed and no frame of them, in sentences."""
        return tuple(note for notes in self._said.values() for note in notes)

    @property
    def name(self) -> str:
        """The folder or pattern, and how many frames were passed over."""
        return printable(self.place) + thinned(self.every, self.seconds)

    def __iter__(self) -> Iterator[VideoRef]:
        for film in self._films():
            try:
                yield from film
                self._said[film.path] = film.notes
            except UnreadableSource as error:
                yield VideoRef(film.path, 0, None, called=film.called, trouble=str(error.fields["reason"]))

    def count(self) -> int:
        """How many frames are taken; the files are read through for that."""
        return self._count

    @cached_property
    def _count(self) -> int:
        return sum(1 for _ in self)

    def _films(self) -> Iterator[VideoSource]:
        # One at a time: of each, the times of all frames are in memory.
        root, parts = _pattern(self.place)
        for relative in matches(root, parts):
            if looks_like_film(relative):
                path = os.path.join(root, relative)
                yield VideoSource(path, self.every, self.seconds, called=printable(relative))


def _pattern(path: str) -> tuple[str, list[str]]:
    return (path, ["**"]) if os.path.isdir(path) else split(path.replace(os.sep, "/"))


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path = parted(target)[0]
    if is_url(path):
        return False
    if os.path.isdir(path):
        return _holds_films_only(path)
    return is_glob(path) and not os.path.lexists(path) and looks_like_film(path) and not has_date(path)


def _holds_films_only(folder: str) -> bool:
    looked_at, has_film = 0, False
    for _, _, files in os.walk(folder):
        for name in files:
            looked_at += 1
            if is_candidate(name) or looked_at > _MOST_LOOKED_AT:
                return False
            has_film = has_film or looks_like_film(name)
    return has_film


@source_kind("videos", opens=_opens, order=4)
def videos(target: Any) -> VideosSource:
    """A folder of videos, or films by wildcards: cams/*.mp4?seconds=2."""
    path, options = parted(target)
    if "start" in options:
        remedy = "Give it with each of them, or leave it out."
        raise ConfigError("start is the time of one video, and there are several", remedy, key="start")
    chosen = typed(options, {"every": whole, "seconds": seconds}, target)
    if "every" in chosen and "seconds" in chosen:
        raise ConfigError("every and seconds are both given", "Give one of them.", key="seconds")
    source = VideosSource(path, **chosen)
    root = _pattern(path)[0]
    if not os.path.isdir(root):
        raise not_found(root, "folder")
    if next(source._films(), None) is None:
        raise SourceNotFound(
            f"no video fits {printable(path)!r}", f"Look at the names in {printable(root)}.", source=path
        )
    return source
