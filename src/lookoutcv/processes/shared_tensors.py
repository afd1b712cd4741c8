"""Tensors that go from one process to another: through memory that both see, or in the message itself.

The other process may be hostile. Nothing is unpickled: a tensor is its dtype, its sides and its place, all checked
against what is there. Memory that both see is sealed, for a process that shortened it would end the other one; what is
read out of it is copied first, so that it does not change while it is looked at.
"""

from __future__ import annotations

import mmap
import os
import struct
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from lookoutcv.byte_sizes import byte_size

Tensor = np.ndarray[Any, Any]

DTYPES = (
    *("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"),
    *("float16", "float32", "float64"),
)
_DTYPES = [np.dtype(name) for name in DTYPES]
_CODES = {dtype: code for code, dtype in enumerate(_DTYPES)}
_MOST_TENSORS = 4096
_MOST_SIDES = 16
_ENTRY = struct.Struct("<BBQ")
_ALIGNED = 64
_SEALS = 0x1 | 0x2 | 0x4  # no more seals, no shrinking, no growing
_ADD_SEALS = 1033


class SharedRoom:
    """Memory that two processes see; it takes none before it is written to.

    Args:
        file: Its descriptor, which the other process gets.
        size: Bytes.
    """

    def __init__(self, file: int, size: int) -> None:
        self.file, self.size = file, size
        self._map = mmap.mmap(file, size)
        self.bytes: Tensor = np.frombuffer(self._map, np.uint8)
        self._address = self.bytes.ctypes.data
        weakref.finalize(self, os.close, file).atexit = False

    @classmethod
    def create(cls, size: int) -> SharedRoom | None:
        """A new one; None where the system has no memory that can be sealed, or no room for it."""
        if not hasattr(os, "memfd_create"):
            return None
        import fcntl  # noqa: PLC0415 - Windows has none

        file = -1
        try:
            file = os.memfd_create("lookoutcv", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            os.ftruncate(file, size)
            fcntl.fcntl(file, _ADD_SEALS, _SEALS)
            return cls(file, size)
        except (OSError, ValueError):
            if file >= 0:
                os.close(file)
            return None

    def empty(self, shape: Sequence[int], dtype: Any) -> Tensor | None:
        """An array in it, from its beginning; None where it is too small."""
        count = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        return None if count > self.size else self.bytes[:count].view(dtype).reshape(shape)

    def place_of(self, tensor: Tensor) -> int | None:
        """Where in it a tensor lies; None where it lies elsewhere."""
        place = int(tensor.__array_interface__["data"][0]) - self._address
        return place if place >= 0 and place + tensor.nbytes <= self.size and tensor.flags.c_contiguous else None


def packed(tensors: Iterable[Tensor], room: SharedRoom | None) -> list[bytes | memoryview]:
    """The parts of a message that holds tensors.

    Args:
        tensors: Of `DTYPES`; each is put away before the next is taken.
        room: They are put there, unless they lie there; None to put them into the message.
    Raises:
        ValueError: They do not fit, are too many, or one is of another dtype.
    """
    head: list[bytes] = []
    body: list[bytes | memoryview] = []
    free = 0
    for given in tensors:
        code = _CODES.get(given.dtype)
        if code is None:
            raise ValueError(f"an array of {given.dtype} is no tensor of numbers")
        tensor = given if given.flags.c_contiguous else np.ascontiguousarray(given)
        place = free
        if room is None:
            body.append(tensor.reshape(-1).view(np.uint8).data if tensor.size else b"")
        else:
            there = room.place_of(tensor)
            place = free if there is None else there
            if there is None:
                _put(tensor, room, free)
        free = (
            -(-(max(free, place) + tensor.nbytes) // _ALIGNED) * _ALIGNED if room is not None else free + tensor.nbytes
        )
        head.append(_ENTRY.pack(code, tensor.ndim, place))
        head.append(struct.pack(f"<{tensor.ndim}Q", *tensor.shape))
        if len(head) > 2 * _MOST_TENSORS:
            raise ValueError(f"more than {_MOST_TENSORS:,} tensors")
    return [struct.pack("<H", len(head) // 2), *head, *body]


def _put(tensor: Tensor, room: SharedRoom, place: int) -> None:
    if place + tensor.nbytes > room.size:
        raise ValueError(f"tensors of more than {byte_size(room.size)}")
    room.bytes[place : place + tensor.nbytes] = tensor.reshape(-1).view(np.uint8)


def unpacked(message: memoryview, room: SharedRoom | None) -> list[Tensor]:
    """The tensors of a message, where they lie: the other process can still change them, see `private`.

    Args:
        message: What `packed` made, or what a hostile process made.
        room: Where they lie; None where the message holds them.
    Raises:
        ValueError: It is no such message, or speaks of what is not there.
    """
    try:
        (count,) = struct.unpack_from("<H", message)
        if count > _MOST_TENSORS:
            raise ValueError("too many tensors")
        entries = list(_entries(message, count))
    except struct.error as reason:
        raise ValueError("no whole message") from reason
    start = 2 + sum(_ENTRY.size + 8 * len(shape) for _, shape, _ in entries)
    area = np.frombuffer(message, np.uint8)[start:] if room is None else room.bytes
    tensors, left = [], len(area)
    for dtype, shape, place in entries:
        size = dtype.itemsize
        for side in shape:
            size *= side
        left -= size
        # Many that lie in the same place would be many times as much when they are copied.
        if place + size > len(area) or left < 0:
            raise ValueError("tensors that are larger than what was sent")
        tensors.append(area[place : place + size].view(dtype).reshape(shape))
    return tensors


def private(tensor: Tensor) -> Tensor:
    """A tensor's copy, which nobody else can change."""
    # A byte that is neither yes nor no would make NumPy count more of them than there are.
    return tensor.view(np.uint8) != 0 if tensor.dtype == np.bool_ else tensor.copy()


def _entries(message: memoryview, count: int) -> Iterator[tuple[Any, tuple[int, ...], int]]:
    at = 2
    for _ in range(count):
        code, sides, place = _ENTRY.unpack_from(message, at)
        if code >= len(_DTYPES) or sides > _MOST_SIDES:
            raise ValueError("no dtype of a tensor, or too many sides")
        shape = struct.unpack_from(f"<{sides}Q", message, at + _ENTRY.size)
        at += _ENTRY.size + 8 * sides
        yield _DTYPES[code], shape, place
