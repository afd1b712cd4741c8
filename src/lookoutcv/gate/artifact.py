"""A gate as files: `gate.json`, weights in safetensors where there are any, forms for other programs. No pickles."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from lookoutcv.errors import CorruptFile, NotOurFile
from lookoutcv.extras import need
from lookoutcv.gate.cut import Cut
from lookoutcv.gate.variants.base import Learnt
from lookoutcv.plain_text import parse_error
from lookoutcv.results.result import Result, StoredResult

GATE_FILE = "gate.json"
WEIGHTS_FILE = "gate.safetensors"
# A network of the size that a gate takes has some megabytes; the vit 25.
_MOST_WEIGHT_BYTES = 512 << 20
_MOST_JSON_BYTES = 16 << 20
# What older services kept: pickles are programs.
_PICKLES = (".joblib", ".pkl", ".pickle")


@dataclass(frozen=True)
class FittedLimit(Result):
    """Between what a judge's number must lie, for this user's images.

    Args:
        number: Its name.
        low: The least that is fit; None for no bound.
        high: The most; None for no bound.
    """

    number: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class JudgeState(Result):
    """What a gate knows of a judge.

    Args:
        name: The judge's.
        limits: In place of its own.
        learnt: From the user's own images, as JSON.
    """

    name: str
    limits: tuple[FittedLimit, ...] = ()
    learnt: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class GateState(StoredResult):
    """What `gate.json` holds.

    Args:
        variant: What scores sharpness.
        cut: Where sharp begins.
        judges: The others that are asked.
        facts: What the variant learnt, but for its weights.
        weights_sha256: Of the weights' file, in hexadecimal; None where there is none.
        created: ISO 8601 UTC; "" for a gate that nobody fitted.
        tool: The program and version that fitted it.
        source: What it was fitted on.
        sharp, blurred: How many images of each it was fitted on.
        notes: What whoever uses it must know, in sentences.
        files: Names of what else was written beside it.
    """

    FORMAT: ClassVar[str] = "lookoutcv.gate"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "gate"
    REMEDY: ClassVar[str] = "Give a folder that `lookout gate fit` made, or the name of a variant."

    variant: str
    cut: Cut
    judges: tuple[JudgeState, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    weights_sha256: str | None = None
    created: str = ""
    tool: str = ""
    source: str = ""
    sharp: int = 0
    blurred: int = 0
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def read_gate(place: str | os.PathLike[str]) -> tuple[GateState, Learnt]:
    """A gate from its folder.

    Args:
        place: The folder, or its gate.json.
    Raises:
        NotOurFile: There is none, or a pickle.
        CorruptFile: It is damaged, or its weights are not those that belong to it.
        NewerFormat: Written by a newer version.
        MissingExtra: Its weights need a library that is not installed.
    """
    path = Path(place)
    if path.suffix.lower() in _PICKLES:
        raise NotOurFile(
            f"{path} is a pickle, which is a program and is not loaded",
            "Give its threshold: lookout gate check IMAGE --variant threshold --threshold NUMBER, or fit a gate anew: "
            "lookout gate fit DATA",
            path=str(path),
        )
    file = path / GATE_FILE if path.is_dir() else path
    if not file.is_file():
        raise NotOurFile(f"there is no gate at {place}", GateState.REMEDY, path=str(place))
    state = GateState.from_dict(_json(file), str(file))
    _check(state, file)
    return state, Learnt(state.facts, _weights(file.parent, state))


def gate_files(state: GateState, learnt: Learnt, beside: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The files of a gate, by name: the weights, and `gate.json`, which knows their sum, last."""
    files: dict[str, bytes] = {}
    sha256 = None
    if learnt.tensors:
        safetensors = need("safetensors.numpy", "train")
        files[WEIGHTS_FILE] = safetensors.save(dict(learnt.tensors))
        sha256 = hashlib.sha256(files[WEIGHTS_FILE]).hexdigest()
    values = {**state.to_dict(), "facts": dict(learnt.facts), "weights_sha256": sha256}
    values["files"] = [*beside, *files]
    files[GATE_FILE] = (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()
    return files


def _check(state: GateState, file: Path) -> None:
    """Refuse a cut that is none, wherever it is from: it would let everything through, or nothing."""
    cut = state.cut
    sizes = [one.short_px for one in cut.by_size]
    numbers = [cut.value, cut.slope, *sizes, *(one.value for one in cut.by_size)]
    if not all(map(math.isfinite, numbers)):
        raise _damaged(file, "is damaged: its cut is no number")
    if any(size <= 0 for size in sizes) or sorted(set(sizes)) != sizes:
        raise _damaged(file, "is damaged: the sizes of its cuts do not ascend")
    if len({one.name for one in state.judges}) < len(state.judges):
        raise _damaged(file, "is damaged: it has a judge twice")


def _json(file: Path) -> Any:
    with file.open("rb") as opened:
        data = opened.read(_MOST_JSON_BYTES + 1)
    if len(data) > _MOST_JSON_BYTES:
        raise _damaged(file, f"has more than {_MOST_JSON_BYTES >> 20} MB")
    try:
        return json.loads(data)
    except UnicodeDecodeError as reason:
        raise NotOurFile(f"{file} is no gate", GateState.REMEDY, path=str(file)) from reason
    except (ValueError, RecursionError) as reason:
        raise _damaged(file, f"is damaged ({parse_error(reason)})") from reason


def _weights(folder: Path, state: GateState) -> Mapping[str, Any]:
    if state.weights_sha256 is None:
        return {}
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise _damaged(path, "is missing")
    if path.stat().st_size > _MOST_WEIGHT_BYTES:
        raise _damaged(path, f"has more than {_MOST_WEIGHT_BYTES >> 20} MB")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != state.weights_sha256:
        raise _damaged(path, "is not what was fitted")
    safetensors = need("safetensors.numpy", "train")
    try:
        loaded: Mapping[str, Any] = safetensors.load(data)
    except Exception as reason:  # of a kind of the library's own
        raise _damaged(path, "is damaged") from reason
    return loaded


def _damaged(path: Path, why: str) -> CorruptFile:
    return CorruptFile(f"{path} {why}", "Copy the gate's folder again, or fit it anew.", path=str(path))
