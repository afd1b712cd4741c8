"""A network of torch as an ONNX file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from lookoutcv.errors import TrainingError
from lookoutcv.extras import need

INPUT, OUTPUT = "images", "logits"
# Has all that image classifiers need, and onnxruntime 1.20 runs it.
_OPSET = 18


def write_onnx(module: Any, shape: Sequence[int], target: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write a network as ONNX for any number of images.

    The exporter that traces is taken first: in a tenth of the time of the one that is built on `torch.export` it gives
    files that are as fast. Where it fails, the other has its turn.

    Args:
        module: A `torch.nn.Module` on the processor, in evaluation mode: (n, *shape) float32 to one tensor.
        shape: Of one image as it takes it: (3, height, width).
        target: The file; its folder exists.
        metadata: What is written into the file.
    Raises:
        MissingExtra: torch or onnx is not installed.
        TrainingError: It cannot be exported.
    """
    _export(need("torch", "train"), module, shape, target)
    _describe(target, metadata or {})


def _export(torch: Any, module: Any, shape: Sequence[int], target: Path) -> None:
    # Two images: a batch of one is taken for a constant.
    example = torch.zeros(2, *shape)
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
