"""Four convolutions that tell sharp from blurred: their layers, the tensors that belong to them, and torch's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lookoutcv.errors import CorruptFile
from lookoutcv.extras import need

ARCHITECTURE = "four convolutions, 1"
SIDE_PX, SQUARE_PX = 128, 64
# Channels in, channels out, kernel, stride.
LAYERS = ((1, 24, 5, 2), (24, 32, 3, 2), (32, 64, 3, 2), (64, 64, 3, 1))
FEATURES = 2 * LAYERS[-1][1]
BATCH_NORM_EPS = 1e-5
# Squares are brought to one contrast; under so many grey levels of it they are left flat.
LEAST_CONTRAST = 4.0
_DROPOUT = 0.2

Tensors = Mapping[str, np.ndarray[Any, Any]]


def tensor_shapes() -> dict[str, tuple[int, ...]]:
    """The tensors of the network, all float32, and their shapes.

    Example:
        >>> tensor_shapes()["head.weight"]
        (1, 128)
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for number, (before, after, kernel, _) in enumerate(LAYERS):
        shapes[f"convolutions.{number}.weight"] = (after, before, kernel, kernel)
        for name in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"norms.{number}.{name}"] = (after,)
    return {**shapes, "head.weight": (1, FEATURES), "head.bias": (1,)}


def check_tensors(tensors: Tensors, shapes: Mapping[str, tuple[int, ...]], network: str) -> None:
    """Refuse weights that are not those of a network.

    Args:
        tensors: By name.
        shapes: What the network has.
        network: What messages call it.
    Raises:
        CorruptFile: One is missing, too many, of another shape, or holds what is no number.
    """
    odd = sorted(set(shapes) ^ set(tensors))
    why = f"{odd[0]} is {'missing' if odd[0] in shapes else 'not one of its weights'}" if odd else ""
    for name, shape in () if odd else shapes.items():
        held = tensors[name]
        if held.shape != shape or held.dtype != np.float32:
            why = f"{name} is {held.dtype} of shape {held.shape}, not float32 of shape {shape}"
        elif not np.isfinite(held).all() or (name.endswith("running_var") and (held < 0).any()):
            why = f"{name} holds what is no number"
    if why:
        raise CorruptFile(
            f"the weights of this gate are not those of {network}: {why}",
            "Copy the gate's folder again, or fit it anew: lookout gate fit DATA",
        )


def new_network() -> Any:
    """A `torch.nn.Module` that begins at chance: (n, 1, 128, 128) float32, grey levels 0 to 255, to (n,) log odds.

    An image is a mosaic of four squares. They are judged each by itself, and their features joined by mean and maximum:
    no layer sees a seam between them, and their order does not matter.
    """
    torch = need("torch", "train")
    return _network_class(torch)()


def network_of(tensors: Tensors) -> Any:
    """The network with its weights, in evaluation mode.

    Args:
        tensors: As `tensor_shapes` has them.
    Raises:
        CorruptFile: They are others.
    """
    torch = need("torch", "train")
    check_tensors(tensors, tensor_shapes(), "the gate's network")
    module = new_network()
    # What counts the batches is of no use to a network that has learnt.
    module.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()}, strict=False)
    return module.eval()


def tensors_of(module: Any) -> dict[str, np.ndarray[Any, Any]]:
    """The weights of a network, as a gate keeps them."""
    shapes = tensor_shapes()
    return {
        name: np.ascontiguousarray(value.detach().cpu().numpy(), dtype=np.float32)
        for name, value in module.state_dict().items()
        if name in shapes
    }


def _network_class(torch: Any) -> Any:
    class SmallNetwork(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.convolutions = torch.nn.ModuleList(
                torch.nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)
                for before, after, kernel, stride in LAYERS
            )
            self.norms = torch.nn.ModuleList(torch.nn.BatchNorm2d(layer[1], BATCH_NORM_EPS) for layer in LAYERS)
            self.dropout = torch.nn.Dropout(_DROPOUT)
            self.head = torch.nn.Linear(FEATURES, 1)

        def forward(self, mosaics: Any) -> Any:
            split = mosaics.reshape(-1, 2, SQUARE_PX, 2, SQUARE_PX).permute(0, 1, 3, 2, 4)
            squares = split.reshape(-1, 1, SQUARE_PX, SQUARE_PX)
            squares = squares - squares.mean((2, 3), keepdim=True)
            seen = squares / ((squares * squares).mean((2, 3), keepdim=True) + LEAST_CONTRAST**2).sqrt()
            for convolution, norm in zip(self.convolutions, self.norms, strict=True):
                seen = norm(convolution(seen)).relu()
            of_each = seen.mean((2, 3)).reshape(-1, 4, LAYERS[-1][1])
            features = torch.cat((of_each.mean(1), of_each.amax(1)), 1)
            return self.head(self.dropout(features)).squeeze(1)

    return SmallNetwork
