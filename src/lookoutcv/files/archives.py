"""ZIP archives read in place: nothing is unpacked to disk, and nothing is trusted before it is checked."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import UnreadableSource, UnsafeArchive
from lookoutcv.files.streams import read_up_to

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_DRIVE = re.compile(r"[A-Za-z]:")
_PIECE_BYTES = 2**20
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold.

    Photos are compressed already, so a real archive expands little. The ratio is checked for members that become
    large only: a small member of one colour may well shrink a thousandfold.

    Args:
        max_members: Largest number of members.
        max_total_bytes: Largest sum of unpacked sizes.
        max_ratio: Largest unpacked size over packed size, of a large member and of the whole archive.
        large_bytes: Members and archives that unpack to less are not held to the ratio.
    """

    max_members: int = 1_000_000
    max_total_bytes: int = 4 * 2**40
    max_ratio: float = 200.0
    large_bytes: int = 4 * 2**20


DEFAULT_ARCHIVE_LIMITS = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive and where its bytes are: enough to read it from any process.

    Args:
        archive: Path of the archive.
        name: Name with forward slashes.
        offset: Where its local header begins.
        packed_bytes, size_bytes: Compressed and unpacked size, as the archive's directory states them.
        method: ZIP compression method.
        crc: CRC-32 of the unpacked bytes.
    """

    archive: str
    name: str
    offset: int
    packed_bytes: int
    size_bytes: int
    method: int
    crc: int


def members(path: str | os.PathLike[str], limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS) -> list[Member]:
    """The files in a ZIP archive, in the order of its directory, after every check that needs no unpacking.

    Args:
        path: The archive.
        limits: What it may hold.
    Raises:
        SourceNotFound: It is not there.
        UnreadableSource: Not a ZIP archive, corrupt, or not allowed.
        UnsafeArchive: A name that leads outside, a link, a secret or doubled member, overlapping members, or sizes
            beyond the limits.
    """
    archive = os.fspath(path)
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
            directory_start = opened.start_dir
    except FileNotFoundError:
        raise not_found(archive) from None
    except PermissionError:
        raise _unreadable(archive, "no permission", "Make it readable for this user.") from None
    except Exception as error:  # zipfile raises many kinds for a broken directory
        raise _unreadable(archive, "not a ZIP archive, or cut off", "Copy or download it again.") from error
    if len(infos) > limits.max_members:
        raise _unsafe(archive, "", f"it has {len(infos)} members, more than {limits.max_members}")
    listed = [_member(archive, info, limits) for info in infos if not info.is_dir()]
    _check_together(archive, listed, directory_start, limits)
    return listed


def folders(path: str | os.PathLike[str]) -> list[str]:
    """The folders that the directory of a ZIP archive names, with forward slashes, but for those that lead outside.

    Args:
        path: The archive, as `members` has checked it.
    """
    with suppress(Exception), zipfile.ZipFile(os.fspath(path)) as opened:
        names = [info.filename.replace("\\", "/").rstrip("/") for info in opened.infolist() if info.is_dir()]
        return [name for name in names if name and ".." not in name.split("/")]
    return []


def read_member(member: Member) -> bytes:
    """Unpack one member in memory.

    No more than the stated size is ever unpacked, whatever the data would expand to.

    Raises:
        UnreadableSource: The archive is gone or has changed, the data is corrupt, or the method is not read.
        UnsafeArchive: The data expands beyond the size its directory states.
    """
    try:
        with open(member.archive, "rb") as file:
            file.seek(member.offset)
            magic, name_length, extra_length = _LOCAL_HEADER.unpack(read_up_to(file, _LOCAL_HEADER.size))
            file.seek(name_length + extra_length, os.SEEK_CUR)
            packed = read_up_to(file, member.packed_bytes)
    except FileNotFoundError:
        raise _unreadable(member.archive, "the archive is gone", "Check the path.") from None
    except (OSError, struct.error) as error:
        raise _unreadable(member.archive, "the archive cannot be read", "Check the path and the disk.") from error
    if magic != b"PK\x03\x04" or len(packed) != member.packed_bytes:
        raise _unreadable(member.archive, "corrupt archive", "Copy or download it again.")
    data = packed if member.method == _STORED else _inflated(member, packed)
    if len(data) != member.size_bytes or zlib.crc32(data) != member.crc:
        raise _unreadable(member.archive, "corrupt archive", "Copy or download it again.")
    return data


def member_pieces(member: Member) -> Iterator[bytes]:
    """Unpack one member a megabyte at a time: what is too large to be held in memory.

    Raises:
        UnreadableSource, UnsafeArchive: As `read_member`; what came before is then worth nothing.
    """
    try:
        with open(member.archive, "rb") as file:
            file.seek(member.offset)
            magic, name_length, extra_length = _LOCAL_HEADER.unpack(read_up_to(file, _LOCAL_HEADER.size))
            file.seek(name_length + extra_length, os.SEEK_CUR)
            size = crc = 0
            for piece in _pieces(member, file) if magic == b"PK\x03\x04" else ():
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                if size > member.size_bytes:
                    raise _unsafe(member.archive, member.name, "it expands beyond the size it states")
                yield piece
    except FileNotFoundError:
        raise _unreadable(member.archive, "the archive is gone", "Check the path.") from None
    except (OSError, struct.error, zlib.error) as error:
        raise _unreadable(member.archive, "corrupt archive", "Copy or download it again.") from error
    if size != member.size_bytes or crc != member.crc:
        raise _unreadable(member.archive, "corrupt archive", "Copy or download it again.")


def _pieces(member: Member, file: IO[bytes]) -> Iterator[bytes]:
    left = member.packed_bytes
    if member.method not in (_STORED, _DEFLATED):
        why = f"ZIP method {member.method} is not read"
        raise _unreadable(member.archive, why, "Pack it again with the usual method (deflate).")
    inflating = None if member.method == _STORED else zlib.decompressobj(-zlib.MAX_WBITS)
    while packed := read_up_to(file, min(left, _PIECE_BYTES)):
        left -= len(packed)
        while inflating is not None and packed:
            yield inflating.decompress(packed, _PIECE_BYTES)
            packed = inflating.unconsumed_tail
        if packed:
            yield packed


def _inflated(member: Member, packed: bytes) -> bytes:
    if member.method != _DEFLATED:
        why = f"ZIP method {member.method} is not read"
        raise _unreadable(member.archive, why, "Pack it again with the usual method (deflate).")
    try:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.size_bytes + 1)
    except zlib.error as error:
        raise _unreadable(member.archive, "corrupt archive", "Copy or download it again.") from error
    if len(data) > member.size_bytes:
        raise _unsafe(member.archive, member.name, "it expands beyond the size it states")
    return data


def _member(archive: str, info: zipfile.ZipInfo, limits: ArchiveLimits) -> Member:
    name = info.orig_filename.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or "\0" in name or ".." in name.split("/"):
        raise _unsafe(archive, name, "its name leads outside the archive")
    kind = info.external_attr >> 16
    if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        raise _unsafe(archive, name, "it is a link or a device, not a file")
    if info.flag_bits & 0x1:
        raise _unsafe(archive, name, "it is encrypted")
    if info.file_size > limits.large_bytes and info.file_size > limits.max_ratio * max(info.compress_size, 1):
        raise _unsafe(archive, name, f"it expands more than {limits.max_ratio:g} times")
    return Member(archive, name, info.header_offset, info.compress_size, info.file_size, info.compress_type, info.CRC)


def _check_together(archive: str, listed: list[Member], end: int, limits: ArchiveLimits) -> None:
    """What only shows when all members are seen: doubled names, shared bytes, the sum of sizes."""
    names: set[str] = set()
    for member in listed:
        if member.name in names:
            raise _unsafe(archive, member.name, "its name is there twice")
        names.add(member.name)
    for member in sorted(listed, key=lambda m: m.offset, reverse=True):
        if member.offset + 30 + member.packed_bytes > end:
            raise _unsafe(archive, member.name, "it overlaps another member")
        end = member.offset
    total, packed = sum(m.size_bytes for m in listed), sum(m.packed_bytes for m in listed)
    if total > limits.max_total_bytes:
        raise _unsafe(archive, "", f"it unpacks to more than {limits.max_total_bytes / 2**30:.3g} GiB")
    if total > limits.large_bytes and total > limits.max_ratio * max(packed, 1):
        raise _unsafe(archive, "", f"it expands more than {limits.max_ratio:g} times")


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
