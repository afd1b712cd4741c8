"""What an image looks like to a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class Embedding:
    """A model's inner view of an image.

    Args:
        vector: (D,) float32.
    Example:
        >>> Embedding(np.zeros(3, np.float32)).vector.shape
        (3,)
    """

    vector: FloatArray
