"""A stream is read to its end, however small the pieces are in which it comes."""

import io
import os
import tarfile
import threading
import zipfile

import fsspec
import numpy as np
import pytest

from lookoutcv.files import fetch
from lookoutcv.files.archives import members, read_member
from lookoutcv.files.storage import place_of
from lookoutcv.files.streams import read_up_to
from lookoutcv.files.tars import read_tar_member, tar_members
from lookoutcv.images import read, thumbnail
from lookoutcv.sources.text_files import small_file


class Drops(io.BytesIO):
    """Seven bytes at a time, as a slow line gives them."""

    def read(self, size=-1):
        return super().read(7 if size is None or size < 0 else min(size, 7))


class DropsSystem(fsspec.AbstractFileSystem):
    """A file system whose files are streams."""

    protocol = "drops"
    held: dict[str, bytes] = {}  # noqa: RUF012 - the server's disk

    def _open(self, path, mode="rb", **kwargs):
        return Drops(self.held[path])


@pytest.fixture
def drops():
    fsspec.register_implementation("drops", DropsSystem, clobber=True)
    yield DropsSystem.held
    DropsSystem.held.clear()


@pytest.mark.parametrize("most", [0, 1, 6, 7, 8, 99, 100, 101, 1000])
def test_all_bytes_up_to_the_bound(most):
    data = bytes(range(100))
    assert read_up_to(Drops(data), most) == data[:most]


def test_a_stream_that_has_nothing_yet_ends():
    class Silent(io.RawIOBase):
        def read(self, size=-1, /):
            return None

    assert read_up_to(Silent(), 5) == b""


def test_a_pipe_that_is_filled_slowly():
    reading, writing = os.pipe()

    def fill():
        with os.fdopen(writing, "wb", buffering=0) as out:
            for _ in range(50):
                out.write(b"abc")

    filler = threading.Thread(target=fill)
    filler.start()
    with os.fdopen(reading, "rb", buffering=0) as file:
        assert read_up_to(file, 1000) == b"abc" * 50
    filler.join()


def test_a_storage_that_gives_a_little_at_a_time(drops):
    drops["a.jpg"] = picture = thumbnail(np.full((60, 80, 3), 100, np.uint8))
    assert fetch("drops://a.jpg", 10**6) == place_of("drops://a.jpg").read(10**6) == picture
    assert len(fetch("drops://a.jpg", 20)) == len(place_of("drops://a.jpg").read(20)) == 21
    assert read("drops://a.jpg").pixels.shape == (60, 80, 3)


def test_files_that_give_a_little_at_a_time(tmp_path, monkeypatch):
    """Disks over the network may do so with files that are not buffered."""
    data = bytes(range(250)) * 4
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", data)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        (info := tarfile.TarInfo("d" * 150 + "/a")).size = len(data)
        archive.addfile(info, io.BytesIO(data))
    (tmp_path / "a.txt").write_bytes(data)

    class Opened(io.FileIO):
        def read(self, size=-1, /):
            return super().read(7 if size < 0 else min(size, 7))

    def opened(path, mode="r", buffering=-1, opener=None, **kwargs):
        return Opened(path, mode.replace("b", ""), opener=opener)

    listed = members(tmp_path / "a.zip")
    for module in ("files.tars", "files.archives", "sources.text_files"):
        monkeypatch.setattr(f"lookoutcv.{module}.open", opened, raising=False)
    (held,) = tar_members(tmp_path / "a.tar")
    assert read_tar_member(held) == read_member(listed[0]) == small_file(str(tmp_path / "a.txt")) == data


@pytest.mark.skipif(not os.path.isfile("/proc/self/status"), reason="files without a size are Linux's")
def test_a_file_that_states_no_size():
    assert b"VmSize" in (small_file("/proc/self/status") or b"")
