"""An opened model whose runtime has a process of its own."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import ModelFormat, NotTensor, RuntimeOptions, Tensor, TensorInfo, registry
from lookoutcv.models.runtimes.memory_bound import needed_bytes
from lookoutcv.models.runtimes.runtime_failures import another_file, died, given_up, no_process, unloaded, unopened
from lookoutcv.models.runtimes.runtime_messages import (
    FAILED,
    OPEN,
    OPENED,
    RAN,
    RUN,
    RUN_EACH,
    RuntimeFacts,
    facts_from,
)
from lookoutcv.models.runtimes.runtime_server import LENGTH
from lookoutcv.processes.confined_process import ConfinedProcess, NoProcessError, ProcessEndedError
from lookoutcv.processes.machine import available_bytes
from lookoutcv.processes.shared_tensors import packed, private, unpacked
from lookoutcv.processes.told_errors import error_from

_log = logging.getLogger(__name__)

_SERVER = "lookoutcv.models.runtimes.runtime_server"
# Torch takes a second to be imported from a warm disk; a cold one, or one over a network, takes many times that.
_LOAD_SECONDS = 120.0
# Nothing is known of a first answer; later ones are given many times what an image took at most.
_FIRST_SECONDS = 60.0
_LEAST_SECONDS, _PATIENCE = 30.0, 50.0
# For one image, whatever the slowest took: one that is slower each time would be waited for without end.
_MOST_SECONDS = 300.0
# What is left for others, whatever the model may want: it shall find no memory, not they.
_SHARE_OF_MEMORY = 0.8
_LEAST_MEMORY_BYTES = 512 << 20
# Of one opened model. One that ends its process again and again is not asked about every image of a large source.
_MOST_DEATHS = 20


class ConfinedRuntime:
    """A model's file, opened in a process that may do nothing but compute; started again when it died.

    Any thread may ask; they are answered one after the other.

    Args:
        path: The file.
        format: How it is opened.
        options: What the user asks of the runtime.
        called: What messages call the file; its path unless given.
        holding: What must not go before the runtime: the temporary folder that the file lies in.
    Raises:
        ModelError: The file cannot be opened, or its runtime dies of it.
    """

    def __init__(
        self, path: Path, format: ModelFormat, options: RuntimeOptions, called: str = "", holding: object = None
    ) -> None:
        self._path, self._format, self._options = path, format, options
        self._called, self._holding = called or str(path), holding
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._deaths = 0
        self._slowest = 0.0
        self._process: ConfinedProcess | None = None
        with self._lock:
            self._known = self._open()

    @property
    def inputs(self) -> Sequence[TensorInfo]:
        """As the file says."""
        return self._known.inputs

    @property
    def outputs(self) -> Sequence[TensorInfo]:
        """As the file says."""
        return self._known.outputs

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Labels packed in the file."""
        return self._known.labels

    @property
    def batch(self) -> int | None:
        """The only number of images it takes at once; None for any."""
        return self._known.batch

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The names that scores are given by; None where they are given by their place."""
        return self._known.class_names

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of how the file was read."""
        return self._known.notes

    @property
    def facts(self) -> FileFacts:
        """What the exporter wrote into the file."""
        return self._known.facts

    def empty(self, shape: Sequence[int], dtype: Any) -> Tensor | None:
        """Room for a batch that needs not be copied to be run; None where there is none."""
        room = self._process.rooms[0] if self._process is not None else None
        return None if room is None else room.empty(shape, dtype)

    def run(self, batch: Tensor) -> list[Any]:
        """The outputs for a batch.

        Raises:
            RuntimeDied: The process died, or was ended for taking too long. The next call starts another.
            InferenceFailed: It died too often.
            Exception: What the runtime itself raised.
        """
        with self._asked() as process:
            return [_own(output) for output in self._ran(process, RUN, batch)]

    def run_each(self, batch: Tensor) -> Iterator[list[Any]]:
        """The outputs for each image of a batch, run by itself; asked for at once, since to ask takes a while.

        Raises:
            RuntimeDied, InferenceFailed, Exception: As `run`.
        """
        with self._asked() as process:
            outputs = self._ran(process, RUN_EACH, batch)
            count = len(outputs) // max(len(batch), 1)
            for index in range(len(batch)):
                yield [_own(output) for output in outputs[index * count : (index + 1) * count]]

    @contextmanager
    def _asked(self) -> Iterator[ConfinedProcess]:
        """Its process, a new one where it died; nobody else asks it meanwhile."""
        if self._owner != os.getpid():  # in a fork: whoever held the lock is not here
            self._owner, self._lock, self._process = os.getpid(), threading.Lock(), None
        with self._lock:
            process = self._process
            if process is None or not process.usable:
                self._refuse_after_many_deaths()
                self._refuse_others(self._open())
                process = self._process
            assert process is not None
            yield process

    def close(self) -> None:
        """End its process."""
        if self._process is not None and self._owner == os.getpid():
            self._process.close()

    def _ran(self, process: ConfinedProcess, question: int, batch: Tensor) -> list[Any]:
        count = max(len(batch), 1)
        usual = min(_PATIENCE * self._slowest, _MOST_SECONDS) * count
        patience = max(_LEAST_SECONDS, usual) if self._slowest else _FIRST_SECONDS * count
        start = time.monotonic()
        try:
            kind, answer = process.ask(question, packed([batch], process.rooms[0]), patience)
        except ProcessEndedError as death:
            self._deaths += 1
            raise died(self._called, death, batch.shape) from None
        self._slowest = max(self._slowest, (time.monotonic() - start) / count)
        return self._read(process, kind, answer)

    def _read(self, process: ConfinedProcess, kind: int, answer: memoryview) -> list[Any]:
        try:
            if kind == FAILED:
                raise error_from(bytes(answer), self._names)
            if kind != RAN:
                raise ValueError(f"an answer of kind {kind}")
            head, rest = _parted(answer)
            outputs: list[Any] = list(unpacked(rest, process.rooms[1]))
            if head:
                told = json.loads(head)
                if "facts" in told:
                    known = facts_from(json.dumps(told["facts"]).encode())
                    if not self._is_same(known):
                        raise ValueError("other facts than when it was opened")
                    self._known = known
                for index, what in sorted((int(i), str(what)) for i, what in dict(told.get("foreign", {})).items()):
                    outputs.insert(index, NotTensor(what[:100]))
            return outputs
        except (ValueError, TypeError, RecursionError, AttributeError) as reason:
            process.close()
            self._deaths += 1
            raise died(
                self._called, ProcessEndedError(f"gave an answer that makes no sense ({reason}) and was ended")
            ) from None

    def _open(self) -> RuntimeFacts:
        path = self._path.resolve()
        origin = registry.origin(self._format.name)
        files = [path, *self._format.examine(self._path)]
        file_bytes = sum(file.stat().st_size for file in files if file.is_file())
        readable = list(map(str, files))
        if origin.endswith(".py"):
            origin = os.path.abspath(origin)
            readable.append(origin)
        task = {
            **{"format": self._format.name, "origin": origin, "path": str(path)},
            **{"options": asdict(self._options), "file_bytes": file_bytes},
        }
        try:
            process = ConfinedProcess(
                _SERVER,
                task,
                readable=readable,
                most_bytes=max(int(available_bytes() * _SHARE_OF_MEMORY), _LEAST_MEMORY_BYTES),
                first_bytes=needed_bytes(file_bytes),
                graphics=self._options.device != "cpu",
            )
        except NoProcessError as reason:
            raise no_process(reason) from reason
        try:
            kind, answer = process.ask(OPEN, [], _LOAD_SECONDS)
            if kind == FAILED:
                process.close()
                raise unopened(self._called, error_from(bytes(answer), self._names))
            if kind != OPENED:
                raise ValueError(f"an answer of kind {kind}")
            told, holds = _parted(answer)
            known = facts_from(told)
        except ProcessEndedError as death:
            raise unloaded(self._called, death) from None
        except (ValueError, TypeError, RecursionError) as reason:
            process.close()
            raise unloaded(self._called, ProcessEndedError(f"gave an answer that makes no sense ({reason})")) from None
        words = bytes(holds[:500]).decode("utf-8", "replace")
        _log.debug("%s runs in process %d; %s", self._called, process.pid, words)
        self._process = process
        return known

    @property
    def _names(self) -> dict[str, str]:
        return {str(self._path.resolve()): self._called}

    def _is_same(self, facts: RuntimeFacts) -> bool:
        """Whether all is as it was when the file was opened, but for what its answers tell: batches are made by it."""
        known = self._known
        return facts == replace(known, labels=facts.labels, class_names=facts.class_names, notes=facts.notes)

    def _refuse_others(self, facts: RuntimeFacts) -> None:
        if self._is_same(facts):
            return
        self.close()
        raise another_file(self._called)

    def _refuse_after_many_deaths(self) -> None:
        if self._deaths >= _MOST_DEATHS:
            raise given_up(self._called, self._deaths)


def _own(output: Any) -> Any:
    return output if isinstance(output, NotTensor) else private(output)


def _parted(answer: memoryview) -> tuple[bytes, memoryview]:
    if len(answer) < LENGTH.size:
        raise ValueError("no whole answer")
    (length,) = LENGTH.unpack_from(answer)
    return bytes(answer[LENGTH.size : LENGTH.size + length]), answer[LENGTH.size + length :]
