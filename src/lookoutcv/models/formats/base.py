"""What a model format is: it knows its files by their first bytes, and opens them for a runtime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.plugins import MODEL_FORMATS, Registry, first_line

Tensor = np.ndarray[Any, Any]
# NumPy's kinds of dtypes: whole numbers, real ones, yes and no.
_NUMBERS = "iufb"


@dataclass(frozen=True)
class Quantisation:
    """How whole numbers stand for real ones: real = (number - zero_point) * scale."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class TensorInfo:
    """What a model's file says of an input or an output.

    Args:
        name: As in the file.
        shape: Its sides; None where a side is free or the file does not say.
        dtype: NumPy's name: "float32", "float16", "uint8" ...
        quantisation: Of all its numbers; None where they are real numbers.
        classes: Of an output of class numbers, how many classes they are chosen from; None where the file does not say.
        mean, std: Of an input, what is taken off a pixel of 0 to 255, and divides then; None where that is not said.
        colour: Of an input: `RGB`, `BGR` or `GREY`.
        box_format: Of an output of boxes: `yxyx` or `xyxy`.
        in_pixels: Of an output of boxes, whether they are in pixels.
        background_first: Of an output of class numbers, whether 0 is the background and classes begin at 1.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    quantisation: Quantisation | None = None
    classes: int | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    colour: Literal["RGB", "BGR", "GREY"] | None = None
    box_format: Literal["yxyx", "xyxy"] | None = None
    in_pixels: bool | None = None
    background_first: bool = False


@dataclass(frozen=True)
class RuntimeOptions:
    """What the user asks of a runtime.

    Args:
        device: "cpu", "cuda" or "cuda:1".
        engine: Engine for quantised operators, where the runtime has several: "qnnpack", "fbgemm" ...
        threads: How many threads an inference may use.
    """

    device: str
    engine: str | None
    threads: int


class Runtime(Protocol):
    """An opened model. It is used by one thread at a time.

    One that knows more of its file has `facts` too, see `facts_of`.
    """

    @property
    def inputs(self) -> Sequence[TensorInfo]:
        """The inputs; empty where the file does not say."""
        ...

    @property
    def outputs(self) -> Sequence[TensorInfo]:
        """The outputs; empty where the file does not say."""
        ...

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Labels packed in the file."""
        ...

    @property
    def batch(self) -> int | None:
        """The only number of images it takes at once; None for any."""
        ...

    def run(self, batch: Tensor) -> list[Any]:
        """The outputs for a batch, as arrays of the file's own dtypes. May raise anything."""
        ...


@dataclass(frozen=True)
class NotTensor:
    """Stands for an output that is no tensor of numbers.

    Args:
        what: What it is: "a list", "an array of object".
    """

    what: str


def as_tensor(output: Any) -> Tensor | NotTensor:
    """An output, or what it is where it is no tensor of numbers.

    Example:
        >>> as_tensor(np.zeros(2)).shape, as_tensor("done").what
        ((2,), 'a str')
    """
    if isinstance(output, np.ndarray):
        return output if output.dtype.kind in _NUMBERS else NotTensor(f"an array of {output.dtype}")
    return output if isinstance(output, NotTensor) else NotTensor(f"a {type(output).__name__}")


def facts_of(runtime: Runtime) -> FileFacts:
    """What the exporter wrote into the file, where the runtime has it as its attribute `facts`."""
    facts = getattr(runtime, "facts", None)
    return facts if isinstance(facts, FileFacts) else FileFacts()


def _nothing_else(path: Path) -> Sequence[Path]:
    return ()


@dataclass(frozen=True)
class ModelFormat:
    """A plugin of this room.

    Args:
        name: One word, lower case.
        suffixes: Endings of file names, with their dot, lower case.
        recognises: Whether a file is of this format, from its path and its first 64 bytes. Cheap; runs nothing.
        open: Makes the runtime. Raises `BrokenModel` or `UntrustedModel`.
        summary: One line for `lookout plugins`.
        examine: Looks at a file before it is opened in a process of its own, where nothing of the user's is read but
            the file: gives the other files that belong to it. Runs nothing. Raises `UntrustedModel` where it asks for
            what no model needs.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    open: Callable[[Path, RuntimeOptions], Runtime]
    summary: str
    examine: Callable[[Path], Sequence[Path]] = _nothing_else


def model_format(
    name: str,
    *,
    suffixes: tuple[str, ...],
    recognises: Callable[[Path, bytes], bool],
    examine: Callable[[Path], Sequence[Path]] = _nothing_else,
) -> Callable[[Callable[[Path, RuntimeOptions], Runtime]], ModelFormat]:
    """Make a model format of the function that opens a file; the arguments are those of `ModelFormat`.

    Example:
        >>> @model_format("stone", suffixes=(".stone",), recognises=lambda path, head: head.startswith(b"STONE"))
        ... def stone(path, options):
        ...     "Models written in stone."
        ...     raise NotImplementedError
        >>> stone.summary
        'Models written in stone.'
    """

    def decorate(function: Callable[[Path, RuntimeOptions], Runtime]) -> ModelFormat:
        return ModelFormat(name, suffixes, recognises, function, first_line(function), examine)

    return decorate


registry: Registry[ModelFormat] = Registry(MODEL_FORMATS, ModelFormat)
