"""Calls as JSON and a block of bytes, and back: for those that wait so long that they are written as they were made.

Plain values are what they are; an array is its place in the block with its type and shape; predictions and times are
mappings with a key of ours, which stands at the beginning and is another each time: no caller's mapping has it. What
has no such form is left out, and named in the call's problems.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from lookoutcv.adapters import adapted
from lookoutcv.log.one_call.call_queue import Call
from lookoutcv.log.one_call.call_values import Labels
from lookoutcv.log.one_call.parse_predictions import BoxArguments, ModelResult
from lookoutcv.predictions import Classification, Detections, Embedding, Segmentation, Task
from lookoutcv.predictions.tensors import plain

_KEY_LENGTH = 32
_PREDICTIONS: dict[str, Any] = {kind.__name__: kind for kind in (Classification, Detections, Embedding, Segmentation)}
_NOT_KEPT = "left out when its process was killed: "


def encoded_calls(calls: Sequence[Call], task: Task, labels: Labels) -> tuple[str, pa.Buffer]:
    """Calls as JSON, and the arrays that they refer to.

    Args:
        calls: As they were made. Their images are not kept.
        task: Of the logger.
        labels: Of its classes.
    """
    encoder = _Encoder(task, labels)
    try:
        text = json.dumps([_parts(call) for call in calls], default=encoder.form)
    except Exception:  # one value that has no form must not cost the others
        encoder = _Encoder(task, labels)
        text = f"[{', '.join(encoder.careful(call) for call in calls)}]"
    return encoder.key + text, pa.py_buffer(b"".join(encoder.blocks))


def decoded_calls(text: str, arrays: memoryview) -> Iterable[tuple[int, Call]]:
    """Calls, and the how-manieth of its writer each is.

    Raises:
        ValueError, TypeError, KeyError: They are none.
    """
    key = text[:_KEY_LENGTH]
    for place, sequence, clock_ns, had_image, details, problems, arguments in json.loads(
        text[_KEY_LENGTH:], object_hook=lambda value: _value(value, key, arrays)
    ):
        made = tuple(arguments) if isinstance(arguments, list) else arguments
        call = Call(sequence, clock_ns, made, None, 0, False, details, image_dropped=had_image)
        call.problems = tuple(problems)
        yield place, call


def _parts(call: Call) -> list[Any]:
    details, image = call.details, call.image
    if details["name"] is None and isinstance(image, str):
        details = {**details, "name": image}
    had_image = call.had_image or call.image_dropped or image is not None
    return [call.place, call.sequence, call.clock_ns, had_image, details, call.problems, call.arguments]


class _Encoder:
    """What JSON does not know, in forms of ours; the bytes of arrays are kept aside."""

    def __init__(self, task: Task, labels: Labels) -> None:
        self._task, self._labels = task, labels
        self.key = secrets.token_hex(_KEY_LENGTH // 2)
        self.blocks: list[memoryview | bytes] = []
        self._end = 0

    def form(self, value: Any) -> Any:
        """A value that JSON does not know as one that it knows."""
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, ModelResult):
            return {self.key: "result", "result": self._prediction(value.result), "confidence": value.confidence}
        if isinstance(value, BoxArguments):
            return {self.key: "boxes", "corners": value.corners, "boxes": value.boxes}
        if isinstance(value, np.generic):
            return str(value) if value.dtype.kind in "mM" else value.item()
        if isinstance(value, datetime | date):
            return {self.key: "time", "text": value.isoformat()}
        if isinstance(value, bytes | bytearray | memoryview):
            return {self.key: "bytes", **self._block(bytes(value))}
        if isinstance(value, PurePath):
            return str(value)
        if hasattr(value, "__array__"):
            return self._array(np.asarray(plain(value)))
        raise TypeError(type(value).__name__)

    def careful(self, call: Call) -> str:
        """A call, each value of it by itself; those without a form are left out and named."""
        place, sequence, clock_ns, had_image, details, problems, arguments = _parts(call)
        problems = list(problems)
        kept = {name: self._kept(value, name, problems) for name, value in details.items()}
        if isinstance(arguments, tuple):
            made = json.dumps([json.loads(self._kept(value, "a value", problems)) for value in arguments])
        else:
            made = self._kept(arguments, "the prediction", problems)
        inner = ", ".join(f"{json.dumps(name)}: {value}" for name, value in kept.items())
        head = json.dumps([place, sequence, clock_ns, had_image])[1:-1]
        return f"[{head}, {{{inner}}}, {json.dumps(problems)}, {made}]"

    def _kept(self, value: Any, name: str, problems: list[str]) -> str:
        try:
            return json.dumps(value, default=self.form)
        except Exception:  # what a caller's own class raises
            problems.append(f"{name} was {_NOT_KEPT}{type(value).__name__}")
            return "null"

    def _array(self, array: Any) -> dict[str, Any]:
        if array.dtype.hasobject:
            return {self.key: "list", "values": array.tolist()}
        own = np.ascontiguousarray(array)
        form = {"dtype": own.dtype.str, "shape": array.shape}
        return {self.key: "array", **form, **self._block(own.reshape(-1).view(np.uint8).data if own.size else b"")}

    def _block(self, data: memoryview | bytes) -> dict[str, int]:
        start, self._end = self._end, self._end + len(data)
        self.blocks.append(data)
        return {"start": start, "end": self._end}

    def _prediction(self, result: Any) -> dict[str, Any]:
        prediction = adapted(result, self._task, self._labels)
        return {self.key: "prediction", "kind": type(prediction).__name__, "fields": vars(prediction)}


_Form = Literal["array", "bytes", "list", "time", "boxes", "prediction", "result"]


def _value(value: dict[str, Any], key: str, arrays: memoryview) -> Any:
    kind: _Form | None = value.get(key)
    match kind:
        case "array":
            flat = np.frombuffer(arrays[value["start"] : value["end"]], np.dtype(value["dtype"]))
            return flat.reshape(value["shape"])
        case "bytes":
            return bytes(arrays[value["start"] : value["end"]])
        case "list":
            return value["values"]
        case "time":
            return value["text"]
        case "boxes":
            return BoxArguments(tuple(value["corners"]), value["boxes"])
        case "prediction":
            fields = {
                name: tuple(one) if name == "labels" and isinstance(one, list) else one
                for name, one in value["fields"].items()
            }
            return _PREDICTIONS[value["kind"]](**fields)
        case "result":
            return ModelResult(value["result"], value["confidence"])
        case _:
            return value
