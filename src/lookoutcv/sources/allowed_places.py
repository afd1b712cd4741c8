"""Which places a list of images may name: those below one folder, and URLs only where the user says so.

A list may come from anywhere. Without this, one that names `../../private/passport.jpg` would have it measured, and its
picture shown in a report. Whether a path is written relative or absolute does not matter, where it leads does.
"""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property

from lookoutcv.files.remote import is_url, shown
from lookoutcv.plain_text import spellings
from lookoutcv.sources.file_names import printable

# Linux takes names of paths up to this, others less.
_MOST_CHARACTERS = 4096
_DRIVE = re.compile(r"[A-Za-z]:")
# What fsspec reaches over a network. `file://` and chains of protocols would lead back to the disk.
_NETWORK = re.compile(r"(https?|s3a?|gs|gcs|az|abfss?|adl|memory)://", re.IGNORECASE)


ENDS = "Give the folder in which the ends of these paths lie instead of {!r}, or correct the paths."


class PlaceNotAllowedError(ValueError):
    """A place that a list may not name, unless the user says so."""


@dataclass(frozen=True)
class AllowedPlaces:
    """The folder that a list's paths lie in.

    Args:
        root: Relative paths start from it; no path leads out of it. Links below it are followed, as in a folder.
        urls: Whether URLs are taken too.
        given: The user named the root: of a path that leads elsewhere, as one of another machine does, the longest end
            that is there below the root is taken.
    """

    root: str
    urls: bool = False
    given: bool = False

    def place(self, text: str) -> tuple[str, str]:
        """The id of an image and where it is, from how a list names it.

        Args:
            text: A path with forward or backward slashes, or a URL.
        Returns:
            The path below the root with forward slashes, or the URL without secrets; and what `images.read` takes.
        Raises:
            PlaceNotAllowedError: It leads out, or is a URL; the text says why in a few words.
            ValueError: It is no path.
        Example:
            >>> AllowedPlaces("/data").place("./day/1.jpg"), AllowedPlaces("/data").place("/data/1.jpg")
            (('day/1.jpg', '/data/day/1.jpg'), ('1.jpg', '/data/1.jpg'))
        """
        text = text.strip()
        if not text:
            raise ValueError("it names no image")
        if len(text) > _MOST_CHARACTERS or "\0" in text:
            raise ValueError("it holds no path")
        if is_url(text):
            return self._url(text)
        path = text.replace("\\", "/")
        foreign = os.name != "nt" and _DRIVE.match(path) is not None
        absolute = os.path.normpath(os.path.join(self._below, path))
        if foreign or not absolute.startswith(self._below):
            relative = self._end_of(path, text, foreign)
        else:
            relative = self._spelled(absolute[len(self._below) :])
        return printable(relative.replace(os.sep, "/")), os.path.join(self.root, relative)

    def _end_of(self, path: str, text: str, foreign: bool) -> str:
        """The longest end of a path of another machine that is there below the root."""
        if not self.given:
            why = "is a path of another machine" if foreign else f"leads out of {printable(self._below)!r}"
            raise PlaceNotAllowedError(f"{printable(text)!r} {why}")
        parts = tuple(part for part in posixpath.normpath(_DRIVE.sub("", path, count=1)).split("/") if part)
        # What was left off before comes first: one list has paths of one machine.
        rests = [parts[len(left) :] for left in self._left_off if parts[: len(left)] == left]
        rests = [rest for rest in rests if rest and os.pardir not in rest]
        own = tuple(part for part in parts if part != os.pardir)
        for end in (*rests, *(own[start:] for start in range(len(own)))):
            relative = self._spelled(os.path.join(*end))
            if os.path.exists(os.path.join(self.root, relative)):
                read = printable(text), printable("/".join(end))
                self._left_off.setdefault(parts[: len(parts) - len(end)], read)
                return relative
        if not rests:
            raise PlaceNotAllowedError(f"no end of {printable(text)!r} is there below {printable(self._below)!r}")
        return os.path.join(*rests[0])  # one image is gone where others were found

    @property
    def notes(self) -> tuple[str, ...]:
        """How paths of another machine were read, in a sentence; none where there was none."""
        read = next(iter(self._left_off.values()), None)
        if read is None:
            return ()
        return (f"Paths that lead out of {printable(self.root)} are read by their ends: {read[0]!r} as {read[1]!r}.",)

    @cached_property
    def _left_off(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """The beginnings of paths that were left off so far, each with the first path and what it was read as."""
        return {}

    def remedy(self, otherwise: str) -> str:
        """What to type where a place is not allowed: `otherwise`, unless the user named a root already."""
        return ENDS.format(printable(self.root)) if self.given else otherwise

    def _spelled(self, relative: str) -> str:
        """The path as the disk spells it, where it has the name in another spelling only."""
        if relative.isascii() or os.path.lexists(os.path.join(self.root, relative)):
            return relative
        others = (other for other in spellings(relative) if os.path.lexists(os.path.join(self.root, other)))
        return next(others, relative)

    @cached_property
    def _below(self) -> str:
        """What every whole path begins with."""
        return os.path.join(os.path.abspath(self.root), "")

    def _url(self, text: str) -> tuple[str, str]:
        if not self.urls:
            raise PlaceNotAllowedError(f"{shown(text)!r} is a URL")
        if not _NETWORK.match(text) or "::" in text:
            raise ValueError(f"{shown(text)!r} is not a URL that is read from a list")
        return shown(text), text


def is_whole_path(text: str) -> bool:
    r"""Whether a path begins at the root of a disk, on this system or another.

    Example:
        >>> is_whole_path("/a/b"), is_whole_path("C:\\a"), is_whole_path("a/b")
        (True, True, False)
    """
    return text.startswith(("/", "\\")) or _DRIVE.match(text) is not None


def parse_yes_or_no(text: str) -> bool:
    """A reader of options: yes or no.

    Example:
        >>> parse_yes_or_no("yes")
        True
    """
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"
