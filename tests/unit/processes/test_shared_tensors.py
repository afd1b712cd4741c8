"""Tensors from one process to another: through shared memory or in the message, and messages that lie."""

from __future__ import annotations

import os
import struct
from typing import Any

import numpy as np
import pytest

from lookoutcv.byte_sizes import byte_size
from lookoutcv.processes.shared_tensors import DTYPES, SharedRoom, packed, private, unpacked

SIZE = 1 << 16


@pytest.fixture(params=["shared memory", "the message"])
def room(request: pytest.FixtureRequest) -> SharedRoom | None:
    if request.param == "the message":
        return None
    made = SharedRoom.create(SIZE)
    if made is None:
        pytest.skip("no memory here that can be sealed")
    return made


def sent(tensors: list[Any], room: SharedRoom | None) -> memoryview:
    return memoryview(b"".join(packed(tensors, room)))


def test_tensors_come_as_they_went(room: SharedRoom | None, rng: np.random.Generator) -> None:
    tensors = [rng.integers(0, 2, (3, 4)).astype(dtype) for dtype in DTYPES]
    tensors += [np.float32(7).reshape(()), np.zeros((0, 4), np.int8), np.arange(24.0).reshape(2, 3, 4).T]
    for one, other in zip(unpacked(sent(tensors, room), room), tensors, strict=True):
        np.testing.assert_array_equal(one, other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        copy = private(one)
        np.testing.assert_array_equal(copy, other)
        assert copy.dtype == other.dtype
        assert not copy.size or not np.shares_memory(copy, one)


@pytest.mark.parametrize("tensor", [np.array(["a"]), np.array([None]), np.zeros(2, complex), np.zeros(2, "M8[s]")])
def test_other_arrays_are_refused(room: SharedRoom | None, tensor: Any) -> None:
    with pytest.raises(ValueError, match="is no tensor of numbers"):
        packed([tensor], room)


def test_what_lies_there_already_is_not_copied() -> None:
    room = SharedRoom.create(SIZE)
    if room is None:
        pytest.skip("no memory here that can be sealed")
    batch = room.empty((4, 8), np.float32)
    assert batch is not None
    assert room.empty((SIZE,), np.float32) is None
    batch[:] = np.arange(32).reshape(4, 8)
    (found,) = unpacked(sent([batch[2:3]], room), room)
    assert (found == np.arange(16, 24)).all()
    assert np.shares_memory(found, batch)
    for change in (lambda: os.ftruncate(room.file, 1), lambda: os.ftruncate(room.file, 2 * SIZE)):
        with pytest.raises(PermissionError):
            change()


def test_what_does_not_fit_is_refused() -> None:
    room = SharedRoom.create(SIZE)
    if room is not None:
        with pytest.raises(ValueError, match=f"tensors of more than {byte_size(SIZE)}"):
            packed([np.zeros(SIZE, np.uint8), np.zeros(1, np.uint8)], room)


def entry(code: int, place: int, *shape: int) -> bytes:
    return struct.pack("<BBQ", code, len(shape), place) + struct.pack(f"<{len(shape)}Q", *shape)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x01",
        struct.pack("<H", 1),
        struct.pack("<H", 9999),
        struct.pack("<H", 1) + entry(99, 0, 4),
        struct.pack("<H", 1) + entry(10, 0, *[1] * 17),
        struct.pack("<H", 1) + entry(10, 0, SIZE),
        struct.pack("<H", 1) + entry(1, SIZE, 1),
        struct.pack("<H", 1) + entry(1, 1 << 63, 1 << 63),
        struct.pack("<H", 1) + entry(1, 0, 1 << 40, 1 << 40),
        # As much as there is, many times over.
        struct.pack("<H", 3) + entry(1, 0, SIZE) * 3,
    ],
)
def test_messages_that_lie_are_refused(room: SharedRoom | None, message: bytes) -> None:
    with pytest.raises(ValueError, match=r"message|tensor|large"):
        unpacked(memoryview(message), room)


def test_yes_and_no_are_nothing_else() -> None:
    message = memoryview(struct.pack("<H", 1) + entry(0, 0, 4) + bytes([0, 1, 2, 255]))
    (found,) = unpacked(message, None)
    assert private(found).view(np.uint8).tolist() == [0, 1, 1, 1]


def test_more_tensors_than_are_taken_are_refused_where_they_are_made() -> None:
    with pytest.raises(ValueError, match="more than 4,096 tensors"):
        packed((np.zeros(1, np.uint8) for _ in range(70_000)), None)
