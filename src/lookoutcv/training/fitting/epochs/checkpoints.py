"""What is kept on disk of a network that learns, so that it goes on where a killed process was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lookoutcv.extras import need
from lookoutcv.results.training_run import EpochPoint

_LAST, _BEST = "last.safetensors", "best-{epoch}.safetensors"
_FACTS = "lookoutcv.checkpoint"


@dataclass
class Learnt:
    """How far a network is.

    Args:
        epoch: How many are done.
        images: From how many it has learnt, each as often as it came.
        steps: How many were made.
        curve: One point an epoch.
        best_epoch: Whose weights are the best; None before there are any.
        best: That point's macro F1 and, to break ties, its loss with a minus.
        batch_size: As it was last.
        seconds: Spent.
        notes: In sentences.
        ended: Whether there is nothing more to do.
    """

    epoch: int = 0
    images: int = 0
    steps: int = 0
    curve: list[EpochPoint] = field(default_factory=list)
    best_epoch: int | None = None
    best: tuple[float, float] = (-1.0, float("-inf"))
    batch_size: int = 32
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    ended: bool = False


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What was kept.

    Args:
        learnt: How far it was.
        tensors: Of the state, by names such as "module/conv.weight".
        best: The best weights so far, by name; empty before there are any.
    """

    learnt: Learnt
    tensors: dict[str, Any] = field(repr=False)
    best: dict[str, Any] = field(repr=False)


class Checkpoints:
    """The folder of one network's checkpoints.

    Two files: the state of the last epoch, and the best weights. Each is written whole or not at all, the best first,
    and the state names the best that belongs to it: whenever the process is killed, there is a pair that fits.

    Args:
        folder: Made where it is not there.
        fingerprint: Of what is taught to what and how: a checkpoint of other settings or images is not gone on from.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder, self._fingerprint = folder, fingerprint

    def save(self, learnt: Learnt, tensors: Mapping[str, Any], best: Mapping[str, Any] | None) -> str:
        """Keep a state.

        Args:
            learnt: How far it is.
            tensors: Its state, by name.
            best: The best weights, where they are new; None where those on disk still are.
        Returns:
            Why it could not be kept; "" if it was. The one before is still there then.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if best is not None:
                self._write(self._best(learnt), best, {})
            facts = {"fingerprint": self._fingerprint, "learnt": asdict(learnt)}
            self._write(self._folder / _LAST, tensors, {_FACTS: json.dumps(facts)})
        except (OSError, need("safetensors", "train").SafetensorError) as reason:
            return (str(reason).splitlines() or [type(reason).__name__])[0]
        for old in self._folder.glob(_BEST.format(epoch="*")):
            if old != self._best(learnt):
                with suppress(OSError):
                    old.unlink()
        return ""

    def load(self) -> Checkpoint | None:
        """What was kept last; None where there is nothing, or nothing that fits."""
        safetensors = need("safetensors", "train")
        try:
            tensors, metadata = self._read(self._folder / _LAST)
            facts = json.loads(metadata[_FACTS])
            if facts["fingerprint"] != self._fingerprint:
                return None
            told = facts["learnt"]
            told["curve"] = [EpochPoint(**point) for point in told["curve"]]
            told["best"] = tuple(told["best"])
            learnt = Learnt(**told)
            best = {} if learnt.best_epoch is None else self._read(self._best(learnt))[0]
        except (OSError, safetensors.SafetensorError, ValueError, KeyError, TypeError):
            return None
        return Checkpoint(learnt, tensors, best)

    def _best(self, learnt: Learnt) -> Path:
        return self._folder / _BEST.format(epoch=learnt.best_epoch)

    def _read(self, path: Path) -> tuple[dict[str, Any], dict[str, str]]:
        with need("safetensors", "train").safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118

    def _write(self, path: Path, tensors: Mapping[str, Any], metadata: dict[str, str]) -> None:
        """Through a hidden file beside it, which torch's memory is written to as it lies."""
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            flat = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
            need("safetensors.torch", "train").save_file(flat, temporary, metadata)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
