"""Framed pixels to what a network takes, and a network over all pictures of a part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.models.cards.card import Input
from lookoutcv.training.data.division import Pictures, Pixels
from lookoutcv.training.fitting.failures import is_out_of_memory
from lookoutcv.training.fitting.fitted_model import FloatArray

# Images a step where nothing is learnt: larger ones are no faster on a processor, and take memory.
_FORWARD_BATCH = 32


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
    Raises:
        TrainingError: As `passed`.
    """
    import torch  # noqa: PLC0415

    def probabilities(batch: Any) -> Any:
        return torch.softmax(module(batch).float(), dim=1)

    module.eval()
    rows = list(passed(probabilities, pictures, card_input, device=device, done=done))
    return np.concatenate(rows) if rows else np.empty((0, 0), np.float32)


def passed(
    through: Callable[[Any], Any],
    pictures: Pictures,
    card_input: Input,
    *,
    device: Any = None,
    done: Callable[[int], None] | None = None,
) -> Iterator[FloatArray]:
    """Pass all pictures through a function of batches, in their order; fewer at a time where memory is short.

    Args:
        through: (n, 3, height, width) to (n, d), both on the device.
        pictures, card_input, device, done: As for `scores_of`.
    Yields:
        (n, d) float32.
    Raises:
        TrainingError: There is too little memory for one picture.
    """
    import torch  # noqa: PLC0415

    device = device or torch.device("cpu")
    start, size = 0, _FORWARD_BATCH
    while start < len(pictures):
        indices = np.arange(start, min(start + size, len(pictures)))
        try:
            with torch.inference_mode():
                found = through(normalised(pictures.framed(indices), card_input, device)).float().cpu().numpy()
        except (RuntimeError, MemoryError) as reason:
            if not is_out_of_memory(reason):
                raise
            if size == 1:
                raise TrainingError(
                    "there is too little memory to look at a single image",
                    f"Take another network with {option('models')}, or leave more memory free.",
                    key="models",
                ) from reason
            size //= 2
            continue
        start += len(indices)
        yield found
        if done is not None:
            done(start)
