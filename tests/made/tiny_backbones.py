"""Networks that learn in seconds, and weights for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lookoutcv.models.backbones.backbone import Backbone, prepare

MOBILENET, VIT = "mobilenetv3_small_050", "vit_tiny_patch16_224"
VIT_OPTIONS = {"img_size": 32, "patch_size": 8, "depth": 2, "embed_dim": 48, "num_heads": 3}


def from_scratch(classes: int = 3, seed: int = 0) -> Backbone:
    """A MobileNet for images of 32 px that begins at chance."""
    return prepare(MOBILENET, "none", classes, side_px=32, seed=seed)


def small_vit(classes: int = 3, seed: int = 0) -> Backbone:
    """A vision transformer of two layers."""
    return prepare(VIT, "none", classes, side_px=32, seed=seed, options=VIT_OPTIONS)


def saved_weights(folder: Path, name: str = MOBILENET, classes: int = 7, **metadata: str) -> Path:
    """The weights of a network with numbers at random, as safetensors; below NAME.safetensors."""
    from safetensors.torch import save_file

    module = prepare(name, "none", classes, seed=5).module
    path = folder / f"{name}.safetensors"
    save_file(module.state_dict(), path, metadata or None)
    return path


def state_of(module: Any) -> dict[str, Any]:
    """A copy of what a network holds."""
    return {name: value.clone() for name, value in module.state_dict().items()}
