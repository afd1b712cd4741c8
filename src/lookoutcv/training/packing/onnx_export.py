"""A network as an ONNX file that gives the same answers: compared on real images, and refused where it does not."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import TrainingError
from lookoutcv.extras import need
from lookoutcv.models.cards.card import Card, Input
from lookoutcv.models.input.preprocessing import Preprocessor
from lookoutcv.models.opener import open_model
from lookoutcv.models.packages.manifest import Agreement
from lookoutcv.models.tensor_model import TensorModel
from lookoutcv.training.data.division import Pixels

# What single precision leaves of sums in another order: 1e-6 of the largest for all networks of timm that were tried.
TOLERANCE = 1e-4
# Of images that are compared: enough for every branch of a network to be taken, and a second for the slowest.
MOST_COMPARED = 8
ONNX = "model.onnx"
INPUT, OUTPUT = "images", "logits"
# Has all that image classifiers need, and onnxruntime 1.20 runs it.
_OPSET = 18
_OF = "logits of PyTorch and onnxruntime"


def export_onnx(
    module: Any, card: Card, target: Path, images: Sequence[Pixels], metadata: Mapping[str, str] | None = None
) -> Agreement:
    """Write a network as ONNX for any number of images, and compare what both say of real images.

    The exporter that traces is taken first: in a tenth of the time of the one that is built on `torch.export` it gives
    files that are as fast. Where it fails, the other has its turn.

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
    _export(torch, module, card.input, target)
    _describe(target, metadata or {})
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


def _export(torch: Any, module: Any, how: Input, target: Path) -> None:
    assert how.size is not None  # complete
    # Two images: a batch of one is taken for a constant.
    example = torch.zeros(2, 3, *how.size)
    names = {"input_names": [INPUT], "output_names": [OUTPUT]}
    free = {INPUT: {0: "batch"}, OUTPUT: {0: "batch"}}

    def traced() -> None:
        torch.onnx.export(
            module, (example,), str(target), dynamo=False, opset_version=_OPSET, dynamic_axes=free, **names
        )

    def captured() -> None:
        need("onnxscript", "train")
        shapes = ({0: torch.export.Dim("batch", min=1, max=2**16)},)
        torch.onnx.export(
            module,
            (example,),
            str(target),
            dynamo=True,
            dynamic_shapes=shapes,
            external_data=False,
            verbose=False,
            **names,
        )

    try:
        with _quiet():
            try:
                traced()
            except Exception:  # an exporter may fail with anything, and the other may not
                captured()
    except Exception as reason:
        if isinstance(reason, OSError) and reason.errno is not None:
            raise  # the disk is full, or the folder gone: no matter of the network
        why = " ".join(str(reason).split())[:300]
        raise TrainingError(
            f"the network ({type(module).__name__}) cannot be exported to ONNX ({type(reason).__name__}: {why})",
            "Choose another backbone, or update torch and onnxscript.",
            key="models",
        ) from reason


@contextmanager
def _quiet() -> Iterator[None]:
    """What exporters say of themselves and of a network's code helps nobody who trains."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _describe(target: Path, metadata: Mapping[str, str]) -> None:
    """Write what a file is into it, for whoever has only the file."""
    onnx = need("onnx", "train")
    model = onnx.load(str(target))
    # The exporter leaves the places in the network's code: a path on the machine that exported it.
    for node in model.graph.node:
        node.ClearField("doc_string")
        del node.metadata_props[:]
    model.doc_string = ""
    del model.metadata_props[:]
    for key, value in metadata.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, str(target))
