"""Which layer to look at: the last one whose places the score depends on, or one by its name."""

from __future__ import annotations

import difflib
import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ExplanationError, UnknownLayer
from lookoutcv.explanation.layers.token_layout import Layout, LayoutFacts, find_layout, typed_layout, what_to_type
from lookoutcv.explanation.passes.class_scores import Chooser
from lookoutcv.explanation.passes.watched_pass import LayerRun, WatchedPass, gradients, watched_pass
from lookoutcv.extras import need

# Behind heads of detectors a box depends on few places; such layers say little of what the network looked at.
_ENOUGH_PLACES = 0.25
# What passes values on, pools them or makes weights of them is no layer to look at.
_PASSING = re.compile(r"Identity|Dropout|DropPath|Pool|Flatten|Softmax|LayerScale|Upsample")
# A number at the end is that of a branch with tokens of its own.
_NAMED_TOKEN = re.compile(r"((^|[._])(cls|class|dist|distillation|reg|register|prefix)_?(tokens?|embedding))(_?\d+)?$")
# A layer that so much of the network follows holds edges and colours, not what the score was decided by.
_MOST_AFTER = 0.5
_MOST_NAMED = 12


@dataclass(frozen=True)
class TargetLayer:
    """Where to look.

    Args:
        name: The layer's, as in `named_modules()`.
        layout: How its activations lie.
        doubt: Why the layer that was found may say little, in a sentence; "" for none.
    """

    name: str
    layout: Layout
    doubt: str = ""


@dataclass(frozen=True)
class _Candidate:
    run: LayerRun
    layout: Layout


# What was found, and the layer itself: a network whose layers were replaced is looked at again.
_known: WeakKeyDictionary[Any, dict[object, tuple[TargetLayer, ReferenceType[Any]]]] = WeakKeyDictionary()
_lock = threading.Lock()


def target_layer(
    network: Any, batch: Any, chosen: Sequence[int] | Chooser | None, layer: str | None, layout: str | None
) -> TargetLayer:
    """Find the layer; call it within `own_gradients`. What was found for a network and a size is remembered.

    Args:
        network: A torch.nn.Module.
        batch: Its input, (N, 3, H, W).
        chosen: What is explained, as in `chosen_scores`.
        layer: The layer's name; None to find the last one that keeps places and that the score depends on.
        layout: How its activations lie, as a person types it; None to find out.
    Raises:
        UnknownLayer: There is no such layer, or it did not run.
        ExplanationError: How its activations lie cannot be known, or no layer keeps places.
    """
    key = (layer, layout, tuple(batch.shape[2:]))
    with _lock:
        known = _known.get(network, {}).get(key)
    if known is not None and known[1]() is _layer(network, known[0].name):
        return known[0]
    if layer is not None and _layer(network, layer) is None:
        raise _unknown(network, layer, _candidates(*_survey(network, batch, chosen)))
    passed, facts = _survey(network, batch, chosen)
    found, lasting = _named(passed, facts, layer, layout) if layer else _last(passed, facts)
    if lasting and (layer or not callable(chosen)):  # another box may lie behind another layer
        with _lock:
            _known.setdefault(network, {})[key] = found, ref(network.get_submodule(found.name))
    return found


def _layer(network: Any, name: str) -> Any:
    try:
        return network.get_submodule(name)
    except AttributeError:
        return None


def _survey(network: Any, batch: Any, chosen: Sequence[int] | Chooser | None) -> tuple[WatchedPass, LayoutFacts]:
    if not callable(chosen):  # one image tells the layers; a function may want all
        batch, chosen = batch[:1], chosen if chosen is None else list(chosen)[:1]
    passed = watched_pass(network, batch, chosen)
    return passed, _facts(network, passed, batch)


def _facts(network: Any, passed: WatchedPass, batch: Any) -> LayoutFacts:
    nn = need("torch.nn", "torch")
    shapes = [(run.module, tuple(run.activation.shape)) for run in passed.runs]
    on_last = [shape for module, shape in shapes if _channels(module) == "last"]
    return LayoutFacts(
        images=len(batch),
        size=(int(batch.shape[2]), int(batch.shape[3])),
        grids=tuple(shape[2:] for module, shape in shapes if isinstance(module, nn.Conv2d) and len(shape) == 4),
        prefix=_prefix(network),
        tokens=frozenset(shape[1] for shape in on_last if len(shape) == 3 and shape[1] > 1),
        last_2d=any(len(shape) == 4 for shape in on_last),
    )


def _prefix(network: Any) -> int | None:
    """How many tokens of no place a network says that it has, or holds as parameters of such names."""
    said = [module.num_prefix_tokens for module in network.modules() if hasattr(module, "num_prefix_tokens")]
    if said:
        return int(said[0])
    held: dict[str, int] = {}
    for name, tensor in network.named_parameters():
        if found := _NAMED_TOKEN.search(name):
            stem = name[: found.end(1)]
            held[stem] = max(held.get(stem, 0), int(tensor.shape[-2]) if tensor.ndim > 1 else 1)
    return sum(held.values()) if held else None


