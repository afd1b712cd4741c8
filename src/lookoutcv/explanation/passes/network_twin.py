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
    return _twin(network, {}, {})


def watch(layer: Any, hook: Callable[[Any, Any, Any], Any]) -> None:
    """Have a function called after each forward pass of a layer of a twin.

    Args:
        layer: Of a twin; the layer that it is a copy of calls nothing.
        hook: As `register_forward_hook` takes it.
    """
    for name in ("_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called"):
        layer.__dict__[name] = layer.__dict__[name].copy()
    layer.register_forward_hook(hook)


def _twin(module: Any, made: dict[int, Any], tensors: dict[int, Any]) -> Any:
    if id(module) in made:  # a layer that is used twice stays one
        return made[id(module)]
    kind: Any = type(module)
    twin = kind.__new__(kind)
    made[id(module)] = twin
    state = twin.__dict__
    state.update(vars(module))
    state["training"] = False
    # What is not changed is shared: copies of all there is would take longer than a small network's forward pass.
    for held in ("_parameters", "_buffers"):
        tensors_held = state[held]
        if tensors_held and any(one is not None and one.is_inference() for one in tensors_held.values()):
            state[held] = {name: _own(tensor, tensors) for name, tensor in tensors_held.items()}
    if state["_modules"]:
        children = state["_modules"].items()
        state["_modules"] = {name: child if child is None else _twin(child, made, tensors) for name, child in children}
    return twin


def _own(tensor: Any, tensors: dict[int, Any]) -> Any:
    """The tensor, or of one made in inference mode a copy: one for all layers that share it."""
    if tensor is None or not tensor.is_inference():
        return tensor
    if id(tensor) not in tensors:
        tensors[id(tensor)] = tensor.detach().clone()
    return tensors[id(tensor)]
