"""What there is left to take: of the machine, or of the nearest group that bounds it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lookoutcv
from lookoutcv.processes.machine import available_bytes

GB = 10**9
_MACHINE = "MemTotal: 16000000 kB\nMemFree: 1000 kB\nMemAvailable: 8000000 kB\n"


def system(root: Path, groups: str, files: dict[str, object]) -> Path:
    """A tree of `proc` and `sys` that says so."""
    texts = {"proc/meminfo": _MACHINE, "proc/self/cgroup": groups}
    for name, text in {**texts, **{f"sys/fs/cgroup/{name}": text for name, text in files.items()}}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return root


@pytest.mark.parametrize(
    ("groups", "files", "free"),
    [
        ("0::/", {}, 8_192_000_000),
        ("0::/", {"memory.max": "max", "memory.current": GB}, 8_192_000_000),
        ("0::/", {"memory.max": 4 * GB, "memory.current": GB}, 3 * GB),
        # What the kernel keeps of files is given back.
        (
            "0::/",
            {"memory.max": 4 * GB, "memory.current": 3 * GB, "memory.stat": f"anon 1\ninactive_file {GB}"},
            2 * GB,
        ),
        # The bound above which a process is slowed down.
        ("0::/", {"memory.max": "max", "memory.high": 2 * GB, "memory.current": GB}, GB),
        # The narrowest of groups in groups.
        (
            "0::/a/b",
            {
                **{"memory.max": 4 * GB, "memory.current": GB, "a/memory.max": 2 * GB, "a/memory.current": GB},
                **{"a/b/memory.max": "max", "a/b/memory.current": 5},
            },
            GB,
        ),
        # In a container, by the host's name of the group.
        ("0::/docker/abc", {"memory.max": 2 * GB, "memory.current": GB}, GB),
        # The first version, beside others.
        (
            "9:cpu:/x\n4:memory,hugetlb:/x",
            {"memory/x/memory.limit_in_bytes": 2 * GB, "memory/x/memory.usage_in_bytes": GB},
            GB,
        ),
        (
            "4:memory:/",
            {"memory/memory.limit_in_bytes": 2**63 - 4096, "memory/memory.usage_in_bytes": GB},
            8_192_000_000,
        ),
        # Beyond its bound there is nothing.
        ("0::/", {"memory.max": GB, "memory.current": 2 * GB}, 0),
    ],
)
def test_the_narrowest_bound_counts(tmp_path: Path, groups: str, files: dict[str, object], free: int) -> None:
    assert available_bytes(system(tmp_path, groups, files)) == free


def test_a_system_that_tells_nothing_has_some(tmp_path: Path) -> None:
    assert available_bytes(tmp_path) > 1 << 28


_BOUND_BYTES = 400 << 20


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of the system's own, with a bound; of whichever version bounds memory here."""
    top = Path("/sys/fs/cgroup")
    offered = top / "cgroup.controllers"
    second = offered.exists() and "memory" in offered.read_text().split()
    folder = (top if second else top / "memory") / f"lookoutcv-test-{os.getpid()}"
    bound = folder / ("memory.max" if second else "memory.limit_in_bytes")
    try:
        folder.mkdir()
    except OSError as reason:
        pytest.skip(f"no control group can be made here: {reason.strerror}")
    try:
        try:
            bound.write_text(str(_BOUND_BYTES))
        except OSError as reason:
            pytest.skip(f"no control group can be bounded here: {reason.strerror}")
        yield folder
    finally:
        folder.rmdir()


_IN_GROUP = """
import os, sys
sys.path.insert(0, sys.argv[2])
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
from lookoutcv.processes.machine import available_bytes
before = available_bytes()
held = bytearray(b"x") * (200 << 20)
print(before, available_bytes())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has control groups")
def test_the_bound_of_a_real_group_is_obeyed_and_what_it_takes_counts(group: Path) -> None:
    source = str(Path(lookoutcv.__file__).parents[1])
    command = [sys.executable, "-c", _IN_GROUP, str(group), source]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert 0.8 * _BOUND_BYTES < before <= _BOUND_BYTES
    assert before - after == pytest.approx(200 << 20, rel=0.1)
