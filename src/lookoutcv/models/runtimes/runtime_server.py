"""The process in which a model's file is opened and run: it answers what `confined_runtime` asks."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lookoutcv.models.formats.base import ModelFormat, NotTensor, Runtime, RuntimeOptions, as_tensor
from lookoutcv.models.runtimes.runtime_messages import FAILED, OPEN, OPENED, RAN, error_json, facts_json
from lookoutcv.plugins import plugin_from
from lookoutcv.processes.frames import Frames
from lookoutcv.processes.shared_tensors import SharedRoom, packed, unpacked

_MOST_REQUEST_BYTES = 1 << 31
LENGTH = struct.Struct("<I")


def serve(task: Mapping[str, Any], frames: Frames, rooms: Sequence[SharedRoom | None]) -> None:
    """Open a model's file when asked to, and run it on each batch that comes.

    Args:
        task: The format and where it is from, the file, the options, and what holds here (see `confine`).
        frames: Where it is asked.
        rooms: Where batches lie, and where outputs are put; None where both are in the messages.
    """
    server = _Server(task, rooms)
    while True:
        kind, message = frames.receive(_MOST_REQUEST_BYTES)
        try:
            answer = server.opened() if kind == OPEN else server.ran(message)
        except Exception as reason:  # a runtime, or a plugin: anything may happen
            answer = FAILED, [error_json(reason)]
        frames.send(*answer)


class _Server:
    def __init__(self, task: Mapping[str, Any], rooms: Sequence[SharedRoom | None]) -> None:
        self._task, self._rooms = task, rooms
        self._runtime: Runtime | None = None
        self._told = b""

    def opened(self) -> tuple[int, list[bytes | memoryview]]:
        task = self._task
        options = RuntimeOptions(**task["options"])
        self._runtime = plugin_from(task["origin"], task["format"], ModelFormat).open(Path(task["path"]), options)
        self._told = facts_json(self._runtime)
        return OPENED, [LENGTH.pack(len(self._told)), self._told, json.dumps(task["holds"]).encode()]

    def ran(self, message: memoryview) -> tuple[int, list[bytes | memoryview]]:
        assert self._runtime is not None
        (batch,) = unpacked(message, self._rooms[0], copied=False)
        outputs = [as_tensor(output) for output in self._runtime.run(batch)]
        foreign = {index: one.what for index, one in enumerate(outputs) if isinstance(one, NotTensor)}
        head: dict[str, Any] = {"foreign": foreign} if foreign else {}
        # ONNX gives the names of its classes with its first answer.
        facts = facts_json(self._runtime)
        if facts != self._told:
            self._told = facts
            head["facts"] = json.loads(facts)
        written = json.dumps(head).encode() if head else b""
        tensors = [one for one in outputs if not isinstance(one, NotTensor)]
        return RAN, [LENGTH.pack(len(written)), written, *packed(tensors, self._rooms[1])]
