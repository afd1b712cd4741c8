"""How much memory there is: what the machine has free, or less where a container or a service may take less."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Where nobody tells.
_UNKNOWN_BYTES = 4 << 30
# A bound of the first version of control groups that is none is written as about 2^63.
_NO_BOUND = 1 << 60


def available_bytes(root: Path = Path("/")) -> int:
    """Bytes of memory that can still be taken.

    Args:
        root: Where `proc` and `sys` are.
    Example:
        >>> available_bytes() > 0
        True
    """
    return max(min([_machine_bytes(root), *_group_bytes(root)]), 0)


def _machine_bytes(root: Path) -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in (root / "proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return _UNKNOWN_BYTES


def _group_bytes(root: Path) -> Iterator[int]:
    """What each of the control groups, one in the other, has left."""
    groups = root / "sys/fs/cgroup"
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, name = line.split(":", 2)
            if controllers == "":
                base, bound, taken, kept = groups, "memory.max", "memory.current", "inactive_file"
            elif "memory" in controllers.split(","):
                base, bound, taken = groups / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
                kept = "total_inactive_file"
            else:
                continue
            place = base / name.strip("/")
            # In a container the name may be that of the host, and the group lies at the top.
            for folder in (place, *place.parents):
                with suppress(OSError, ValueError):
                    most = int((folder / bound).read_text())
                    if most < _NO_BOUND:
                        yield most - int((folder / taken).read_text()) + _cached(folder / "memory.stat", kept)
                if folder == base:
                    break


def _cached(path: Path, name: str) -> int:
    """Bytes of files that the kernel keeps, and gives back when they are wanted."""
    with suppress(OSError, ValueError):
        for line in path.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0