def _channels(module: Any) -> str:
    """Which axis a kind of layer works on, where its kind tells."""
    nn = need("torch.nn", "torch")
    kind = type(module).__name__
    if re.search(r"2d|BatchNorm|GroupNorm|Conv1d", kind):
        return "first"
    return "last" if isinstance(module, nn.Linear | nn.LayerNorm) else ""


def _candidates(passed: WatchedPass, facts: LayoutFacts) -> list[_Candidate]:
    """Layers that keep places, in the order in which they ended."""
    found = []
    for run in passed.runs:
        kind = type(run.module).__name__
        if _PASSING.search(kind):
            continue
        try:
            layout = _layout(run, facts)
        except ValueError:
            continue
        # Projections within a block hold queries and hidden numbers, not what the network knows of a place.
        if layout.axes != "NCHW" and not ("Norm" in kind or next(run.module.children(), None) is not None):
            continue
        if math.prod(layout.on_grid(run.activation).shape[2:]) > 1:
            found.append(_Candidate(run, layout))
    return found


def _layout(run: LayerRun, facts: LayoutFacts) -> Layout:
    shape = tuple(run.activation.shape)
    if _PASSING.search(type(run.module).__name__) and len(shape) == 4 and shape[2] == shape[3] in facts.tokens:
        raise ValueError(f"its shape {shape} is that of attention between {shape[2]} tokens")
    return find_layout(shape, facts, _channels(run.module))


def _last(passed: WatchedPass, facts: LayoutFacts) -> tuple[TargetLayer, bool]:
    """The last layer at which enough places change the score, and whether there was one."""
    candidates = _candidates(passed, facts)
    if not candidates:
        raise ExplanationError(
            "no layer of this network keeps where things lie",
            f"Name one with {option('layer')} and how it lies, {what_to_type()}; or use the method occlusion or rise.",
            reason="no layer with places",
        )
    found = gradients(passed, [one.run for one in candidates])
    shares = [
        float((one.layout.on_grid(gradient) != 0).any(1).float().mean())
        for one, gradient in zip(candidates, found, strict=True)
    ]
    enough = [place for place, share in enumerate(shares) if share >= _ENOUGH_PLACES]
    place = enough[-1] if enough else max(range(len(shares)), key=lambda one: (shares[one], one))
    chosen = candidates[place]
    return TargetLayer(chosen.run.name, chosen.layout, _doubt(passed, chosen.run, shares[place])), bool(enough)


def _doubt(passed: WatchedPass, found: LayerRun, share: float) -> str:
    """Why the layer may say little: most of the network comes after it, or few places change the score."""
    working = [
        run
        for run in passed.runs
        if run.activation.ndim > 2
        and next(run.module.children(), None) is None
        and next(run.module.parameters(), None) is not None
    ]
    begun = [run.name for run in passed.runs].index(found.name)
    after = {run.name for run in passed.runs[begun + 1 :]}
    later = sum(run.name in after for run in working)
    if later > _MOST_AFTER * len(working):
        return (
            f"The layer {found.name} is an early one, since of later ones it cannot be known how they lie on the "
            f"image: {later} of {len(working)} layers come after it, so the map may mark edges and colours rather than "
            "what decides. Name a later one, or take occlusion."
        )
    if 0 < share < _ENOUGH_PLACES:
        return f"Of the layer {found.name} only {share:.1%} of the places change the score: the map is of those."
    return ""


def _named(passed: WatchedPass, facts: LayoutFacts, layer: str, layout: str | None) -> tuple[TargetLayer, bool]:
    run = next((run for run in passed.runs if run.name == layer), None)
    if run is None:
        usable = _names(_candidates(passed, facts))
        raise UnknownLayer(
            f"the layer {layer} gives no numbers in a forward pass, so there is nothing to look at",
            f"Name one of {', '.join(usable)}.",
            layer=layer,
            nearest=(),
            usable=tuple(usable),
        )
    shape = tuple(run.activation.shape)
    if layout is not None:
        return TargetLayer(layer, typed_layout(layout, shape, facts)), True
    try:
        return TargetLayer(layer, _layout(run, facts)), True
    except ValueError as reason:
        usable = _names(_candidates(passed, facts))
        raise ExplanationError(
            f"how the layer {layer} lies on the image cannot be known: {reason}",
            f"Name another layer ({', '.join(usable)}), or say how this one lies: {what_to_type()}.",
            layer=layer,
            reason=str(reason),
        ) from reason


def _unknown(network: Any, layer: str, candidates: Sequence[_Candidate]) -> UnknownLayer:
    usable = _names(candidates)
    names = [name for name, _ in network.named_modules() if name]
    nearest = difflib.get_close_matches(layer, names, n=2, cutoff=0.5)
    guess = f"Did you mean {' or '.join(nearest)}? " if nearest else ""
    return UnknownLayer(
        f"no layer of this network is called {layer!r}",
        f"{guess}Usable are, from the last: {', '.join(usable)}.",
        layer=layer,
        nearest=tuple(nearest),
        usable=tuple(usable),
    )


def _names(candidates: Sequence[_Candidate]) -> list[str]:
    return [one.run.name for one in reversed(candidates)][:_MOST_NAMED]
