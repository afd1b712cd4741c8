"""A network of timm with weights that are taught already, its classifier with them."""

from __future__ import annotations

import os
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import Backbone, classifier_names, prepare
from lookoutcv.models.backbones.pretrained import find_pretrained
from lookoutcv.models.networks.timm_import import timm

PREFIX = "timm:"


def taught_network(name: str, weights: str | os.PathLike[str] | None) -> tuple[Backbone, int]:
    """A network as it was taught, and how many classes it tells apart.

    Args:
        name: In timm.
        weights: A file or a folder of weights with a classifier; "hub" for those of the hub.
    Raises:
        MissingExtra: torch or timm is not installed.
        TrainingError: There are no weights, they are of another network, or they have no classifier.
        ModelError: The weights cannot be read.
    """
    if weights is None or str(weights) in ("auto", "none"):
        raise TrainingError(
            f"{PREFIX}{name} is a network without weights",
            f"Give them with {option('weights', 'FILE')}, or {option('weights', 'hub')}.",
            key="weights",
        )
    found = find_pretrained(name, weights)
    assert found.file is not None  # neither "auto" nor "none"
    library = timm()
    heads = classifier_names(library.create_model(name)) if library.is_model(name) else ()
    shapes = [
        tuple(found.file.tensors[f"{head}.weight"].shape) for head in heads if f"{head}.weight" in found.file.tensors
    ]
    if library.is_model(name) and not shapes:
        raise TrainingError(
            f"{found.file.path.name} holds no classifier: it makes numbers of images, and names no class",
            "Teach it one: lookout train DATA --weights FILE.",
            key="weights",
        )
    classes = shapes[0][0] if shapes else 1
    backbone = prepare(name, weights, classes)  # says what timm does not know, and what does not fit
    given: dict[str, Any] = {
        key: value for key, value in found.file.tensors.items() if key.startswith(tuple(f"{head}." for head in heads))
    }
    backbone.module.load_state_dict(given, strict=False)
    return Backbone(name, backbone.module.eval(), backbone.input, backbone.weights), classes
