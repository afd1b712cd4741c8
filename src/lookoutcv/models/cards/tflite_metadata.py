"""The metadata in a TFLite file: how its image is normalised, its colours, and what its outputs are called."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_NAME = b"TFLITE_METADATA"
_IDENTIFIER = b"M001"
# Places of fields in their tables, and kinds of unions: schema.fbs of TFLite, metadata_schema.fbs of its metadata.
_MODEL_BUFFERS, _MODEL_METADATA = 4, 6
_SUBGRAPHS, _INPUTS, _OUTPUTS = 3, 2, 3
_TENSOR_NAME, _TENSOR_CONTENT, _TENSOR_UNITS = 0, 3, 4
_NORMALISATION, _IMAGE, _BOXES = 1, 2, 3
_COLOURS = {1: "RGB", 2: "GREY"}
# More values than channels, outputs and sides of a box can be are none of these.
_MOST = 64


@dataclass(frozen=True)
class TFLiteMetadata:
    """What the metadata say; empty where they say nothing.

    Args:
        mean, std: What is taken off a pixel of 0 to 255, and divides then; one number, or one a channel.
        colour: `RGB` or `GREY`.
        outputs: Names of the outputs in their order: location, category, score ...
        box_order: Which side of a box is left, top, right and bottom: (1, 0, 3, 2) where top comes first.
        boxes_in_pixels: Whether boxes are in pixels; None where that is not said.
    """

    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    colour: str | None = None
    outputs: tuple[str, ...] = ()
    box_order: tuple[int, ...] | None = None
    boxes_in_pixels: bool | None = None


@dataclass(frozen=True)
class _Table:
    """A table of a FlatBuffer. Reading beyond its end raises struct.error."""

    data: bytes
    place: int
    fields: dict[int, int] = field(default_factory=dict)

    @classmethod
    def root(cls, data: bytes) -> _Table:
        return cls(data, _uint(data, 0))

    def at(self, number: int) -> int | None:
        """Where a field is; None where it is left out."""
        start = self.place - _read("<i", self.data, self.place)
        place = 4 + 2 * number
        if place + 2 > _read("<H", self.data, start):
            return None
        offset = _read("<H", self.data, start + place)
        return self.place + offset if offset else None

    def table(self, number: int) -> _Table | None:
        place = self.at(number)
        return None if place is None else _Table(self.data, place + _uint(self.data, place))

    def tables(self, number: int) -> Iterator[_Table]:
        for place in self._places(number, 4):
            yield _Table(self.data, place + _uint(self.data, place))

    def byte(self, number: int) -> int:
        place = self.at(number)
        return 0 if place is None else _read("<B", self.data, place)

    def numbers(self, number: int, form: str) -> tuple[float, ...]:
        return tuple(_read(form, self.data, place) for place in self._places(number, 4))

    def content(self, number: int) -> bytes:
        place = self.at(number)
        if place is None:
            return b""
        start = place + _uint(self.data, place)
        return self.data[start + 4 : start + 4 + _uint(self.data, start)]

    def _places(self, number: int, size: int) -> range:
        place = self.at(number)
        if place is None:
            return range(0)
        start = place + _uint(self.data, place)
        count = _uint(self.data, start)
        if start + 4 + count * size > len(self.data):
            raise struct.error("a list beyond the end")
        return range(start + 4, start + 4 + count * size, size)


def _read(form: str, data: bytes, place: int) -> int:
    if place < 0:
        raise struct.error("a place before the beginning")
    value: int = struct.unpack_from(form, data, place)[0]
    return value


def _uint(data: bytes, place: int) -> int:
    return _read("<I", data, place)


def tflite_metadata(model: bytes) -> TFLiteMetadata | None:
    """What a TFLite file says of its input and outputs.

    Args:
        model: The file.
    Returns:
        Empty where it has no metadata; None where they are damaged.
    Source: TensorFlow Lite, metadata_schema.fbs.
    Example:
        >>> tflite_metadata(b"") is None
        True
    """
    try:
        held = _held(_Table.root(model))
        return TFLiteMetadata() if held is None else _told(held)
    except (struct.error, UnicodeDecodeError, OverflowError):
        return None


def _held(model: _Table) -> _Table | None:
    """The root of the metadata, in one of the model's buffers."""
    for entry in model.tables(_MODEL_METADATA):
        if entry.content(0) == _NAME:
            place = entry.at(1)
            number = 0 if place is None else _uint(model.data, place)
            buffers = list(model.tables(_MODEL_BUFFERS))
            data = buffers[number].content(0) if number < len(buffers) else b""
            if data[4:8] != _IDENTIFIER:
                raise struct.error("not metadata")
            return _Table.root(data)
    return None


def _told(root: _Table) -> TFLiteMetadata:
    graph = next(root.tables(_SUBGRAPHS), None)
    if graph is None:
        return TFLiteMetadata()
    inputs, outputs = list(graph.tables(_INPUTS)), list(graph.tables(_OUTPUTS))[:_MOST]
    mean, std = _normalisation(inputs[0]) if len(inputs) == 1 else (None, None)
    boxes = next((form for form in (_content(one, _BOXES) for one in outputs) if form is not None), None)
    image = _content(inputs[0], _IMAGE) if len(inputs) == 1 else None
    return TFLiteMetadata(
        mean,
        std,
        None if image is None else _COLOURS.get(image.byte(0)),
        tuple(one.content(_TENSOR_NAME).decode() for one in outputs),
        None if boxes is None else _order(boxes.numbers(0, "<I")),
        None if boxes is None else boxes.byte(2) == 1,
    )


def _content(tensor: _Table, kind: int) -> _Table | None:
    content = tensor.table(_TENSOR_CONTENT)
    return content.table(1) if content is not None and content.byte(0) == kind else None


def _order(numbers: Sequence[float]) -> tuple[int, ...] | None:
    order = tuple(int(one) for one in numbers)
    return order if sorted(order) == [0, 1, 2, 3] else None


def _normalisation(tensor: _Table) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    for unit in tensor.tables(_TENSOR_UNITS):
        options = unit.table(1) if unit.byte(0) == _NORMALISATION else None
        if options is not None:
            mean, std = options.numbers(0, "<f"), options.numbers(1, "<f")
            if len(mean) in (1, 3) and len(std) in (1, 3) and all(std):
                return mean, std
    return None, None
