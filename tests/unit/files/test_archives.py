"""ZIP archives are checked before they are trusted."""

import stat
import zipfile

import pytest

from lookoutcv.errors import SourceNotFound, UnreadableSource, UnsafeArchive
from lookoutcv.files import ArchiveLimits, members, read_member


def archive(path, *entries, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


def entry(name, system=3, mode=0):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    info.create_system = system
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_listed_and_read(tmp_path, method):
    path = archive(tmp_path / "a.zip", ("a/1", b"one" * 100), ("b", b""), ("a/", b""), method=method)
    found = members(path)
    assert [m.name for m in found] == ["a/1", "b"]
    assert [read_member(m) for m in found] == [b"one" * 100, b""]


def test_an_archive_behind_other_bytes_is_read(tmp_path):
    path = archive(tmp_path / "a.zip", ("a", b"one"))
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert read_member(members(path)[0]) == b"one"


def test_backslashes_of_old_windows_tools_are_separators(tmp_path):
    path = archive(tmp_path / "a.zip", (entry("cat\\1.jpg"), b"x"))
    assert [m.name for m in members(path)] == ["cat/1.jpg"]


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/etc/passwd", "\\\\host\\share", "C:\\a", "c:a", "..\\a", "a\\..\\..\\b"]
)
def test_names_that_lead_outside_are_refused(tmp_path, name):
    path = archive(tmp_path / "a.zip", ("fine", b"x"), (entry(name), b"x"))
    with pytest.raises(UnsafeArchive, match="leads outside") as caught:
        members(path)
    assert caught.value.fields["source"] == str(path)
    assert caught.value.remedy


def test_names_with_dots_inside_are_fine(tmp_path):
    path = archive(tmp_path / "a.zip", ("a..b/c...jpg", b"x"))
    assert members(path)[0].name == "a..b/c...jpg"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path, kind):
    path = archive(tmp_path / "a.zip", (entry("link", mode=kind | 0o777), b"/etc/passwd"))
    with pytest.raises(UnsafeArchive, match="link or a device"):
        members(path)


def test_secret_and_doubled_members_are_refused(tmp_path):
    path = archive(tmp_path / "a.zip", ("a", b"x"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UnsafeArchive, match="encrypted"):
        members(path)
    with pytest.warns(UserWarning, match="Duplicate"):
        archive(path, ("a", b"x"), ("a", b"y"))
    with pytest.raises(UnsafeArchive, match="twice"):
        members(path)


def test_counts_and_sizes_are_limited(tmp_path):
    path = archive(tmp_path / "a.zip", ("a", b"x" * 50), ("b", b"y" * 60), method=zipfile.ZIP_STORED)
    with pytest.raises(UnsafeArchive, match="2 members, more than 1"):
        members(path, ArchiveLimits(max_members=1))
    with pytest.raises(UnsafeArchive, match="unpacks to more"):
        members(path, ArchiveLimits(max_total_bytes=100))


def test_only_what_becomes_large_is_held_to_the_ratio(tmp_path):
    tiny = archive(tmp_path / "tiny.zip", ("flat.bmp", bytes(500_000)))
    assert len(read_member(members(tiny)[0])) == 500_000
    bomb = archive(tmp_path / "bomb.zip", ("flat.bmp", bytes(8_000_000)))
    with pytest.raises(UnsafeArchive, match="200 times"):
        members(bomb)
    many = archive(tmp_path / "many.zip", *((f"{i}.bmp", bytes(500_000)) for i in range(20)))
    with pytest.raises(UnsafeArchive, match="200 times"):
        members(many)


def test_what_is_no_archive_is_said_plainly(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\3\4 not really")
    with pytest.raises(UnreadableSource, match="not a ZIP archive"):
        members(tmp_path / "a.zip")
    with pytest.raises(SourceNotFound):
        members(tmp_path / "gone.zip")


def test_other_methods_are_named(tmp_path):
    path = archive(tmp_path / "a.zip", ("a", b"x"), method=zipfile.ZIP_LZMA)
    with pytest.raises(UnreadableSource, match="method 14"):
        read_member(members(path)[0])
