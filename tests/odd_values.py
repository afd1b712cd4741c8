"""Values that a caller may hand to a logger by mistake: what programs, libraries and data really bring, and worse."""

from __future__ import annotations

import array
import collections
import ctypes
import datetime as dt
import decimal
import enum
import fractions
import io
import itertools
import math
import pathlib
import sys
import threading
import types
import uuid
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from PIL import Image as PilImage


class Raises:
    """An object that raises whatever it is asked."""

    def __init__(self, error: type[BaseException]) -> None:
        object.__setattr__(self, "_error", error)

    def _raise(self, *_: Any, **__: Any) -> Any:
        raise object.__getattribute__(self, "_error")("odd \ud800")

    __str__ = __repr__ = __len__ = __iter__ = __float__ = __int__ = __index__ = __bool__ = __array__ = _raise
    __getitem__ = __eq__ = __lt__ = __gt__ = __contains__ = __fspath__ = __format__ = __buffer__ = _raise
    __array_interface__ = __array_struct__ = property(_raise)  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class RaisesForAttributes(Raises):
    """It has every attribute, and each raises."""

    def __getattr__(self, name: str) -> Any:
        return self._raise()


class HasNoClass:
    """Even what it is cannot be asked."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError("no class")


class HasEverything:
    """As a mock: any attribute is there, and is another such object."""

    def __getattr__(self, name: str) -> Any:
        return HasEverything() if not name.startswith("__") else object.__getattribute__(self, name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return HasEverything()


class BrokenMapping(collections.UserDict[str, Any]):
    """A mapping that counts one thing and gives another."""

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Iterator[str]:
        raise KeyError("gone")


class Text(str):
    """A text whose `encode` is somebody's own."""

    def encode(self, *_: Any, **__: Any) -> bytes:
        raise LookupError("no such encoding")


class Number(float):
    """A number that does not like to be formatted or compared."""

    def __format__(self, _: str) -> str:
        raise ValueError("no format")

    def __le__(self, _: Any) -> bool:
        raise ValueError("no order")

    __ge__ = __lt__ = __gt__ = __le__


class Colour(enum.Enum):
    """A class as programs name it."""

    RED = "red"


class Endless:
    """An iterable without an end, whose length is a lie."""

    def __iter__(self) -> Iterator[int]:
        return itertools.count()

    def __len__(self) -> int:
        return sys.maxsize


class Zone(dt.tzinfo):
    """A zone that does not know itself."""

    def utcoffset(self, _: dt.datetime | None) -> dt.timedelta:
        raise OverflowError("no offset")


def _itself() -> list[Any]:
    one: list[Any] = []
    one.append(one)
    return one


def _nested(depth: int) -> list[Any]:
    one: list[Any] = []
    for _ in range(depth):
        one = [one]
    return one


def _nested_mapping() -> dict[str, Any]:
    one: dict[str, Any] = {}
    for _ in range(5000):
        one = {"a": one}
    return one


def _closed() -> Any:
    file = io.BytesIO(b"abc")
    file.close()
    return file


def _closed_picture() -> Any:
    picture = PilImage.new("RGB", (4, 4))
    picture.close()
    return picture


def _released() -> Any:
    view = memoryview(b"abc")
    view.release()
    return view


def _gone() -> Any:
    class Short:
        pass

    return weakref.proxy(Short())


def _scalars() -> Iterator[tuple[str, Callable[[], Any]]]:
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"),
    ):
        yield f"numpy {name}", lambda name=name: np.dtype(name).type(1)  # type: ignore[misc]
        yield f"numpy array of {name}", lambda name=name: np.ones((2, 2), name)  # type: ignore[misc]
    yield "numpy str", lambda: np.str_("cat\0")
    yield "numpy bytes", lambda: np.bytes_(b"cat")
    yield "numpy void", lambda: np.void(b"abc")
    yield "numpy time", lambda: np.datetime64("2026-05-04T12:00")
    yield "numpy NaT", lambda: np.datetime64("NaT")
    yield "numpy time far away", lambda: np.datetime64(2**62, "s")
    yield "numpy span", lambda: np.timedelta64(3, "D")


