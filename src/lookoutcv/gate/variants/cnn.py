"""A small network of four convolutions that looks at the four most detailed squares of an image."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Mapping

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.gate.networks.mosaic import LEAST_PX, mosaic
from lookoutcv.gate.networks.mosaic_store import mosaics_of
from lookoutcv.gate.networks.one_thread import Ask, has_onnx, onnx_asker, torch_asker
from lookoutcv.gate.networks.small_network import (
    ARCHITECTURE,
    SIDE_PX,
    SQUARE_PX,
    check_tensors,
    network_of,
    new_network,
    tensor_shapes,
    tensors_of,
)
from lookoutcv.gate.networks.small_onnx import small_onnx
from lookoutcv.gate.networks.teach import teach
from lookoutcv.gate.variants.base import Learnt, Lesson, Score, Scorer, variant
from lookoutcv.pixels.view import ImageView

TORCHSCRIPT_FILE, ONNX_FILE = "cnn_model.pt", "cnn_model.onnx"


def learn(lesson: Lesson) -> Learnt:
    """Learn in torch; the same seed and images give the same weights on the same machine."""
    torch = need("torch", "train")
    with mosaics_of(lesson, SQUARE_PX) as mosaics, torch.random.fork_rng(devices=[]):
        torch.manual_seed(lesson.seed)
        module = new_network()
        epochs = teach(module, mosaics, lesson, lambda levels: levels[:, None])
        counts = {"sharp": int(mosaics.sharp.sum()), "blurred": int((~mosaics.sharp).sum())}
        facts = {"architecture": ARCHITECTURE, **counts, "left_out": mosaics.left_out}
    return Learnt(facts, tensors_of(module), tuple(epochs))


def files(learnt: Learnt) -> Mapping[str, bytes]:
    """The network for other programs: (n, 1, 128, 128) float32 grey levels 0 to 255 to (n,) scores."""
    torch = need("torch", "train")
    written = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # torch would rather have another form; older services have this one
        torch.jit.save(
            torch.jit.trace(network_of(learnt.tensors).requires_grad_(False), torch.zeros(2, 1, SIDE_PX, SIDE_PX)),
            written,
        )
    return {TORCHSCRIPT_FILE: written.getvalue(), ONNX_FILE: small_onnx(learnt.tensors)}


def network_asker(learnt: Learnt) -> Ask:
    """The network, from its numbers: nothing that lies in a gate's folder is run."""
    if not learnt.tensors:
        raise ConfigError(
            "the gate variant 'cnn' learns from your images",
            "Fit it: lookout gate fit DATA --variant cnn",
            key="variant",
        )
    check_tensors(learnt.tensors, tensor_shapes(), "the gate's network")
    if has_onnx():
        return onnx_asker(small_onnx(learnt.tensors))
    return torch_asker(network_of(learnt.tensors))


@variant(
    "cnn",
    source="Ioffe & Szegedy, 'Batch normalization', ICML 2015; Kingma & Ba, 'Adam', ICLR 2015; docs/cards/gate-cnn.md",
    learn=learn,
    files=files,
)
def cnn(learnt: Learnt) -> Scorer:
    """Four convolutions over the most detailed squares, learnt from your sharp and blurred images."""
    ask = network_asker(learnt)

    def score(view: ImageView) -> Score:
        if min(view.height, view.width) < LEAST_PX:
            return Score(math.nan, f"it is under {LEAST_PX} px high or wide")
        seen = mosaic(view.luma, SQUARE_PX)
        value = float(ask(seen.levels[None, None].astype(np.float32))[0])
        return Score(value, seen.untellable)

    return score
