"""How much of the machine's cores nobody uses, where the system tells."""

from __future__ import annotations

import os
from contextlib import suppress


def idle_core_seconds() -> float | None:
    """Seconds that the cores of this machine were idle since it started, all together; None where it does not tell.

    What passed between two of these, by the seconds between them, is the number of idle cores. Source: proc_stat(5).

    Example:
        >>> idle = idle_core_seconds()
        >>> idle is None or idle >= 0
        True
    """
    with suppress(OSError, ValueError, IndexError, AttributeError):
        with open("/proc/stat", "rb") as file:
            words = file.readline().split()
        # cpu, user, nice, system, idle, waiting for a disk
        return (int(words[4]) + int(words[5])) / os.sysconf("SC_CLK_TCK")
    return None
