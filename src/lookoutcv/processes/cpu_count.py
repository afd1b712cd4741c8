"""How many processors there are to work with."""

from __future__ import annotations

import os


def cpu_count() -> int:
    """How many processors this process may use.

    Example:
        >>> cpu_count() >= 1
        True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
