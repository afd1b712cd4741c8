"""One p-value from many dependent ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

# A p-value of 1 has an infinitely negative tangent and would veto everything else; below, floats run out.
LOWEST, HIGHEST = 1e-15, 0.99


def cauchy(p_values: Iterable[float]) -> float:
    """Cauchy combination: valid at small levels whatever the dependence between the tests.

    p = 1/2 - atan(mean tan((1/2 - p_i) pi)) / pi, with every p_i clipped to [1e-15, .99]. Written with cotangents,
    which keep their precision at tiny p.

    Args:
        p_values: In [0, 1], at least one.
    Returns:
        In (0, .99].
    Example:
        >>> round(cauchy([0.2, 0.2, 0.2]), 6), round(cauchy([1e-9, 1.0, 0.5]), 12)
        (0.2, 3e-09)

    Source: Liu & Xie, "Cauchy combination test", Journal of the American Statistical Association 115 (2020).
    """
    clipped = np.clip(np.fromiter(p_values, dtype=np.float64), LOWEST, HIGHEST)
    return math.atan2(1.0, float(np.mean(1.0 / np.tan(np.pi * clipped)))) / math.pi


def holm(p_values: list[float | None], alpha: float) -> list[bool]:
    """Which tests stay significant at `alpha` over all of them together (Holm's step-down correction).

    Args:
        p_values: None where nothing was tested; those are never significant and not counted.
        alpha: Chance of any false one, in (0, 1).
    Example:
        >>> holm([0.001, 0.02, None, 0.04], 0.05)
        [True, True, False, True]
        >>> holm([0.001, 0.03, None, 0.04], 0.05)
        [True, False, False, False]

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. of Statistics 6 (1979).
    """
    return [p is not None and p <= alpha for p in holm_adjusted(p_values)]


def holm_adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """P-values that can each be compared with the level for all of them together.

    The smallest is multiplied with the number of tests, the next with one less, and so on; none falls below the one
    before it.

    Args:
        p_values: None where nothing was tested; those stay None and are not counted.
    Example:
        >>> holm_adjusted([0.001, 0.03, None, 0.02])
        [0.003, 0.04, None, 0.04]

    Source: as `holm`.
    """
    tested = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for step, (p, i) in enumerate(tested):
        highest = max(highest, min(1.0, p * (len(tested) - step)))
        adjusted[i] = highest
    return adjusted