def _arrays() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "array of objects", lambda: np.array([object(), None, "a"], dtype=object)
    yield "array of texts", lambda: np.array(["cat", "dog\ud800"])
    yield "array of records", lambda: np.zeros(3, dtype=[("a", "i4"), ("b", "f8")])
    yield "array of times", lambda: np.array(["2026-01-01", "NaT"], dtype="datetime64[s]")
    yield "array without dimensions", lambda: np.array(0.5)
    yield "array without elements", lambda: np.zeros(0)
    yield "array of no rows", lambda: np.zeros((0, 7, 3), np.uint8)
    yield "array of no channels", lambda: np.zeros((4, 4, 0), np.uint8)
    yield "array of seven dimensions", lambda: np.zeros((1,) * 7)
    yield "array of two channels", lambda: np.zeros((4, 4, 2), np.uint8)
    yield "array of NaN", lambda: np.full((4, 4, 3), np.nan)
    yield "array of infinities", lambda: np.array([np.inf, -np.inf, 0.5])
    yield "array of huge numbers", lambda: np.full((2, 3), 1e300)
    yield "array in the other byte order", lambda: np.ones((2, 4), ">f8")
    yield "array that may not be written", lambda: np.broadcast_to(np.float32(0.5), (2, 2))
    yield "array turned about", lambda: np.ones((4, 6, 3), np.uint8)[::-1, ::-2]
    yield "masked array", lambda: np.ma.masked_array([[0.5, 0.5]], mask=[[True, False]])
    yield "masked constant", lambda: np.ma.masked
    yield "matrix", lambda: np.eye(2).view(np.matrix)
    yield "lists of unlike length", lambda: [[1, 2, 3, 4], [1, 2]]
    yield "lists of anything", lambda: [1, "a", None, [2], {"b": 3}]
    yield "Arrow array", lambda: pa.array([0.25, None, 0.75])
    yield "Arrow table", lambda: pa.table({"a": [1, 2]})
    yield "Arrow scalar", lambda: pa.scalar("cat")
    yield "series", lambda: pd.Series([0.5, None])
    yield "data frame", lambda: pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    yield "missing value", lambda: pd.NA
    yield "missing time", lambda: pd.NaT
    yield "categories", lambda: pd.Categorical(["cat", "dog"])
    yield "timestamp", lambda: pd.Timestamp("2026-05-04", tz="Europe/Berlin")
    yield "array.array", lambda: array.array("d", [0.5, 0.5])
    yield "ctypes array", lambda: (ctypes.c_float * 4)(0, 0, 1, 1)
    yield "ctypes number", lambda: ctypes.c_double(0.5)


def _pictures() -> Iterator[tuple[str, Callable[[], Any]]]:
    for mode in (
        "1",
        "L",
        "LA",
        "La",
        "P",
        "PA",
        "RGBA",
        "RGBa",
        "RGBX",
        "CMYK",
        "YCbCr",
        "LAB",
        "HSV",
        "I",
        "I;16",
        "F",
    ):
        yield f"picture of mode {mode}", lambda mode=mode: PilImage.new(mode, (5, 3))  # type: ignore[misc]
    yield "picture of nothing", lambda: PilImage.new("RGB", (0, 0))
    yield "picture that is closed", _closed_picture


def _texts() -> Iterator[tuple[str, Any]]:
    yield "no text", ""
    yield "blanks", " \t\n "
    yield "half a character", "\ud800"
    yield "half a character within", "a\udfffb"
    yield "NUL", "a\0b"
    yield "control characters", "\x1b[31m\r\n\x07"
    yield "right to left", "\u202egnp.exe"
    yield "emoji", "👩‍👩‍👧 \U0010ffff"
    yield "10 MB of text", "x" * 10_000_000
    yield "10 MB of half characters", "\ud800" * 10_000_000
    yield "quotes", "'\"`;--"
    yield "a path upwards", "../../etc/passwd"
    yield "a URL", "https://example.invalid/a.jpg?token=x"
    yield "a device", "/dev/zero" if sys.platform != "win32" else "NUL"
    yield "a formula", "=1+1"
    yield "nan as text", "nan"
    yield "bytes", b"cat"
    yield "bytes of no text", b"\xff\xfe\x00"
    yield "10 MB of bytes", bytes(10_000_000)
    yield "bytearray", bytearray(b"cat")
    yield "view", memoryview(b"cat")
    yield "view of two dimensions", memoryview(np.zeros((2, 3), np.uint8))
    yield "view of floats", memoryview(np.zeros(3))


def _numbers() -> Iterator[tuple[str, Any]]:
    yield "true", True
    yield "zero", 0
    yield "less than zero", -1
    yield "far less than zero", -(2**63) - 1
    yield "beyond 64 bits", 2**64
    yield "a thousand digits", 10**1000
    yield "ten thousand digits", 10**10_000
    yield "NaN", math.nan
    yield "infinity", math.inf
    yield "less than infinity", -math.inf
    yield "beyond float32", 1e300
    yield "hardly anything", 5e-324
    yield "minus zero", -0.0
    yield "percent", 93.0
    yield "complex", 1 + 2j
    yield "decimal", decimal.Decimal("0.93")
    yield "decimal NaN", decimal.Decimal("sNaN")
    yield "decimal far away", decimal.Decimal("1E+999999")
    yield "fraction", fractions.Fraction(1, 3)
    yield "range", range(4)
    yield "range of everything", range(10**12)


