"""TAR archives read in place: nothing is unpacked by name, and nothing is trusted before it is checked."""

from __future__ import annotations

import io
import os
import re
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import UnreadableSource, UnsafeArchive
from lookoutcv.files.archives import DEFAULT_ARCHIVE_LIMITS, ArchiveLimits
from lookoutcv.files.streams import read_up_to

_DRIVE = re.compile(r"[A-Za-z]:")
# A header has 512 bytes. Long names and attributes come in blocks of some kilobytes; a block that states more is
# there to fill memory.
_MOST_HEADER_BYTES = 2**18

Mark = tuple[int, int]
# Why a member is passed over.
LINK, DOUBLED = "a link", "doubled"


@dataclass(frozen=True, slots=True)
class TarMember:
    """One file in a TAR archive and where its bytes are: enough to read it from any process.

    Args:
        archive: Path of the archive, not compressed.
        name: Name with forward slashes.
        offset: Where its bytes begin.
        size_bytes: How many they are.
        mark: The archive's size and time of change when it was listed: TAR has no checksum of what it holds.
    """

    archive: str
    name: str
    offset: int
    size_bytes: int
    mark: Mark


def tar_members(
    path: str | os.PathLike[str],
    shown: str | None = None,
    limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
    passed_over: Callable[[str, str], None] = lambda why, name: None,
    folder: Callable[[str], None] = lambda name: None,
) -> list[TarMember]:
    """The files in a TAR archive that is not compressed, in its order. Of a doubled name the last counts, as for `tar`.

    Args:
        path: The archive.
        shown: What messages call it; unless given, its path.
        limits: What it may hold; its members share no bytes, so that there is no ratio to check.
        passed_over: Told why a member is not among them (`LINK`, `DOUBLED`), and its name.
        folder: Told the name of each folder that is a member of its own.
    Raises:
        SourceNotFound: It is not there.
        UnreadableSource: Not a TAR archive, cut off, or not allowed.
        UnsafeArchive: A name that leads outside, a device, or more members than the limits allow. Links are passed
            over where they stay inside, and refused where they lead out.
    """
    archive = os.fspath(path)
    name = shown or archive
    by_name: dict[str, TarMember] = {}
    try:
        with open(archive, "rb", opener=_at_once) as file:
            status = os.fstat(file.fileno())
            for count, info in enumerate(_infos(name, file)):
                if count >= limits.max_members:
                    raise _unsafe(name, "", f"it has more than {limits.max_members} members")
                if not _is_file(name, info):
                    _tell(info, passed_over, folder)
                else:
                    member, mark = _clean(info.name), (status.st_size, status.st_mtime_ns)
                    if by_name.pop(member, None) is not None:
                        passed_over(DOUBLED, member)
                    by_name[member] = TarMember(archive, member, info.offset_data, info.size, mark)
                if info.offset_data + (info.size if info.isreg() else 0) > status.st_size:
                    raise _unreadable(name, "it is cut off", "Copy or download it again.")
    except FileNotFoundError:
        raise not_found(name) from None
    except PermissionError:
        raise _unreadable(name, "no permission", "Make it readable for this user.") from None
    except OSError as error:
        raise _unreadable(name, error.strerror or "it cannot be read", "Check the path and the disk.") from error
    return list(by_name.values())


def _tell(info: tarfile.TarInfo, passed_over: Callable[[str, str], None], folder: Callable[[str], None]) -> None:
    """Of a member that is no file."""
    if info.issym() or info.islnk():
        passed_over(LINK, _clean(info.name))
    elif info.isdir():
        folder(_clean(info.name))


def read_tar_member(member: TarMember) -> bytes:
    """The bytes of one member.

    Raises:
        UnreadableSource: The archive is gone, has changed since it was listed, or cannot be read.
    """
    try:
        with open(member.archive, "rb") as file:
            status = os.fstat(file.fileno())
            file.seek(member.offset)
            data = read_up_to(file, member.size_bytes)
    except FileNotFoundError:
        raise _unreadable(member.archive, "the archive is gone", "Check the path.") from None
    except OSError as error:
        raise _unreadable(member.archive, "the archive cannot be read", "Check the path and the disk.") from error
    if (status.st_size, status.st_mtime_ns) != member.mark or len(data) != member.size_bytes:
        raise _unreadable(member.archive, "the archive has changed", "Run it again when nobody writes to it.")
    return data


def _at_once(path: str, flags: int) -> int:
    """A named pipe must not hold up the run."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _infos(name: str, file: IO[bytes]) -> Iterator[tarfile.TarInfo]:
    """Member after member; nothing is kept."""
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise _unreadable(name, "not a regular file", "Give a file.")
    try:
        with tarfile.TarFile(fileobj=_Forward(name, file), errors="surrogateescape") as opened:
            while (info := opened.next()) is not None:
                opened.members = []  # type: ignore[attr-defined]  # it would keep a kilobyte a member
                yield info
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError, IndexError) as error:
        raise _unreadable(name, "not a TAR archive, or damaged", "Copy or download it again.") from error


class _Forward(io.RawIOBase):
    """A file that only goes forward, in small steps: what a header states must not fill memory or lead in a circle."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name = name
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _MOST_HEADER_BYTES:
            raise _unsafe(self._name, "", f"a header in it states {size} bytes")
        return read_up_to(self._file, size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        # The reader looks at the last byte before the next header. A negative size would lead it round for ever.
        if whence != 0 or offset < self._file.tell() - 1:
            raise _unsafe(self._name, "", "a header in it leads back")
        return self._file.seek(offset)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def _is_file(archive: str, info: tarfile.TarInfo) -> bool:
    """Whether a member is a file of its own; refuses what has no business in an archive of images."""
    name = info.name.replace("\\", "/")
    if _leads_out(name):
        raise _unsafe(archive, name, "its name leads outside the archive")
    if info.issym() or info.islnk():
        target = info.linkname.replace("\\", "/")
        path = target if info.islnk() else os.path.normpath(os.path.join(os.path.dirname(name), target))
        if target.startswith("/") or _DRIVE.match(target) or _leads_out(path.replace(os.sep, "/")):
            raise _unsafe(archive, name, "it is a link that leads outside the archive")
        return False
    if info.size < 0:
        raise _unsafe(archive, name, "it states a negative size")
    if info.issparse():
        raise _unsafe(archive, name, "it is stored with holes")
    if not (info.isreg() or info.isdir()):
        raise _unsafe(archive, name, "it is no file (a device, or of another kind)")
    return info.isreg()


def _leads_out(name: str) -> bool:
    return name.startswith("/") or bool(_DRIVE.match(name)) or "\0" in name or ".." in name.split("/")


def _clean(name: str) -> str:
    """`./a//b.jpg`, as `tar -C folder .` writes it, is `a/b.jpg`."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def _unreadable(archive: str, why: str, remedy: str) -> UnreadableSource:
    return UnreadableSource(f"{archive} cannot be read: {why}", remedy, source=archive, reason=why)


def _unsafe(archive: str, member: str, why: str) -> UnsafeArchive:
    about = f"member {member!r}: {why}" if member else why
    return UnsafeArchive(
        f"{archive} is refused, {about}",
        "If you trust it, unpack it yourself and give the folder.",
        source=archive,
        member=member,
    )
