"""An explanation is of one state of a network, also while another thread teaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from lookoutcv.errors import ExplanationError, LookoutError
from lookoutcv.explanation.passes.network_twin import network_copy

Found = TypeVar("Found")
_TRIES = 8


def of_one_state(network: Any, work: Callable[[Any], Found]) -> Found:
    """What a piece of work finds on a network; on a copy of it where its numbers changed meanwhile.

    A pass forwards and one back on numbers that changed between them belong to no network. A change is seen by the
    count that torch keeps of a tensor's changes in place, as an optimiser or the statistics of a layer make; not what
    is written past that count, through `.data`.

    Args:
        network: A torch.nn.Module.
        work: On a network.
    Raises:
        ExplanationError: It changes so fast that there is no time to copy it.
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
            return found
    return work(_copied(network))


def _copied(network: Any) -> Any:
    for _ in range(_TRIES):
        tensors = _tensors(network)
        before = _changes(tensors)
        copy = network_copy(network)
        if _changes(tensors) == before:
            return copy
    raise ExplanationError(
        "another thread changes the network faster than it can be copied",
        "Explain it between two steps, or explain a copy: copy.deepcopy(network).",
        reason="the network changes",
    )


def _tensors(network: Any) -> list[Any]:
    """Those that can change; how often is not counted of tensors of inference mode."""
    # `parameters()` puts names together, and takes a tenth of a small network's forward pass.
    found, seen, waiting = [], set(), [network]
    while waiting:
        module = waiting.pop()
        if module is None or id(module) in seen:
            continue
        seen.add(id(module))
        found += [*module._parameters.values(), *module._buffers.values()]
        waiting += module._modules.values()
    return [one for one in found if one is not None and not one.is_inference()]


def _changes(tensors: Sequence[Any]) -> list[int]:
    """How often each was changed in place."""
    return [one._version for one in tensors]
