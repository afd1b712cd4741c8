"""A network of torch that is in memory already, as a runtime."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lookoutcv.models.formats.base import Tensor, TensorInfo


def is_network(model: object) -> bool:
    """Whether something is a `torch.nn.Module`; torch is not imported for it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


class NetworkRuntime:
    """Asks a network in eval mode, and leaves each of its parts in the mode that it was in.

    Args:
        module: A `torch.nn.Module`; it stays where it is, on whatever device.
    """

    labels = None
    batch = None
    inputs: tuple[TensorInfo, ...] = ()
    outputs: tuple[TensorInfo, ...] = ()

    def __init__(self, module: Any) -> None:
        self._module = module

    def run(self, batch: Tensor) -> list[Any]:
        """One inference."""
        import torch  # noqa: PLC0415

        place = next((one.device for one in self._module.parameters()), torch.device("cpu"))
        with torch.inference_mode(), in_eval_mode(self._module):
            returned = self._module(torch.as_tensor(batch).to(place))
        outputs = list(returned.values()) if isinstance(returned, dict) else returned
        parts = outputs if isinstance(outputs, list | tuple) else [outputs]
        return [part.float().cpu().numpy() if isinstance(part, torch.Tensor) else part for part in parts]


@contextmanager
def in_eval_mode(module: Any) -> Iterator[None]:
    """Every part of a network in eval mode, and then again in the mode that it was in."""
    learning = [part for part in module.modules() if part.training]
    try:
        for part in learning:
            part.training = False
        yield
    finally:
        for part in learning:
            part.training = True
