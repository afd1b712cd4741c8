"""The same images measured again and again: memory, open files and processes stay what they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lookoutcv.demo.photographs import photograph

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")]

_IMAGES = 300
_MEASURE_AGAIN = """
import gc, json, os, sys
import lookoutcv as lo
folder, images, rounds, workers = sys.argv[1], *map(int, sys.argv[2:])
seen = []
for _ in range(rounds):
    assert len(lo.measure(folder, workers=workers)) == images
    gc.collect()
    pages = int(open("/proc/self/statm").read().split()[1])
    children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
    seen.append([pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd")), len(children)])
print(json.dumps(seen))
"""


@pytest.mark.parametrize(("workers", "rounds"), [(1, 60), (2, 20)])
def test_nothing_grows(workers: int, rounds: int, factor: float, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    photograph(folder, _IMAGES, seed=5)
    turns = max(8, round(rounds * factor))
    numbers = [str(_IMAGES), str(turns), str(workers)]
    command = [sys.executable, "-c", _MEASURE_AGAIN, str(folder), *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    memory, files, children = zip(*json.loads(done.stdout), strict=True)
    warm = turns // 3
    growth = max(memory[-warm:]) - max(memory[:warm])
    print(f"{turns} rounds, {workers} workers: {growth / 1e6:+.1f} MB, files {files[0]} to {files[-1]}")
    # A leak of one row, name or handle an image would be over this many bytes in the rounds between.
    assert growth < 8e6
    assert max(files[-warm:]) <= max(files[:warm])
    assert max(children[-warm:]) <= max(children[:warm])
