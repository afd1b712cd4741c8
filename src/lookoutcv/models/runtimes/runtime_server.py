"""The process in which a model's file is opened and run: it answers what `confined_runtime` asks."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lookoutcv.models.formats.base import ModelFormat, NotTensor, Runtime, RuntimeOptions, Tensor, as_tensor
from lookoutcv.models.runtimes.memory_bound import needed_bytes
from lookoutcv.models.runtimes.runtime_failures import lacks_memory, without_memory
from lookoutcv.models.runtimes.runtime_messages import FAILED, OPEN, OPENED, RAN, RUN_EACH, facts_json
from lookoutcv.plugins import plugin_from
from lookoutcv.processes.confinement import allow_memory
from lookoutcv.processes.frames import Frames
from lookoutcv.processes.shared_tensors import SharedRoom, packed, unpacked
from lookoutcv.processes.told_errors import error_json

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
            answer = server.opened() if kind == OPEN else server.ran(message, each=kind == RUN_EACH)
        except Exception as reason:  # a runtime, or a plugin: anything may happen
            answer = FAILED, [error_json(server.explained(reason, opening=kind == OPEN))]
        frames.send(*answer)


class _Server:
    def __init__(self, task: Mapping[str, Any], rooms: Sequence[SharedRoom | None]) -> None:
        self._task, self._rooms = task, rooms
        self._runtime: Runtime | None = None
        self._learnt: tuple[Any, ...] = ()
        self._bound_bytes = allow_memory(0)

    def opened(self) -> tuple[int, list[bytes | memoryview]]:
        task = self._task
        options = RuntimeOptions(**task["options"])
        self._runtime = plugin_from(task["origin"], task["format"], ModelFormat).open(Path(task["path"]), options)
        told = facts_json(self._runtime)
        self._learnt = _learnt(self._runtime)
        return OPENED, [LENGTH.pack(len(told)), told, json.dumps(task["holds"]).encode()]

    def ran(self, message: memoryview, *, each: bool) -> tuple[int, list[bytes | memoryview]]:
        assert self._runtime is not None
        (batch,) = unpacked(message, self._rooms[0])
        self._bound_bytes = allow_memory(needed_bytes(self._task["file_bytes"], batch.size))
        parts = [batch[index : index + 1] for index in range(len(batch))] if each else [batch]
        foreign: dict[int, str] = {}
        tensors = packed(self._outputs(parts, foreign), self._rooms[1])
        head: dict[str, Any] = {"foreign": foreign} if foreign else {}
        # ONNX gives the names of its classes with its first answer, TorchScript those of its outputs.
        learnt = _learnt(self._runtime)
        if any(one is not other and one != other for one, other in zip(learnt, self._learnt, strict=True)):
            self._learnt = learnt
            head["facts"] = json.loads(facts_json(self._runtime))
        written = json.dumps(head).encode() if head else b""
        return RAN, [LENGTH.pack(len(written)), written, *tensors]

    def explained(self, reason: Exception, *, opening: bool) -> Exception:
        """What to say of an exception: of one for want of memory how much there was, else itself."""
        if self._bound_bytes is None or not lacks_memory(reason):
            return reason
        return without_memory(self._task["path"], self._bound_bytes, opening=opening)

    def _outputs(self, parts: Sequence[Tensor], foreign: dict[int, str]) -> Iterator[Tensor]:
        """The outputs for each part, one after the other; what is no tensor is noted by its place instead."""
        assert self._runtime is not None
        place = 0
        for part in parts:
            for output in map(as_tensor, self._runtime.run(part)):
                if isinstance(output, NotTensor):
                    foreign[place] = output.what
                else:
                    yield output
                place += 1


def _learnt(runtime: Runtime) -> tuple[Any, ...]:
    """What a runtime may know only after its first answer."""
    return runtime.labels, getattr(runtime, "class_names", None), getattr(runtime, "notes", ())
