"""Framed pixels to what a network takes, and a network over all pictures of a part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.training.data.division import Pictures, Pixels
from lookoutcv.training.fitting.fitted_model import FloatArray

# Images a step where nothing is learnt: larger ones are no faster on a processor, and take memory.
FORWARD_BATCH = 32


def normalised(pixels: Pixels, card_input: Input, device: Any) -> Any:
    """A batch as a network takes it.

    The channels stay the innermost in memory: convolutions on a processor are 1.5 times as fast that way.

    Args:
        pixels: (n, height, width, 3) uint8 RGB, contiguous.
        card_input: Scale, mean and std.
        device: Where the tensor is to be.
    Returns:
        (n, 3, height, width) float32.
    """
    import torch  # noqa: PLC0415

    scale, std = np.float64(card_input.scale or 1.0), np.asarray(card_input.std, np.float64)
    factor = torch.as_tensor(np.broadcast_to(scale / std, 3).astype(np.float32), device=device)
    shift = torch.as_tensor(np.broadcast_to(-np.asarray(card_input.mean) / std, 3).astype(np.float32), device=device)
    batch = torch.from_numpy(pixels).to(device, non_blocking=True).float()
    return batch.mul_(factor).add_(shift).permute(0, 3, 1, 2)


def scores_of(
    module: Any, pictures: Pictures, card_input: Input, *, device: Any = None, done: Callable[[int], None] | None = None
) -> FloatArray:
    """The probabilities that a network gives the pictures of a part.

    Args:
        module: Images to logits; it is left in evaluation mode.
        pictures: n of them.
        card_input: How it wants them.
        device: Where `module` is; the processor if it is not said.
        done: Told how many pictures are done.
    Returns:
        (n, classes) float32; rows sum to 1.
    """
    import torch  # noqa: PLC0415

    device = device or torch.device("cpu")
    module.eval()
    rows = []
    with torch.inference_mode():
        for start in range(0, len(pictures), FORWARD_BATCH):
            indices = np.arange(start, min(start + FORWARD_BATCH, len(pictures)))
            logits = module(normalised(pictures.framed(indices), card_input, device)).float()
            rows.append(torch.softmax(logits, dim=1).cpu().numpy())
            if done is not None:
                done(int(indices[-1]) + 1)
    return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)
