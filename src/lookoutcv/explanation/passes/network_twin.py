"""A second network on the same weights: what is done to it, nobody who holds the first one sees."""

from __future__ import annotations

from typing import Any

from lookoutcv.errors import ExplanationError
from lookoutcv.extras import need


def plain_network(network: Any) -> Any:
    """The network whose layers can be watched.

    Args:
        network: A torch.nn.Module; of one that `torch.compile` made, what was compiled is taken.
    Raises:
        ExplanationError: It is TorchScript, whose layers cannot be watched, or no network of torch at all.
    """
    torch = need("torch", "torch")
    network = getattr(network, "_orig_mod", network)
    if isinstance(network, torch.jit.ScriptModule) or not isinstance(network, torch.nn.Module):
        raise ExplanationError(
            f"the layers of a {type(network).__name__} cannot be watched",
            "Give the torch.nn.Module that it was made of, or use occlusion or rise, which ask for scores only.",
            reason="not a torch.nn.Module",
        )
    return network


def network_twin(network: Any) -> Any:
    """A network of the same layers and the very same tensors, in evaluation mode.

    Its modules are copies, so hooks, modes and whatever a forward pass sets on a module stay its own: the first network
    may meanwhile be taught, or asked by other threads. Hooks that the first one has are kept, since some, such as
    weight normalisation, are part of what it computes. Tensors made in inference mode cannot take part in a backward
    pass; of those it has copies.

    Args:
        network: A torch.nn.Module.
    """
    return _twin(network, {}, {})


def _twin(module: Any, made: dict[int, Any], tensors: dict[int, Any]) -> Any:
    if id(module) in made:  # a layer that is used twice stays one
        return made[id(module)]
    kind: Any = type(module)
    twin = kind.__new__(kind)
    made[id(module)] = twin
    state = dict(vars(module))
    for name, value in state.items():
        if name.startswith("_") and isinstance(value, dict):  # parameters, buffers, layers and all kinds of hooks
            state[name] = value.copy()
    twin.__dict__.update(state)
    for kind in ("_parameters", "_buffers"):
        for name, tensor in state[kind].items():
            if tensor is not None and tensor.is_inference():
                if id(tensor) not in tensors:  # weights that two layers share stay shared
                    tensors[id(tensor)] = tensor.detach().clone()
                state[kind][name] = tensors[id(tensor)]
    for name, child in state["_modules"].items():
        state["_modules"][name] = None if child is None else _twin(child, made, tensors)
    twin.__dict__["training"] = False
    return twin
