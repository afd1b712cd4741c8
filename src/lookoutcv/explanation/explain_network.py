"""Maps for networks of torch, from a layer's activations and the gradients of a score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lookoutcv.errors import ExplanationError, ShapeMismatch
from lookoutcv.explanation.attribution import Attribution, attribution_of
from lookoutcv.explanation.layers.target_layer import TargetLayer, target_layer
from lookoutcv.explanation.methods.base import Method, registry
from lookoutcv.explanation.passes.class_scores import Chooser
from lookoutcv.explanation.passes.network_twin import plain_network
from lookoutcv.explanation.passes.steady_network import of_one_state
from lookoutcv.explanation.passes.watched_pass import WatchedPass, gradients, own_gradients, watched_pass

_CLASS_TOKEN_ONLY = (
    "The score does not depend on what this layer holds of the image's places: it is read from a class token after it, "
    "or the score is saturated. Choose an earlier layer, or explain scores before a softmax."
)
_UNSTEADY = (
    "Another thread changes the network faster than it can be copied: the map is of numbers of several moments. "
    "Explain it between two steps, or explain a copy: copy.deepcopy(network)."
)
_NOT_BY_CLASS = "This method shows what the layer holds most of, whatever the class."


def explain_network(
    network: Any,
    batch: Any,
    class_indices: Sequence[int] | Chooser | None = None,
    *,
    method: str = "grad_cam",
    layer: str | None = None,
    layout: str | None = None,
    names: Sequence[str] | None = None,
) -> list[Attribution]:
    """Which places of each image a score of a network follows from.

    The network stays as it is: its mode, its hooks, every gradient and every statistic. A network that is being taught
    is explained in evaluation mode; where another thread changes its numbers meanwhile, as they were at one moment. The
    caller may be under `no_grad` or `inference_mode`; threads may share a network.

    Args:
        network: A torch.nn.Module.
        batch: Its input: (N, 3, H, W) floating-point tensor, prepared as the network takes it, on its device.
        class_indices: A class for each image; None for the best of each; or a function from the network's outputs to a
            tensor of one number an image, such as the score of one box.
        method: "grad_cam", "grad_cam_plus_plus", "eigen_cam", "layer_attribution", or a plugin that needs a layer.
        layer: The layer to look at, as in `named_modules()`; None for the last one that keeps places.
        layout: How that layer lies, where it cannot be known: "NCHW", "NHWC", "tokens:1", "tokens:1:14x14".
        names: What sentences call what is explained, one an image; None for the numbers of the classes.
    Returns:
        One for each image, in their order.
    Raises:
        UnknownPlugin: No method has this name.
        UnknownLayer: No layer has this name; the error holds the nearest and those that can be used.
        ExplanationError: The method needs only scores, or how the layer lies on the image cannot be known.
        ShapeMismatch: The batch is not (N, 3, H, W) of floating-point numbers.
        InferenceFailed: The network fails on the batch.
    Example:
        >>> import torch
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, stride=4), torch.nn.ReLU(),
        ...                               torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(8, 2))
        >>> found, = explain_network(network, torch.rand(1, 3, 32, 64), [1])
        >>> found.layer, found.values.shape
        ('1', (8, 16))
    """
    plugin = registry.get(method)
    if plugin.needs != "layer":
        raise ExplanationError(
            f"{method} asks for scores of images and looks at no layer",
            "Give it to explain_scores, with a function that gives scores.",
            reason="the method needs scores",
        )
    network = plain_network(network)
    if not hasattr(batch, "is_floating_point") or batch.ndim != 4 or not batch.is_floating_point() or not len(batch):
        raise ShapeMismatch(
            f"a batch to explain is a floating-point tensor (N, 3, H, W), and this is {_told(batch)}",
            "Prepare the images as the network takes them.",
            shape=tuple(getattr(batch, "shape", ())),
            dtype=str(getattr(batch, "dtype", type(batch).__name__)),
        )

    def maps(one: Any) -> tuple[TargetLayer, WatchedPass, Any, Any]:
        target = target_layer(one, batch, class_indices, layer, layout)
        passed = watched_pass(one, batch, class_indices, only=target.name)
        return target, passed, *_maps(plugin, passed, target)

    with own_gradients():
        (target, passed, raw, reached), steady = of_one_state(network, maps)
        scores = passed.scores.detach().float().cpu().tolist()
        values, reaching = raw.cpu().numpy(), reached.cpu().tolist()
    notes = (*(() if plugin.by_class else (_NOT_BY_CLASS,)), *(() if steady else (_UNSTEADY,)))
    called: Sequence[str | None] = names or [None] * len(scores)
    return [
        attribution_of(
            value,
            method=method,
            layer=target.name,
            class_index=one,
            score=score,
            notes=(*notes, *_said(passed, target), *(() if reaches else (_CLASS_TOKEN_ONLY,))),
            name=name,
        )
        for value, one, score, reaches, name in zip(values, passed.classes, scores, reaching, called, strict=True)
    ]


def _maps(plugin: Method, passed: WatchedPass, target: TargetLayer) -> tuple[Any, Any]:
    """Maps (N, h, w), NaN where what they come from is not finite; and whether each has a gradient anywhere."""
    (run,) = passed.runs
    activation = target.layout.on_grid(run.activation.detach()).float()
    if plugin.by_class:
        gradient = target.layout.on_grid(gradients(passed, [run])[0]).float()
    else:
        gradient = activation.new_ones(()).expand_as(activation)
    # A sum shows in one pass whether anything in it is not finite.
    finite = (activation.sum((1, 2, 3)) + gradient.sum((1, 2, 3))).isfinite()
    if not finite.all():
        activation, gradient = activation.nan_to_num(0, 0, 0), gradient.nan_to_num(0, 0, 0)
    maps = plugin.map_of(activation, gradient).where(finite[:, None, None], float("nan"))
    # Of a gradient that is not finite it is not known that it is none.
    return maps, (gradient.abs().amax((1, 2, 3)) > 0) | ~finite


def _said(passed: WatchedPass, target: TargetLayer) -> tuple[str, ...]:
    times, doubt = passed.runs[0].times, (target.doubt,) if target.doubt else ()
    if times == 1:
        return doubt
    return (*doubt, f"The layer {target.name} runs {times} times in one pass; the map is of its last run.")


def _told(batch: Any) -> str:
    return f"{tuple(batch.shape)} {batch.dtype}" if hasattr(batch, "shape") else type(batch).__name__
