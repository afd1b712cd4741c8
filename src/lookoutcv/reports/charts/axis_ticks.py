"""Round values along an axis."""

from __future__ import annotations

import math


def linear_ticks(low: float, high: float, about: int = 4) -> tuple[float, ...]:
    """Round values between two ends, about so many."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(f"{i * step:.12g}") for i in range(first, last + 1))


def log_ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    """Round values of a logarithmic axis between two positive ends, about so many."""
    most = about + 1
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{s}e{p}") for p in powers for s in steps if low <= float(f"{s}e{p}") <= high]
        if len(ticks) <= most:
            break
    else:
        ticks = ticks[:: math.ceil(len(ticks) / most)]
    return tuple(ticks) if len(ticks) >= 2 else linear_ticks(low, high, about)
