"""A second network on the same weights: what is done to it, nobody who holds the first one sees."""

from __future__ import annotations

from collections.abc import Callable
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
    return _twin(network, {}, {}, None)


def network_copy(network: Any) -> Any:
    """A twin whose tensors are its own, too: what is done to the first network no longer reaches it.

    Args:
        network: A torch.nn.Module.
    """
    return _twin(network, {}, {}, lambda tensor: tensor.detach().clone())


def watch(layer: Any, hook: Callable[[Any, Any, Any], Any]) -> None:
    """Have a function called after each forward pass of a layer of a twin.

    Args:
        layer: Of a twin; the layer that it is a copy of calls nothing.
        hook: As `register_forward_hook` takes it.
    """
    for name in ("_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called"):
        layer.__dict__[name] = layer.__dict__[name].copy()
    layer.register_forward_hook(hook)


def _twin(module: Any, made: dict[int, Any], tensors: dict[int, Any], own: Callable[[Any], Any] | None) -> Any:
    if id(module) in made:  # a layer that is used twice stays one
        return made[id(module)]
    kind: Any = type(module)
    twin = kind.__new__(kind)
    made[id(module)] = twin
    state = twin.__dict__
    state.update(vars(module))
    state["training"] = False
    for held in ("_parameters", "_buffers"):
        kept = state[held]
        if own is not None or any(one is not None and one.is_inference() for one in kept.values()):
            state[held] = {name: _held(one, tensors, own or _own_of_inference) for name, one in kept.items()}
    if state["_modules"]:
        children = state["_modules"].items()
        state["_modules"] = {
            name: child if child is None else _twin(child, made, tensors, own) for name, child in children
        }
    return twin


def _held(tensor: Any, tensors: dict[int, Any], own: Callable[[Any], Any]) -> Any:
    """What a twin holds of a tensor: one for all layers that share it."""
    if tensor is None:
        return None
    if id(tensor) not in tensors:
        tensors[id(tensor)] = own(tensor)
    return tensors[id(tensor)]


def _own_of_inference(tensor: Any) -> Any:
    """The tensor; of one of inference mode a copy. Copies of all would take longer than a small network's pass."""
    return tensor.detach().clone() if tensor.is_inference() else tensor
