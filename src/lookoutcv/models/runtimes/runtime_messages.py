"""What two processes tell each other of an opened model, as JSON: its facts, and what went wrong."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import lookoutcv.errors
from lookoutcv.errors import LookoutError
from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import Runtime, TensorInfo, facts_of

OPEN, RUN, RUN_EACH = 1, 2, 3
OPENED, RAN, FAILED = 11, 12, 13
# A message of an exception holds the model's own words; who reads it wants its beginning.
_LONGEST_TEXT = 2000


@dataclass(frozen=True)
class RuntimeFacts:
    """What a runtime knows of its file; the fields are those of `Runtime`."""

    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    labels: tuple[str, ...] | None = None
    batch: int | None = None
    class_names: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    facts: FileFacts = field(default_factory=FileFacts)


class RuntimeRaisedError(Exception):
    """An exception of a runtime in another process.

    Args:
        kind: The name of its class.
        text: Its message.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def facts_json(runtime: Runtime) -> bytes:
    """What a runtime knows, as it is sent."""
    facts = RuntimeFacts(
        tuple(runtime.inputs),
        tuple(runtime.outputs),
        runtime.labels,
        runtime.batch,
        getattr(runtime, "class_names", None),
        tuple(getattr(runtime, "notes", ())),
        facts_of(runtime),
    )
    return json.dumps(asdict(facts)).encode()


def facts_from(message: bytes) -> RuntimeFacts:
    """The facts in a message.

    Raises:
        ValueError: It holds anything else.
    """
    from pydantic import TypeAdapter  # noqa: PLC0415 - a fifth of a second, where no model is opened

    facts = TypeAdapter(RuntimeFacts).validate_json(message)
    if facts.batch is not None and facts.batch < 1:
        raise ValueError(f"a batch of {facts.batch}")
    for info in (*facts.inputs, *facts.outputs):
        if any(side is not None and side < 0 for side in info.shape):
            raise ValueError(f"a shape of {info.shape}")
        if info.quantisation is not None and not (math.isfinite(info.quantisation.scale) and info.quantisation.scale):
            raise ValueError(f"numbers in steps of {info.quantisation.scale}")
    return facts


def error_json(error: BaseException) -> bytes:
    """An exception, as it is sent."""
    if isinstance(error, LookoutError):
        fields = {name: value for name, value in error.fields.items() if _plain(value)}
        told = {"ours": type(error).__name__, "problem": error.problem, "remedy": error.remedy, "fields": fields}
    else:
        told = {"kind": type(error).__name__, "text": str(error)}
    return json.dumps(told).encode()


def error_from(message: bytes, names: Mapping[str, str]) -> Exception:
    """The exception in a message: one of ours, or a `RuntimeRaisedError`.

    Args:
        message: What `error_json` made, or what a hostile process made.
        names: What stands for what: the other process knows the model's file by another path.
    Raises:
        ValueError: It holds anything else.
    """
    try:
        told = json.loads(message)
    except RecursionError as reason:
        raise ValueError("nested too deep") from reason
    if not isinstance(told, dict):
        raise ValueError("no error")

    def text(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("no text")
        for theirs, ours in names.items():
            value = value.replace(theirs, ours)
        return _readable(value[:_LONGEST_TEXT])

    kind = getattr(lookoutcv.errors, str(told.get("ours")), None)
    if not (isinstance(kind, type) and issubclass(kind, LookoutError)):
        return RuntimeRaisedError(text(told.get("kind")), text(told.get("text")))
    given = told.get("fields")
    fields = {str(name): text(value) if isinstance(value, str) else value for name, value in dict(given or {}).items()}
    if not all(map(_plain, fields.values())) or not all(name.isidentifier() for name in fields):
        raise ValueError("no fields of an error")
    error = kind.__new__(kind)
    LookoutError.__init__(error, text(told.get("problem")), text(told.get("remedy")), **fields)
    return error


def _plain(value: object) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(isinstance(one, str | int | float) for one in value)
    return value is None or isinstance(value, str | int | float)


def _readable(text: str) -> str:
    """Without what steers a terminal."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cs") and one != "\n" else one for one in text)
