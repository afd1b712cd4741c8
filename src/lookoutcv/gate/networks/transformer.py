"""A network of timm that judges sharpness: made at chance or pretrained, and made again from what a gate keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.errors import CorruptFile, TrainingError
from lookoutcv.extras import need
from lookoutcv.gate.networks.grey_input import with_grey_input
from lookoutcv.gate.networks.small_network import Tensors, check_tensors
from lookoutcv.models.backbones.backbone import Backbone, prepare

# The squares of a mosaic are multiples of this.
_SQUARE_PX = 8


@dataclass(frozen=True, eq=False)
class Transformer:
    """A network that takes mosaics.

    Args:
        module: (n, 1, S, S) float32 grey levels 0 to 255 to (n,) log odds of being sharp; a `torch.nn.Module`.
        side_px: S.
        facts: What a gate keeps beside the weights.
    """

    module: Any = field(repr=False)
    side_px: int
    facts: Mapping[str, Any]

    @property
    def square_px(self) -> int:
        """Of a mosaic's squares: two beside each other are cut off at the network's side."""
        return square_px(self.side_px)

    @property
    def tensors(self) -> dict[str, np.ndarray[Any, Any]]:
        """The weights, as a gate keeps them."""
        state = self.module.network.state_dict().items()
        # What counts batches is of no use to a network that has learnt.
        return {
            name: np.array(value.detach().cpu().numpy(), dtype=np.float32)
            for name, value in state
            if value.is_floating_point()
        }


def square_px(side_px: int) -> int:
    """Of the squares of a mosaic that fills a network's input.

    Example:
        >>> square_px(224), square_px(518)
        (112, 264)
    """
    return -(-side_px // (2 * _SQUARE_PX)) * _SQUARE_PX


def new_transformer(backbone: str, weights: str, seed: int) -> Transformer:
    """One that is ready to learn.

    Args:
        backbone: timm's name.
        weights: "auto", "hub", "none", a file or a folder.
        seed: Of what begins at chance.
    Raises:
        MissingExtra: torch or timm is missing.
        TrainingError: timm knows no such network, or the weights cannot be had.
        ModelError: The weights cannot be read.
    """
    return _of(prepare(backbone, weights, 1, seed=seed), backbone)


def transformer_of(facts: Mapping[str, Any], tensors: Tensors) -> Transformer:
    """The network that a gate keeps, in evaluation mode. Nothing but numbers is read from its folder.

    Args:
        facts: As `Transformer.facts` has them.
        tensors: As `Transformer.tensors` has them.
    Raises:
        MissingExtra: torch or timm is missing.
        CorruptFile: timm does not know the network, or the weights are others.
    """
    torch = need("torch", "train")
    try:
        name, side = str(facts["backbone"]), int(facts["side_px"])
        mean, std = ([float(number) for number in facts[key]] for key in ("mean", "std"))
        made = prepare(name, "none", 1)
        if made.input.size != (side, side) or len(mean) != 3 or len(std) != 3 or min(std) <= 0:
            raise ValueError(f"{name} takes images of {made.input.size}")
    except (KeyError, TypeError, ValueError, TrainingError) as reason:
        raise CorruptFile(
            f"what this gate says of its network cannot be used ({reason})",
            "Copy the gate's folder again, install the timm that it was fitted with, or fit it anew.",
        ) from reason
    shapes = {key: tuple(value.shape) for key, value in made.module.state_dict().items() if value.is_floating_point()}
    check_tensors(tensors, shapes, name)
    state = {key: torch.from_numpy(np.array(value)) for key, value in tensors.items()}
    made.module.load_state_dict(state, strict=False)
    return Transformer(with_grey_input(made.module, mean, std).eval(), side, facts)


def _of(made: Backbone, name: str) -> Transformer:
    size, mean, std = made.input.size, made.input.mean, made.input.std
    assert size is not None  # complete
    if size[0] != size[1]:
        raise TrainingError(
            f"{name} takes images of {size[1]} x {size[0]} px, and the gate shows squares",
            "Take another network, such as deit_tiny_patch16_224.",
            key="backbone",
        )
    assert isinstance(mean, tuple)
    assert isinstance(std, tuple)
    facts = {
        "backbone": name,
        "side_px": size[0],
        "mean": list(mean),
        "std": list(std),
        "timm": need("timm", "train").__version__,
        "weights": made.weights.to_dict(),
        "notes": list(made.notes),
    }
    return Transformer(with_grey_input(made.module, mean, std), size[0], facts)
