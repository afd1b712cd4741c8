"""An explanation is of one state of a network, also while another thread teaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from lookoutcv.errors import LookoutError
from lookoutcv.explanation.passes.network_twin import network_copy

Found = TypeVar("Found")
_TRIES = 8


def of_one_state(network: Any, work: Callable[[Any], Found]) -> tuple[Found, bool]:
    """What a piece of work finds on a network; on a copy of it where its numbers changed meanwhile.

    A pass forwards and one back on numbers that changed between them belong to no network. A change is seen by the
    count that torch keeps of a tensor's changes in place, as an optimiser or the statistics of a layer make; not what
    is written past that count, through `.data`.

    Args:
        network: A torch.nn.Module.
        work: On a network.
    Returns:
        What it found; and whether that is of one state. Of a network that changes faster than it can be copied, its
        copy holds numbers of several moments: the work is then of them, the same ones from its beginning to its end.
    """
    tensors = _tensors(network)
    before = _changes(tensors)
    try:
        found = work(network)
    except LookoutError:
        if _changes(tensors) == before:
            raise
    else:
        if _changes(tensors) == before:
            return found, True
    copy, steady = _copied(network)
    return work(copy), steady


def _copied(network: Any) -> tuple[Any, bool]:
    copy = None
    for _ in range(_TRIES):
        tensors = _tensors(network)
        before = _changes(tensors)
        copy = network_copy(network)
        if _changes(tensors) == before:
            return copy, True
    return copy, False


def _tensors(network: Any) -> list[Any]:
    """Those that can change and that a pass reads; how often is not counted of tensors of inference mode.

    What counts batches is read by none, and changes with each pass of somebody who predicts in training mode.
    """
    # `parameters()` puts names together, and takes a tenth of a small network's forward pass.
    found, seen, waiting = [], set(), [network]
    while waiting:
        module = waiting.pop()
        if module is None or id(module) in seen:
            continue
        seen.add(id(module))
        found += [*module._parameters.values(), *module._buffers.values()]
        waiting += module._modules.values()
    return [one for one in found if one is not None and one.is_floating_point() and not one.is_inference()]


def _changes(tensors: Sequence[Any]) -> list[int]:
    """How often each was changed in place."""
    return [one._version for one in tensors]
