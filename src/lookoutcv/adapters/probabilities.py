"""Class probabilities as they are: a vector of numbers, or a mapping from names to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lookoutcv.adapters.base import AdapterContext, adapter, array
from lookoutcv.predictions import Classification
from lookoutcv.predictions.tensors import plain


def _recognises(result: Any) -> bool:
    if isinstance(result, Mapping):
        return len(result) > 0 and all(isinstance(k, str) for k in result) and all(map(_is_number, result.values()))
    if isinstance(result, str | bytes) or result is None:
        return False
    try:
        values = np.asarray(plain(result))
    except (TypeError, ValueError, RuntimeError):
        return False
    # One image's scores may stand in a batch of one.
    return values.dtype.kind == "f" and values.size > 1 and values.size == max(values.shape)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


@adapter("probabilities", recognises=_recognises, order=90)
def probabilities(result: Any, context: AdapterContext) -> Classification:
    """Class probabilities: a vector, or names with numbers."""
    if isinstance(result, Mapping):
        best = max(result, key=lambda name: float(result[name]))
        named = context.ordered
        complete = len(named) == len(result) and set(named) == set(result)
        scores = np.array([float(result[name]) for name in named], np.float32) if complete else None
        return Classification(best, float(result[best]), scores)
    scores = array(result).reshape(-1)
    return Classification.of_scores(scores, context.ordered or [str(index) for index in range(len(scores))])
