"""The tensors that a runtime returns: joined from batches, compared with those of single images, made real numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lookoutcv.models.formats.base import Tensor, TensorInfo


def joined(parts: Sequence[Sequence[Any]], count: int) -> list[Any]:
    """Outputs of several batches as those of one, of so many images."""
    return [np.concatenate(part)[:count] for part in zip(*parts, strict=True)]


def agree(together: Any, separate: Any) -> bool:
    """Whether two outputs are the same but for the last bits, which sums in another order change."""
    if together.shape != separate.shape:
        return False
    close = 0.02 * max(float(np.nanmax(np.abs(separate), initial=0)), 1e-6)
    return bool(np.allclose(together, separate, rtol=0, atol=close, equal_nan=True))


def padded(part: Tensor, count: int) -> Tensor:
    """A batch of so many images, the last one again where there are fewer: of a model that takes one number only."""
    if len(part) == count:
        return part
    return np.concatenate([part, np.repeat(part[-1:], count - len(part), axis=0)])


def real_numbers(output: Any, info: TensorInfo | None) -> Any:
    """An output as numbers to reckon with: what was quantised as it was meant, halves and doubles as float32."""
    if info is not None and info.quantisation is not None:
        quantisation = info.quantisation
        return (output.astype(np.float32) - np.float32(quantisation.zero_point)) * np.float32(quantisation.scale)
    return output.astype(np.float32) if output.dtype in (np.float16, np.float64) else output
