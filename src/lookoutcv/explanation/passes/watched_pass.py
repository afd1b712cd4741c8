"""One forward pass in which layers are watched, and the gradients of its score by what they gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lookoutcv.errors import ExplanationError, InferenceFailed
from lookoutcv.explanation.passes.class_scores import Chooser, chosen_scores
from lookoutcv.explanation.passes.network_twin import network_twin, watch
from lookoutcv.extras import need


@dataclass(frozen=True)
class LayerRun:
    """What one layer gave.

    Args:
        name: As in `named_modules()`.
        module: The layer.
        activation: The tensor; the first of a tuple.
        times: How often it ran; the last run is held.
    """

    name: str
    module: Any
    activation: Any
    times: int


@dataclass(frozen=True)
class WatchedPass:
    """What a pass gave.

    Args:
        runs: The layers that ran, in the order in which they ended.
        scores: (N,) tensor.
        classes: The class of each, None where a function chose.
    """

    runs: tuple[LayerRun, ...]
    scores: Any
    classes: list[int | None]


@contextmanager
def own_gradients() -> Iterator[None]:
    """Gradients as this work needs them, whatever the caller's mode is; the caller finds that mode again."""
    torch = need("torch", "torch")
    with torch.inference_mode(False), torch.enable_grad():
        yield


def watched_pass(
    network: Any, batch: Any, chosen: Sequence[int] | Chooser | None, only: str | None = None
) -> WatchedPass:
    """Run a network once and watch its layers; call it within `own_gradients`.

    Args:
        network: A torch.nn.Module. Nothing of it is changed.
        batch: Its input.
        chosen: As in `chosen_scores`.
        only: One layer's name: nothing before it takes part in the gradients, which is cheap. None for all layers.
    Raises:
        InferenceFailed: The network fails on the batch.
        ExplanationError: Its outputs are not what was chosen from.
    """
    torch = need("torch", "torch")
    passed = _pass(network, batch, chosen, only, torch.no_grad if only is not None else torch.enable_grad)
    if only is not None and passed.runs and not passed.scores.requires_grad:
        # A `no_grad` within the network, which ended after the layer, put back the mode that was before: ours.
        passed = _pass(network, batch, chosen, only, torch.enable_grad)
    return passed


def gradients(passed: WatchedPass, runs: Sequence[LayerRun]) -> list[Any]:
    """The gradient of the scores by each activation; zero where they do not depend on it.

    Raises:
        ExplanationError: The network gives no gradient.
    """
    torch = need("torch", "torch")
    if not passed.scores.requires_grad:
        return [torch.zeros_like(run.activation) for run in runs]
    try:
        found = torch.autograd.grad(passed.scores.sum(), [run.activation for run in runs], allow_unused=True)
    except RuntimeError as reason:
        raise ExplanationError(
            f"the network gives no gradient ({reason})",
            "Use the method occlusion or rise, which ask for scores only.",
            reason="no gradient",
        ) from reason
    pairs = zip(found, runs, strict=True)
    return [torch.zeros_like(run.activation) if one is None else one.detach() for one, run in pairs]


def _pass(
    network: Any, batch: Any, chosen: Sequence[int] | Chooser | None, only: str | None, mode: Callable[[], Any]
) -> WatchedPass:
    twin = network_twin(network)
    runs: dict[str, LayerRun] = {}
    watched = [(only, twin.get_submodule(only))] if only is not None else list(twin.named_modules())[1:]
    for name, module in watched:
        watch(module, _watcher(name, runs, cut=only is not None))
    batch = batch.detach().clone() if batch.is_inference() else batch.detach()
    with mode():
        try:
            outputs = twin(batch)
        except Exception as reason:  # the network is somebody else's code
            raise InferenceFailed(
                f"the network fails on a batch of shape {tuple(batch.shape)} ({type(reason).__name__}: {reason})",
                "Give it the batch that it takes: its size, its type and its device.",
                model=type(network).__name__,
                reason=str(reason),
            ) from reason
        scores, classes = chosen_scores(outputs, chosen, len(batch))
    return WatchedPass(tuple(runs.values()), scores, classes)


def _watcher(name: str, runs: dict[str, LayerRun], cut: bool) -> Callable[[Any, Any, Any], Any]:
    torch = need("torch", "torch")

    def keep(module: Any, _inputs: Any, output: Any) -> Any:
        tensor = output[0] if isinstance(output, tuple | list) and output else output
        if not isinstance(tensor, torch.Tensor) or not tensor.is_floating_point():
            return None
        if tensor.is_inference():  # made by an `inference_mode` within the network
            return None
        torch.set_grad_enabled(True)
        held = tensor.detach().requires_grad_() if cut or not tensor.requires_grad else tensor
        before = runs.pop(name, None)  # so that the order is that of the last runs
        runs[name] = LayerRun(name, module, held, 1 + (before.times if before else 0))
        # The next layer may work in place: it gets its own copy.
        return _with_first(output, held.clone())

    return keep


def _with_first(output: Any, tensor: Any) -> Any:
    if not isinstance(output, tuple | list):
        return tensor
    values = [tensor, *output[1:]]
    if isinstance(output, list):
        return values
    return type(output)(*values) if hasattr(output, "_fields") else tuple(values)
