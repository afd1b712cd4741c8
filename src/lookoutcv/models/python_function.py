"""A Python function as a model: arrays in, scores or predictions out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import ModelNotFound, UnknownModelFormat
from lookoutcv.models.formats.base import Tensor, TensorInfo
from lookoutcv.plugins import load_file


class FunctionRuntime:
    """A function of a tensor batch, as a runtime: what a card with `input` asks for."""

    labels = None
    batch = None
    inputs: tuple[TensorInfo, ...] = ()
    outputs: tuple[TensorInfo, ...] = ()

    def __init__(self, function: Callable[[Tensor], Any]) -> None:
        self.function = function

    def run(self, batch: Tensor) -> list[Any]:
        """One call."""
        returned = self.function(batch)
        outputs = list(returned.values()) if isinstance(returned, dict) else returned
        parts = outputs if isinstance(outputs, list | tuple) else [outputs]
        return [np.asarray(output) for output in parts if output is not None]


def named_function(target: str) -> tuple[Path, Callable[[Any], Any]] | None:
    """The function that "file.py:function" names; None where the target does not read so.

    The file is run: it is the user's own code.

    Raises:
        ModelNotFound: There is no such file.
        UnknownModelFormat: The file has no such function.
        BrokenPlugin: The file fails when it is run.
    """
    file, colon, name = target.rpartition(":")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        return None
    path = Path(file)
    if not path.is_file():
        raise ModelNotFound(f"there is no file {file}", "Check the path.", model=target)
    function = getattr(load_file(path), name, None)
    if not callable(function):
        raise UnknownModelFormat(f"{file} has no function {name!r}", "Name one that takes an image.", model=target)
    return path, function
