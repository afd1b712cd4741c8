"""Logistic regression of two kinds, with weights for numbers as they are measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

# Inverse strength of the penalty on the squares of the weights, for features of standard deviation 1.
_C = 1.0


def fitted_weights(features: Any, first: Any, names: Sequence[str]) -> dict[str, float]:
    """The weights by name, and the intercept.

    Args:
        features: (N, K), as they are measured.
        first: (N,) whether each is of the first kind.
        names: K of them.
    """
    middle, spread = features.mean(axis=0), features.std(axis=0)
    columns = (features - middle) / spread
    sign = np.where(first, 1.0, -1.0)

    def loss(w: Any) -> float:
        return float(np.logaddexp(0, -sign * (columns @ w[1:] + w[0])).sum() + (w[1:] ** 2).sum() / (2 * _C))

    found = minimize(loss, np.zeros(len(names) + 1)).x
    scaled = found[1:] / spread
    weights = {name: float(f"{weight:.6g}") for name, weight in zip(names, scaled, strict=True)}
    return weights | {"intercept": float(f"{found[0] - scaled @ middle:.6g}")}
