"""A network as an ONNX file that gives the same answers: compared on real images, and refused where it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import TrainingError
from lookoutcv.extras import need
from lookoutcv.models.cards.card import Card
from lookoutcv.models.input.preprocessing import Preprocessor
from lookoutcv.models.networks.onnx_writer import write_onnx
from lookoutcv.models.opener import open_model
from lookoutcv.models.packages.manifest import Agreement
from lookoutcv.models.tensor_model import TensorModel
from lookoutcv.training.data.division import Pixels

# What single precision leaves of sums in another order: 1e-6 of the largest for all networks of timm that were tried.
TOLERANCE = 1e-4
# Of images that are compared: enough for every branch of a network to be taken, and a second for the slowest.
MOST_COMPARED = 8
ONNX = "model.onnx"
_OF = "logits of PyTorch and onnxruntime"


def export_onnx(
    module: Any, card: Card, target: Path, images: Sequence[Pixels], metadata: Mapping[str, str] | None = None
) -> Agreement:
    """Write a network as ONNX for any number of images, and compare what both say of real images.

    Args:
        module: A `torch.nn.Module` on the processor, in evaluation mode: (n, 3, height, width) float32 to logits.
        card: How it wants its images, complete, and what its outputs mean.
        target: The file; its folder exists.
        images: (H, W, 3) uint8 RGB of any size, at least one; the first `MOST_COMPARED` are compared.
        metadata: What is written into the file.
    Returns:
        How many images were compared, and how far both differ at most.
    Raises:
        MissingExtra: torch or onnx is not installed.
        TrainingError: It cannot be exported, or the file gives other answers.
    """
    torch = need("torch", "train")
    batch, _ = Preprocessor(card.input)(list(images[:MOST_COMPARED]))
    with torch.inference_mode():
        expected = module(torch.from_numpy(batch)).numpy()
    assert card.input.size is not None  # complete
    write_onnx(module, (3, *card.input.size), target, metadata)
    predictor = open_model(target, card)
    assert isinstance(predictor, TensorModel)  # an ONNX file
    (given,) = predictor.infer(batch)
    return agreement_of(expected, given, module)


def agreement_of(expected: Any, given: Any, module: Any = None) -> Agreement:
    """How far two outputs for the same images differ.

    Args:
        expected, given: (n, classes) float.
        module: What messages name the class of.
    Raises:
        TrainingError: By more than `TOLERANCE` of the largest output, or by that where all are under 1.
    Example:
        >>> agreement_of(np.float32([[1, 2]]), np.float32([[1, 2.00001]])).images
        1
    """
    tolerance = TOLERANCE * max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(expected - given).max()) if expected.shape == given.shape else float("inf")
    if not difference <= tolerance:
        raise TrainingError(
            f"as ONNX the network{'' if module is None else f' ({type(module).__name__})'} gives other answers: they "
            f"differ by {difference:.3g}, and {tolerance:.3g} is allowed",
            "Choose another backbone, or update torch.",
            key="models",
        )
    return Agreement(len(expected), difference, tolerance, _OF)
