"""Compressed files in a row are one, wherever the pieces end in which they are read."""

import bz2
import gzip
import lzma
import random

import pytest

from lookoutcv.errors import UnreadableSource
from lookoutcv.files import unpacking
from lookoutcv.files.unpacking import Unpacked

PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
FIRST, SECOND = random.Random(1).randbytes(900), random.Random(2).randbytes(500)


def unpacked(path, data):
    path.write_bytes(data)
    held = Unpacked(str(path))
    with open(held.path, "rb") as file:
        return file.read()


@pytest.mark.parametrize("pack", PACK.values(), ids=PACK)
@pytest.mark.parametrize("beyond", [-1, 0, 1, 2, 5, 6])
@pytest.mark.parametrize("zeros", [0, 4, 4000])
def test_the_second_file_is_read_wherever_a_piece_ends(tmp_path, monkeypatch, pack, beyond, zeros):
    first = pack(FIRST)
    monkeypatch.setattr(unpacking, "_PIECE_BYTES", len(first) + beyond)
    assert unpacked(tmp_path / "a", first + bytes(zeros) + pack(SECOND)) == FIRST + SECOND


@pytest.mark.parametrize("pack", PACK.values(), ids=PACK)
@pytest.mark.parametrize("after", [b"", bytes(10_000), b"what a tape has behind it"])
def test_what_follows_and_is_no_compressed_file_is_left(tmp_path, pack, after):
    assert unpacked(tmp_path / "a", pack(FIRST) + after) == FIRST


@pytest.mark.parametrize("pack", PACK.values(), ids=PACK)
def test_a_second_file_that_is_cut_off_is_an_error(tmp_path, pack):
    with pytest.raises(UnreadableSource, match="cut off or damaged"):
        unpacked(tmp_path / "a", pack(FIRST) + pack(SECOND)[:-30])
