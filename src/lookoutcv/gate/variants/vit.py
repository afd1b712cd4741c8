"""A small vision transformer that looks at the most detailed squares of an image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.gate.networks.mosaic import LEAST_PX, mosaic
from lookoutcv.gate.networks.mosaic_store import mosaics_of
from lookoutcv.gate.networks.one_thread import torch_asker
from lookoutcv.gate.networks.teach import teach
from lookoutcv.gate.networks.transformer import new_transformer, transformer_of
from lookoutcv.gate.variants.base import Learnt, Lesson, Score, Scorer, variant
from lookoutcv.models.networks.onnx_writer import write_onnx
from lookoutcv.pixels.view import ImageView

BACKBONE = "deit_tiny_patch16_224"
ONNX_FILE = "vit_model.onnx"
# A transformer forgets what it knew at the learning rate of a small network: it takes this share of the lesson's.
_RATE_SHARE = 0.1


def learn(lesson: Lesson) -> Learnt:
    """Learn in torch, all layers, at a tenth of the lesson's learning rate."""
    torch = need("torch", "train")
    network = new_transformer(lesson.backbone or BACKBONE, lesson.weights, lesson.seed)
    slower = replace(lesson, learning_rate=lesson.learning_rate * _RATE_SHARE)
    side = network.side_px
    with mosaics_of(lesson, network.square_px) as mosaics, torch.random.fork_rng(devices=[]):
        torch.manual_seed(lesson.seed)
        epochs = teach(network.module, mosaics, slower, lambda levels: levels[:, None, :side, :side])
        counts = {"sharp": int(mosaics.sharp.sum()), "blurred": int((~mosaics.sharp).sum())}
        facts = {**network.facts, **counts, "left_out": mosaics.left_out}
    return Learnt(facts, network.tensors, tuple(epochs))


def files(learnt: Learnt) -> Mapping[str, bytes]:
    """The network for other programs: (n, 1, S, S) float32 grey levels 0 to 255 to (n,) scores."""
    network = transformer_of(learnt.facts, learnt.tensors)
    shape, described = (1, network.side_px, network.side_px), {"backbone": str(learnt.facts["backbone"])}
    with TemporaryDirectory(prefix="lookoutcv-gate-") as folder:
        target = Path(folder) / ONNX_FILE
        write_onnx(network.module, shape, target, described)
        return {ONNX_FILE: target.read_bytes()}


@variant(
    "vit",
    source="Touvron et al., 'Training data-efficient image transformers', ICML 2021; timm",
    learn=learn,
    files=files,
)
def vit(learnt: Learnt) -> Scorer:
    """A vision transformer of timm over the most detailed squares, learnt from your sharp and blurred images."""
    if not learnt.tensors:
        raise ConfigError(
            "the gate variant 'vit' learns from your images",
            "Fit it: lookout gate fit DATA --variant vit",
            key="variant",
        )
    network = transformer_of(learnt.facts, learnt.tensors)
    side, square = network.side_px, network.square_px
    # One image at a time: what stands beside it in a batch would move the last digits of its score.
    ask = torch_asker(network.module)

    def score(view: ImageView) -> Score:
        if min(view.height, view.width) < LEAST_PX:
            return Score(math.nan, f"it is under {LEAST_PX} px high or wide")
        seen = mosaic(view.luma, square)
        levels = seen.levels[None, None, :side, :side].astype(np.float32)
        return Score(float(ask(levels)[0]), seen.untellable)

    return score
