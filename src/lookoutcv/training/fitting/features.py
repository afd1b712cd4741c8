"""What a frozen backbone sees in each picture: computed once, kept on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.atomic import open_atomic
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.training.data.division import Pictures
from lookoutcv.training.fitting.fitted_model import FloatArray
from lookoutcv.training.fitting.forward_pass import passed


def features_of(
    backbone: Backbone,
    pictures: Pictures,
    cache: Path | None = None,
    *,
    device: Any = None,
    done: Callable[[int], None] | None = None,
) -> FloatArray:
    """What the backbone sees in each picture, before its classifier.

    Args:
        backbone: With pretrained weights. Its module is left in evaluation mode.
        pictures: n of them; what they are is told by their `sha256`.
        cache: A folder where features are kept and found again; None for none.
        device: Where the module is; the processor if it is not said.
        done: Told how many pictures are done.
    Returns:
        (n, d) float32; mapped from the file where it is kept, so that memory does not grow with n.
    """
    if cache is None:
        return np.concatenate(list(_computed(backbone, pictures, device, done)))
    path = cache / f"{_key(backbone, pictures)}.npy"
    kept = _kept(path, len(pictures))
    if kept is not None:
        if done is not None:
            done(len(pictures))
        return kept
    with suppress(OutputUnwritable, OSError):  # a full disk costs the cache, not the training
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, backbone, pictures, device, done)
        kept = _kept(path, len(pictures))
    return kept if kept is not None else features_of(backbone, pictures, device=device, done=done)


def _kept(path: Path, count: int) -> FloatArray | None:
    """Features of so many pictures from a file; None where it is not there, or cut off."""
    try:
        found: FloatArray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        return None
    return found if found.ndim == 2 and len(found) == count else None


def _key(backbone: Backbone, pictures: Pictures) -> str:
    told = [backbone.name, backbone.weights.sha256, asdict(backbone.input), pictures.sha256, len(pictures)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _write(path: Path, backbone: Backbone, pictures: Pictures, device: Any, done: Callable[[int], None] | None) -> None:
    rows = 0
    with open_atomic(path) as file:
        for block in _computed(backbone, pictures, device, done):
            if not rows:
                header = {"descr": "<f4", "fortran_order": False, "shape": (len(pictures), block.shape[1])}
                np.lib.format.write_array_header_1_0(file, header)
            file.write(np.ascontiguousarray(block, "<f4").tobytes())
            rows += len(block)


def _computed(
    backbone: Backbone, pictures: Pictures, device: Any, done: Callable[[int], None] | None
) -> Iterator[FloatArray]:
    module = backbone.module.eval()

    def seen(batch: Any) -> Any:
        return module.forward_head(module.forward_features(batch), pre_logits=True)

    return passed(seen, pictures, backbone.input, device=device, done=done)
