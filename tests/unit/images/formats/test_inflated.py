"""Bytes of zlib data, counted without holding them."""

import tracemalloc
import zlib

import pytest

from lookoutcv.images.formats.inflated import inflated_bytes


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 5 * 2**20])
@pytest.mark.parametrize("cut", [1, 7, 100_000])
def test_the_bytes_are_counted_however_they_are_cut(rng, size, cut):
    data = zlib.compress(rng.integers(0, 4, size).astype("u1").tobytes() if size < 2**21 else bytes(size))
    step = max(len(data) // cut, 1)
    assert inflated_bytes([data[i : i + step] for i in range(0, len(data), step)], 10 * 2**20) == size


def test_counting_ends_behind_what_there_should_be_and_holds_little():
    data = zlib.compress(bytes(2**28))
    tracemalloc.start()
    found = inflated_bytes([data], 2**24)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 2**24 < found <= 2**24 + 2**20
    assert peak < 2**23


def test_damage_is_an_error_and_a_checksum_that_is_cut_off_is_none():
    data = zlib.compress(bytes(1000))
    assert inflated_bytes([data[:-4]], 2000) == 1000
    with pytest.raises(zlib.error):
        inflated_bytes([data[:-1] + b"\2"], 2000)
