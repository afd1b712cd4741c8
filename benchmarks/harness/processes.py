"""Memory of a process and of all that it started, sampled from Linux's own accounts while it runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Reading the accounts of a process costs milliseconds; a peak at a run's end lasts longer than this.
_EVERY_SECONDS = 0.1
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Peak:
    """The most memory that a process tree held.

    Args:
        megabytes: Proportional set size, summed over the tree, in 10^6 bytes: pages that several processes share
            count once.
        processes: The most processes seen at once.
        samples: How often it was looked at.
        seconds: How long the tree ran.
    """

    megabytes: float
    processes: int
    samples: int
    seconds: float


def can_measure() -> bool:
    """Whether this system tells proportional set sizes."""
    return (_PROCESSES / "self" / "smaps_rollup").exists()


def peak_memory(arguments: Sequence[str]) -> Peak:
    """Run a Python command line to its end and watch the memory of its process tree.

    Args:
        arguments: What follows `python`.
    Raises:
        RuntimeError: It failed.
    """
    started = time.perf_counter()
    most, processes, samples = 0, 0, 0
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            tree = _tree(process.pid)
            most = max(most, sum(_pss_bytes(pid) for pid in tree))
            processes = max(processes, len(tree))
            samples += 1
            time.sleep(_EVERY_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return Peak(most / 1e6, processes, samples, time.perf_counter() - started)


def _tree(root: int) -> list[int]:
    """A process and its descendants."""
    children = defaultdict(list)
    for entry in _PROCESSES.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name in parentheses may hold anything; the parent is the second word after it.
            words = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        children[int(words[1])].append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children[pid])
    return found


def _pss_bytes(pid: int) -> int:
    try:
        lines = (_PROCESSES / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it ended while we looked
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
