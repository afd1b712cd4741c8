"""Where the files of a package lie: in a folder, or in a ZIP, which is read in place and never unpacked as a whole."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from lookoutcv.errors import CorruptFile
from lookoutcv.files.archives import ArchiveLimits, Member, member_pieces, members
from lookoutcv.models.packages.manifest import MANIFEST

# A package has a dozen files, and a thousand where a model's weights lie in many.
_LIMITS = ArchiveLimits(max_members=10_000, max_total_bytes=64 * 2**30)
_PIECE_BYTES = 2**20


class Contents(Protocol):
    """The files of a package, as they lie there: nothing is checked yet."""

    def names(self) -> list[str]:
        """Every file below it, with forward slashes; hidden ones and theirs left out."""
        ...

    def size_bytes(self, name: str) -> int | None:
        """How large a file is; None where it is not there."""
        ...

    def pieces(self, name: str) -> Iterator[bytes]:
        """What a file holds, a megabyte at a time."""
        ...

    def path(self, name: str) -> Path | None:
        """Where the file lies by itself; None in an archive."""
        ...


class Folder:
    """A package that is a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        """As of `Contents`."""
        found = []
        for folder, folders, files in os.walk(self._path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            below = Path(folder).relative_to(self._path)
            found += [(below / name).as_posix() for name in files if not name.startswith(".")]
        return sorted(found)

    def size_bytes(self, name: str) -> int | None:
        """As of `Contents`."""
        path = self._path / name
        return path.stat().st_size if path.is_file() else None

    def pieces(self, name: str) -> Iterator[bytes]:
        """As of `Contents`."""
        try:
            with (self._path / name).open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    yield piece
        except OSError as reason:
            raise CorruptFile(
                f"{self._path}: {name} cannot be read ({reason.strerror or reason})",
                "Make it readable for this user.",
                path=str(self._path),
            ) from None

    def path(self, name: str) -> Path | None:
        """As of `Contents`."""
        return self._path / name


class Archive:
    """A package that is a ZIP, its files at its top or all in one folder, as a person packs a folder.

    Args:
        path: The ZIP.
        top: That folder, with a slash behind it; "" for none.
    Raises:
        SourceError: It is damaged, or no archive that can be trusted.
    """

    def __init__(self, path: Path, top: str) -> None:
        self._members: dict[str, Member] = {
            one.name.removeprefix(top): one for one in members(path, _LIMITS) if one.name.startswith(top)
        }

    def names(self) -> list[str]:
        """As of `Contents`."""
        hidden = [name for name in self._members if any(part.startswith(".") for part in name.split("/"))]
        return sorted(set(self._members) - set(hidden))

    def size_bytes(self, name: str) -> int | None:
        """As of `Contents`."""
        member = self._members.get(name)
        return None if member is None else member.size_bytes

    def pieces(self, name: str) -> Iterator[bytes]:
        """As of `Contents`."""
        return member_pieces(self._members[name])

    def path(self, name: str) -> Path | None:
        """As of `Contents`."""
        return None


def top_of(path: Path) -> str | None:
    """The folder inside a ZIP in which a package lies, with a slash behind it, or ""; None where there is none.

    Only the archive's directory is read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # zipfile raises many kinds for a broken directory
        return None
    tops = [name.removesuffix(MANIFEST) for name in names if name.rpartition("/")[2] == MANIFEST]
    near = [top for top in tops if top.count("/") <= 1]
    return min(near, key=len) if near else None
