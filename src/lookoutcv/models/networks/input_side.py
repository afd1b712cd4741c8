"""The side of the input that a network of timm is made for."""

from __future__ import annotations

from typing import Any


def side_options(name: str, side_px: int) -> dict[str, Any]:
    """What `timm.create_model` must be told so that a network takes images of a side.

    A vision transformer has a place for each patch, and must know how many there will be; others take any size.

    Args:
        name: Of the architecture.
        side_px: Of its input.
    Example:
        >>> side_options("vit_tiny_patch16_224", 64), side_options("resnet18", 64)
        ({'img_size': 64}, {})
    """
    return {"img_size": side_px} if "vit" in name else {}
