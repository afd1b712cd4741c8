"""What two processes tell each other of an opened model: its facts, as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field

from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import Runtime, TensorInfo, facts_of

OPEN, RUN, RUN_EACH = 1, 2, 3
OPENED, RAN, FAILED = 11, 12, 13


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
