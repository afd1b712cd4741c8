"""What the machine has: processors to work with, and memory that is free, less where a container may take less."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

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
    if sys.platform == "win32":
        return _windows_bytes()
    with suppress(OSError, ValueError):  # macOS does not tell what is free, and moves what is not used out of the way
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return _UNKNOWN_BYTES


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        *(
            (name, ctypes.c_uint64)
            for name in ("all", "free", "all_paged", "free_paged", "all_own", "free_own", "more")
        ),
    )


def _windows_bytes() -> int:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    told = getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # noqa: B009 - on Windows alone
    return int(status.free) if told else _UNKNOWN_BYTES


# Of each version of control groups: bounds, what is taken, and what of it the kernel keeps of files. Above `high` it
# takes memory back, and slows the process down until it crawls.
_Version: TypeAlias = tuple[tuple[str, ...], str, str]
_VERSION_1: _Version = (("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file")
_VERSION_2: _Version = (("memory.max", "memory.high"), "memory.current", "inactive_file")


def _group_bytes(root: Path) -> Iterator[int]:
    """What each of the control groups, one in the other, has left."""
    groups = root / "sys/fs/cgroup"
    with suppress(OSError, ValueError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, name = line.split(":", 2)
            if controllers == "":
                base, version = groups, _VERSION_2
            elif "memory" in controllers.split(","):
                base, version = groups / "memory", _VERSION_1
            else:
                continue
            bounds, taken, kept = version
            place = base / name.strip("/")
            # In a container the name may be that of the host, and the group lies at the top.
            for folder in (place, *place.parents):
                for bound in bounds:
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


def cpu_count() -> int:
    """How many processors this process may use.

    Example:
        >>> cpu_count() >= 1
        True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
