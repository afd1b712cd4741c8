"""How pretrained weights want their images, as the input of a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lookoutcv.errors import ConfigError, TrainingError
from lookoutcv.models.cards.card import Input, Resize

# timm's names. Pillow's filters, with which these weights were made, look at all pixels when they shrink an image; of
# OpenCV's only "area" does: its bicubic looks at 16 and would give a photograph of 12 megapixels jagged edges.
_RESIZES: dict[str, Resize] = {"center": "centre_crop", "squash": "stretch", "border": "letterbox"}


def own_input(backbone: str, configuration: Mapping[str, Any], side_px: int | None = None) -> Input:
    """The input of a network.

    Args:
        backbone: For messages.
        configuration: Complete, by timm's names: input_size (channels, height, width), mean, std, crop_pct, crop_mode.
        side_px: Another side than the weights' own.
    Raises:
        TrainingError: It wants other than RGB images, or its numbers are none.
    Example:
        >>> said = {"input_size": (3, 64, 64), "mean": (0.5,) * 3, "std": (0.5,) * 3, "crop_pct": 0.9}
        >>> own_input("net", said).size
        (64, 64)
    """
    try:
        channels, height, width = (int(number) for number in configuration["input_size"])
        if channels != 3:
            raise ValueError(f"{channels} channels")
        return Input(
            size=(side_px, side_px) if side_px else (height, width),
            layout="NCHW",
            colour="RGB",
            dtype="float32",
            scale=1 / 255,
            mean=tuple(float(value) for value in configuration["mean"]),
            std=tuple(float(value) for value in configuration["std"]),
            resize=_RESIZES.get(str(configuration.get("crop_mode")), "centre_crop"),
            crop=float(configuration.get("crop_pct", 1.0)),
            interpolation="area",
        )
    except (KeyError, TypeError, ValueError, ConfigError) as reason:
        raise TrainingError(
            f"what the weights of {backbone} say of their input cannot be used ({reason})",
            "Mend mean, std, input_size and crop_pct in the config.json beside them, or in their metadata.",
            key="weights",
        ) from reason