def _moments() -> Iterator[tuple[str, Any]]:
    yield "first moment", dt.datetime.min
    yield "last moment", dt.datetime.max.replace(tzinfo=dt.UTC)
    yield "last moment elsewhere", dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-23)))
    yield "moment in a broken zone", dt.datetime(2026, 1, 1, tzinfo=Zone())
    yield "date", dt.date(2026, 5, 4)
    yield "time of day", dt.time(12)
    yield "span", dt.timedelta(days=1)
    yield "moment of the year 2300", dt.datetime(2300, 1, 1, tzinfo=dt.UTC)


def _objects() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "nothing", lambda: None
    yield "ellipsis", lambda: ...
    yield "not implemented", lambda: NotImplemented
    yield "object", object
    yield "class", lambda: dict
    yield "function", lambda: len
    yield "module", lambda: math
    yield "exception", lambda: ValueError("odd")
    yield "lock", threading.Lock
    yield "enumeration", lambda: Colour.RED
    yield "uuid", lambda: uuid.UUID(int=1)
    yield "path", lambda: pathlib.PurePosixPath("a/b.jpg")
    yield "namespace", lambda: types.SimpleNamespace(width="wide", height=None, shape=3)
    yield "named tuple", lambda: collections.namedtuple("Box", "x y w h")(1, 2, 3, 4)
    yield "raises", lambda: Raises(RuntimeError)
    yield "raises KeyError", lambda: Raises(KeyError)
    yield "raises MemoryError", lambda: Raises(MemoryError)
    yield "raises RecursionError", lambda: Raises(RecursionError)
    yield "raises StopIteration", lambda: Raises(StopIteration)
    yield "raises UnicodeError", lambda: Raises(UnicodeError)
    yield "raises for attributes", lambda: RaisesForAttributes(RuntimeError)
    yield "has no class", HasNoClass
    yield "has everything", HasEverything
    yield "own text", lambda: Text("own ü")
    yield "own number", lambda: Number(0.5)
    yield "gone", _gone


def _several() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "generator", lambda: (n for n in range(3))
    yield "spent iterator", lambda: iter(())
    yield "endless iterator", lambda: itertools.repeat(0.5)
    yield "endless iterable", Endless
    yield "map", lambda: map(float, ["a"])
    yield "list of nothing", list
    yield "list of Nones", lambda: [None, None]
    yield "list that holds itself", _itself
    yield "lists in lists", lambda: _nested(60)
    yield "lists in lists without end", lambda: _nested(50_000)
    yield "mappings in mappings", _nested_mapping
    yield "tuple", lambda: (0.5, 0.5)
    yield "set", lambda: {1, 2}
    yield "deque", lambda: collections.deque([0.5])
    yield "mapping", lambda: {"cat": 0.5}
    yield "mapping of odd keys", lambda: {None: 1, 2: None, (3,): "a", "\ud800": "\udfff", "": ""}
    yield "mapping of many keys", lambda: {f"k{n}": n for n in range(2000)}
    yield "mapping that is broken", BrokenMapping
    yield "mapping that may not be written", lambda: types.MappingProxyType({"site": "north"})
    yield "default mapping", lambda: collections.defaultdict(list, {"a": [1]})
    yield "mapping of what raises", lambda: {"a": Raises(RuntimeError)}
    yield "list of what raises", lambda: [Raises(RuntimeError)]
    yield "file that is closed", _closed
    yield "view that is released", _released
    yield "run lengths without an end", lambda: {"size": [10**6, 10**6], "counts": [10**12]}
    yield "run lengths of nonsense", lambda: {"size": "ab", "counts": object()}
    yield "run lengths of less than nothing", lambda: {"size": [-1, -1], "counts": [1]}
    yield "a text of run lengths", lambda: {"size": [4, 4], "counts": "\uffff" * 9}


def _tensors() -> Iterator[tuple[str, Callable[[], Any]]]:
    try:
        import torch
    except ImportError:
        return
    yield "tensor", lambda: torch.ones(4)
    yield "tensor with a graph", lambda: torch.ones(2, 2, requires_grad=True) * 2
    yield "tensor of halves", lambda: torch.ones(2, dtype=torch.float16)
    yield "tensor of bfloat16", lambda: torch.ones(2, dtype=torch.bfloat16)
    yield "tensor without data", lambda: torch.ones(2, device="meta")
    yield "tensor of little", lambda: torch.ones(2).to_sparse()
    yield "tensor of one", lambda: torch.tensor(1)
    yield "tensor of no elements", lambda: torch.zeros(0, 4)


def odd_values() -> Mapping[str, Callable[[], Any]]:
    """Each by its name, made when it is asked for: some can be used once only."""
    values: dict[str, Callable[[], Any]] = {}
    for name, value in itertools.chain(_texts(), _numbers(), _moments()):
        values[name] = lambda value=value: value  # type: ignore[misc]
    for name, make in itertools.chain(_scalars(), _arrays(), _pictures(), _objects(), _several(), _tensors()):
        assert name not in values
        values[name] = make
    return values
