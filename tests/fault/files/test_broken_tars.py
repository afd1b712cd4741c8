"""TAR archives that lie, are cut or would fill the disk."""

import gzip
import io
import os
import tarfile

import pytest

from lookoutcv.errors import ImageError, SourceError, UnreadableSource, UnsafeArchive
from lookoutcv.sources import open_source


def packed(names=("a.jpg", "d/b.jpg"), data=b"x" * 700):
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as file:
        for name in names:
            facts = tarfile.TarInfo(name)
            facts.size = len(data)
            file.addfile(facts, io.BytesIO(data))
    return sink.getvalue()


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    yield
    assert os.listdir(tmp_path / "tmp") == []


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path):
    with gzip.open(tmp_path / "a.tgz", "wb") as file:
        file.write(packed())
        for _ in range(100):
            file.write(bytes(2**20))
    with pytest.raises(UnsafeArchive, match="200 times"):
        open_source(tmp_path / "a.tgz")


def test_a_full_disk_is_told_with_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "a.tgz").write_bytes(gzip.compress(packed()))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("U", (), {"free": 100}))
    with pytest.raises(UnreadableSource, match="set TMPDIR"):
        open_source(tmp_path / "a.tgz")


@pytest.mark.parametrize("suffix", [".tar", ".tgz"])
def test_an_archive_cut_anywhere_is_refused_or_partly_unreadable(tmp_path, suffix):
    whole = packed() if suffix == ".tar" else gzip.compress(packed())
    for end in range(0, len(whole), max(len(whole) // 60, 1)):
        (tmp_path / f"cut{suffix}").write_bytes(whole[:end])
        try:
            refs = list(open_source(tmp_path / f"cut{suffix}"))
        except SourceError:
            continue
        assert suffix == ".tar"
        assert [ref.load() for ref in refs] == [b"x" * 700] * len(refs)
        del refs


@pytest.mark.parametrize("suffix", [".tar", ".tgz", ".tbz2", ".txz"])
def test_changed_bytes_never_surprise(tmp_path, suffix):
    import bz2
    import lzma

    pack = {".tar": bytes, ".tgz": gzip.compress, ".tbz2": bz2.compress, ".txz": lzma.compress}[suffix]
    whole = pack(packed())
    for at in range(0, len(whole), max(len(whole) // 150, 1)):
        changed = bytearray(whole)
        changed[at] ^= 0x55
        (tmp_path / f"b{suffix}").write_bytes(changed)
        try:
            for ref in open_source(tmp_path / f"b{suffix}"):
                ref.load()
        except (SourceError, ImageError):
            pass
        ref = None


def header(name=b"a.jpg", size=b"00000000010\0", kind=b"0"):
    facts = bytearray(tarfile.TarInfo("a.jpg").tobuf(tarfile.USTAR_FORMAT))
    facts[:100], facts[124:136], facts[156:157] = name.ljust(100, b"\0"), size, kind
    facts[148:156] = b" " * 8
    facts[148:156] = f"{sum(facts):06o}\0 ".encode()
    return bytes(facts)


@pytest.mark.parametrize("kind", [b"x", b"L"])
def test_a_header_that_would_fill_memory_is_refused(tmp_path, kind):
    (tmp_path / "a.tar").write_bytes(header(size=b"77777777777\0", kind=kind) + bytes(4096))
    with pytest.raises(UnsafeArchive, match="a header in it states"):
        open_source(tmp_path / "a.tar")


@pytest.mark.parametrize("before", [b"", header(size=b"00000000000\0")])
def test_a_negative_size_leads_in_no_circle(tmp_path, before):
    (tmp_path / "a.tar").write_bytes(before + header(b"b.jpg", size=b"\xff" * 10 + b"\xfe\x00") + bytes(4096))
    with pytest.raises(UnsafeArchive, match=r"negative size|leads back"):
        open_source(tmp_path / "a.tar")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE])
def test_devices_and_holes_are_refused(tmp_path, kind):
    (tmp_path / "a.tar").write_bytes(header(kind=kind, size=b"00000000000\0") + bytes(4096))
    with pytest.raises(UnsafeArchive):
        open_source(tmp_path / "a.tar")
