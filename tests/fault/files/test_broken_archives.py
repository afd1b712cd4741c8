"""Archives that lie, are cut or change under the reader."""

import struct
import threading
import zipfile

import pytest

from lookoutcv.errors import ImageError, SourceError, UnreadableImage, UnreadableSource, UnsafeArchive
from lookoutcv.files import members, read_member
from lookoutcv.sources import open_source


def archive(path, data=b"x" * 1000, names=("a.jpg",)):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, data)
    return path


def patched(path, at, format, *values):
    data = bytearray(path.read_bytes())
    struct.pack_into(format, data, data.index(b"PK\1\2") + at, *values)
    path.write_bytes(data)
    return path


def test_a_thousandfold_member_is_refused(tmp_path):
    with pytest.raises(UnsafeArchive, match="200 times"):
        open_source(archive(tmp_path / "bomb.zip", bytes(20_000_000)))


def test_data_that_expands_beyond_its_stated_size_is_never_unpacked(tmp_path):
    import tracemalloc

    path = patched(archive(tmp_path / "a.zip", bytes(50_000_000)), 24, "<I", 1000)
    (member,) = members(path)
    tracemalloc.start()
    with pytest.raises(UnsafeArchive, match="expands beyond"):
        read_member(member)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6
    (ref,) = open_source(path)
    with pytest.raises(UnreadableImage, match="unsafe archive member"):
        ref.load()


def test_data_shorter_than_its_stated_size_is_corrupt(tmp_path):
    (member,) = members(patched(archive(tmp_path / "a.zip"), 24, "<I", 2000))
    with pytest.raises(UnreadableSource, match="corrupt"):
        read_member(member)


def test_a_wrong_checksum_is_corrupt(tmp_path):
    (member,) = members(patched(archive(tmp_path / "a.zip"), 16, "<I", 1))
    with pytest.raises(UnreadableSource, match="corrupt"):
        read_member(member)


def test_members_that_share_bytes_are_refused(tmp_path):
    path = archive(tmp_path / "a.zip", names=("a.jpg", "b.jpg"))
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    struct.pack_into("<I", data, second + 42, 0)
    path.write_bytes(data)
    with pytest.raises(UnsafeArchive, match="overlaps"):
        members(path)


def test_an_archive_cut_anywhere_is_refused_or_partly_unreadable(tmp_path):
    whole = archive(tmp_path / "a.zip", names=("a.jpg", "b.jpg")).read_bytes()
    for end in range(0, len(whole), 7):
        (tmp_path / "cut.zip").write_bytes(whole[:end])
        with pytest.raises(SourceError):
            members(tmp_path / "cut.zip")


def test_changed_bytes_never_surprise(tmp_path):
    whole = archive(tmp_path / "a.zip", names=("a.jpg", "d/b.jpg")).read_bytes()
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0x55
        (tmp_path / "b.zip").write_bytes(changed)
        try:
            for ref in open_source(tmp_path / "b.zip"):
                ref.load()
        except (SourceError, ImageError):
            pass


def test_an_archive_replaced_after_listing_is_noticed(tmp_path):
    path = archive(tmp_path / "a.zip", b"first" * 100)
    (ref,) = open_source(path)
    archive(path, b"other" * 100)
    with pytest.raises(UnreadableImage, match="corrupt archive"):
        ref.load()


def test_many_threads_read_one_archive(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for i in range(200):
            file.writestr(f"{i}.jpg", bytes([i]) * 3000)
    refs = list(open_source(path))
    wrong = []

    def check():
        wrong.extend(ref.id for ref in refs if set(ref.load()) != {int(ref.id[:-4])})

    threads = [threading.Thread(target=check) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
