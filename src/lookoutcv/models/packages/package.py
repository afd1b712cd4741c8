"""A package on disk: its files are given out only after they were compared with what its manifest says of them."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from itertools import islice
from pathlib import Path

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import CorruptFile, LookoutError, NotOurFile, WrongCard
from lookoutcv.models.cards.card import Card
from lookoutcv.models.packages.contents import Archive, Contents, Folder, top_of
from lookoutcv.models.packages.manifest import BASELINE, CARD, MANIFEST, Manifest
from lookoutcv.plain_text import parse_error
from lookoutcv.processes.held_places import HeldFolder

# Of ten thousand classes the manifest has a megabyte.
_MOST_TEXT_BYTES = 64 << 20
# Baselines with their pictures are under 10 MB.
_MOST_READ_BYTES = 2**30
_COPY = "Copy it again from where it was made, or make it again."
_SHOWN = 3
# What a run calls the folder of its package.
IN_RUN = "package"
# The format stands in the first line.
_HEAD_BYTES = 1000


@only_known_keywords(types=False)
class Package:
    """A model with its card, its baseline and what is known of it. Made by `package_at`.

    Args:
        path: The folder or the ZIP.
        contents: Its files.
    Raises:
        FileFormatError: What it says of itself is damaged, or of a newer version; or a file is missing or of another
            size.
    """

    def __init__(self, path: Path, contents: Contents) -> None:
        self.path = path
        self._contents = contents
        self._unpacked: HeldFolder | None = None
        # What was compared, and of an archive what was unpacked.
        self._right: set[str] = set()
        self._out: set[str] = set()
        self.manifest = _manifest(path, contents)
        self._declared = {file.name: file for file in self.manifest.files}
        for file in self.manifest.files:
            size = contents.size_bytes(file.name)
            if size is None:
                raise self._damaged(file.name, "is missing")
            if size != file.bytes:
                raise self._damaged(file.name, f"has {size:,} bytes, and {file.bytes:,} were packed")

    @property
    def name(self) -> str:
        """What messages, reports and baselines call its model: its name and version."""
        return f"{self.manifest.name} {self.manifest.model_version}".strip()

    @property
    def foreign(self) -> list[str]:
        """Files that lie in it and are none of its own: they are never read."""
        return [name for name in self._contents.names() if name not in self._declared and name != MANIFEST]

    @property
    def foreign_note(self) -> str:
        """Which files are not its own, in a sentence; "" where all are."""
        foreign = self.foreign
        if not foreign:
            return ""
        more = f" and {len(foreign) - _SHOWN:,} more" if len(foreign) > _SHOWN else ""
        names = ", ".join(map(repr, foreign[:_SHOWN]))
        one = f"{len(foreign):,} files that are" if len(foreign) > 1 else "a file that is"
        return f"{self.path} holds {one} not the package's and not read: {names}{more}."

    @property
    def card(self) -> Card:
        """The card of its model.

        Raises:
            ConfigError: It holds a wrong key or value.
            WrongCard: It names another file for its labels.
        """
        path = self.file(CARD)
        try:
            card = Card.of(path)
        except LookoutError as error:
            raise error.with_name(f"{self.path}: {CARD}", instead_of=str(path)) from None
        if isinstance(card.labels, str):
            raise WrongCard(
                f"{self.path}: the card of a package takes its labels from another file",
                "Ask where the package is from; one that LookOutCV made has a list of names.",
                model=str(self.path),
                key="labels",
            )
        return card

    @property
    def model_file(self) -> Path:
        """The file that predicts, with whatever weights belong to it beside it. As long as this object is held.

        Raises:
            CorruptFile: It is not what was packed.
        """
        folder, slash, _ = self.manifest.model.rpartition("/")
        # One in a folder of its own has weights outside of itself.
        for name in self._declared:
            if slash and name.startswith(folder + slash):
                self.file(name)
        return self.file(self.manifest.model)

    @property
    def sha256(self) -> str:
        """Of the file that predicts, in hexadecimal: what its baseline knows it by."""
        return self._declared[self.manifest.model].sha256

    @property
    def has_baseline(self) -> bool:
        """Whether it brings a baseline."""
        return BASELINE in self._declared

    def read(self, name: str) -> bytes:
        """What a file holds.

        Args:
            name: As its manifest has it.
        Raises:
            NotOurFile: There is no such file.
            CorruptFile: It is not what was packed.
        """
        if name not in self._declared:
            raise NotOurFile(
                f"{self.path} has no {name}", "See its package.json for what it holds.", path=str(self.path)
            )
        if self._declared[name].bytes > _MOST_READ_BYTES:
            raise self._damaged(name, f"has more than {_MOST_READ_BYTES >> 30} GB")
        data = b"".join(self._contents.pieces(name))
        self._compare(name, hashlib.sha256(data).hexdigest())
        return data

    def file(self, name: str) -> Path:
        """Where a file lies by itself; one of a ZIP is unpacked, for as long as this object is held.

        Args:
            name: As its manifest has it.
        Raises:
            CorruptFile: It is not what was packed.
            SourceError: The ZIP is damaged, or there is no room.
        """
        path = self._contents.path(name)
        if path is not None:
            if name not in self._right:
                self._verify(name)
            return path
        if self._unpacked is None:
            self._unpacked = HeldFolder()
        path = self._unpacked.path / name
        if name not in self._out:
            self._unpack(name, path)
            self._out.add(name)
        return path

    def verify(self) -> None:
        """Compare every file with what the manifest says of it.

        Raises:
            CorruptFile: One is not what was packed.
        """
        for name in self._declared:
            self._verify(name)

    def _verify(self, name: str) -> None:
        digest = hashlib.sha256()
        for piece in self._contents.pieces(name):
            digest.update(piece)
        self._compare(name, digest.hexdigest())

    def _unpack(self, name: str, path: Path) -> None:
        digest = hashlib.sha256()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for piece in self._contents.pieces(name):
                    digest.update(piece)
                    file.write(piece)
            self._compare(name, digest.hexdigest())
        except OSError as reason:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise CorruptFile(
                f"{self.path}: {name} cannot be unpacked ({reason.strerror or reason})",
                "Free some space, set TMPDIR to a larger disk, or unpack the package yourself and give the folder.",
                path=str(self.path),
            ) from reason

    def _compare(self, name: str, sha256: str) -> None:
        if sha256 != self._declared[name].sha256:
            raise self._damaged(name, "is not what was packed: its SHA-256 is another")
        self._right.add(name)

    def _damaged(self, name: str, how: str) -> CorruptFile:
        return CorruptFile(f"{self.path}: {name} {how}", _COPY, path=str(self.path))


def package_at(path: str | os.PathLike[str]) -> Package | None:
    """The package at a place; None where there is something else, or nothing. Cheap for what is none.

    Args:
        path: A folder with a package.json of ours, or one with such a folder called `package`, as training leaves it;
            or a ZIP of such a folder.
    Raises:
        FileFormatError: It is one, and it is damaged, incomplete or of a newer version.
        SourceError: It is in a ZIP that cannot be trusted.
    """
    place = Path(path)
    try:
        if place.is_dir():
            near = (folder for folder in (place, place / IN_RUN) if _is_ours(folder / MANIFEST))
            found = next(near, None)
            return None if found is None else Package(found, Folder(found))
        if not place.is_file():
            return None
    except (OSError, ValueError):  # a name that no file can have
        return None
    top = top_of(place)
    return None if top is None else _in_archive(place, top)


def _in_archive(path: Path, top: str) -> Package | None:
    archive = Archive(path, top)
    if not _begins_as_ours(b"".join(islice(archive.pieces(MANIFEST), 1))):
        return None
    return Package(path, archive)


def _is_ours(manifest: Path) -> bool:
    try:
        with manifest.open("rb") as file:
            return _begins_as_ours(file.read(_HEAD_BYTES))
    except OSError:
        return False


def _begins_as_ours(head: bytes) -> bool:
    """Whether a package.json is not that of a program in JavaScript: the format is its first key."""
    return f'"{Manifest.FORMAT}"'.encode() in head[:_HEAD_BYTES]


def _manifest(path: Path, contents: Contents) -> Manifest:
    try:
        if (contents.size_bytes(MANIFEST) or 0) > _MOST_TEXT_BYTES:
            raise ValueError("too large")
        values = json.loads(b"".join(contents.pieces(MANIFEST)))
    except (ValueError, RecursionError) as reason:
        raise CorruptFile(f"{path}: {MANIFEST} is no JSON ({parse_error(reason)})", _COPY, path=str(path)) from None
    return Manifest.from_dict(values, str(path)).checked(str(path))
