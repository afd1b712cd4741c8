"""The memory that a logger takes for large predictions until they are in the table, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("deltalake")
pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory, by Linux")

# As docs/log.md says: what waits, and some 300 MB.
_MOST_WAITING_BYTES = 64 << 20
_MOST_BYTES = 300_000_000 + _MOST_WAITING_BYTES
_BEGINNING = """
import os, sys, time
import numpy as np
import lookoutcv as lo

kind, count, most, directory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
noise = np.random.default_rng(0)

def told(name):
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(name))

def logger(of, **other):
    # Commits while calls come and rows are made, as on a machine that is slow.
    waits = {"max_bytes": most, "when_full": "block", "block_seconds": 60.0, "commit_seconds": 1.0}
    return of("m", enabled_metrics=[], directory=directory, **waits, **other)

def log_one(log):
    if kind == "map":
        return log.log_prediction(mask=noise.integers(0, 2, (1000, 1000), dtype=np.uint8))
    if kind == "masks":
        names = [f"class {number}" for number in range(8)]
        return log.log_prediction(None, names, [0.9] * 8, mask=list(noise.integers(0, 10, (8, 800, 800), np.uint8) < 3))
    if kind == "scores":
        return log.log_prediction(scores=noise.random(1000))
    boxes = noise.random((300, 4)) * 100
    boxes[:, 2:] += boxes[:, :2]
    return log.log_prediction(None, ["car"] * 300, noise.random(300), boxes=boxes)

of = {"map": lo.SegmentationLogger, "masks": lo.SegmentationLogger, "scores": lo.ClassificationLogger}
log = logger(of.get(kind, lo.DetectionLogger))
"""
# All that is imported on the way is there before.
_MEASURED = """
log_one(log)
assert log.flush(60)
open("/proc/self/clear_refs", "w").write("5")
before = told("VmRSS")
for _ in range(count):
    assert log_one(log)
assert log.close(120)
assert log.stats().committed == count + 1
print(told("VmHWM") - before)
"""
_KILLED = """
for _ in range(count):
    assert log_one(log)
# Until all calls are on the disk, most of them as they were made.
end = time.monotonic() + 100
while log._engine.calls.exposed_bytes:
    assert time.monotonic() < end
    time.sleep(0.01)
os._exit(0)
"""
_ADOPTED = """
import deltalake
lo.SegmentationLogger("other", enabled_metrics=[], directory=directory + "/other").close()
open("/proc/self/clear_refs", "w").write("5")
before = told("VmRSS")
assert log.log_prediction(mask=np.zeros((4, 4), np.uint8)) and log.flush(60)
end = time.monotonic() + 100
while lo.open_log(directory).read(columns=["id"]).num_rows <= count:
    assert time.monotonic() < end
    time.sleep(0.2)
print(told("VmHWM") - before)
"""


def run(program: str, kind: str, count: int, directory: Path) -> str:
    arguments = [kind, str(count), str(_MOST_WAITING_BYTES), str(directory)]
    command = [sys.executable, "-c", _BEGINNING + program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(("kind", "count"), [("map", 24), ("masks", 24), ("scores", 10_000), ("boxes", 3000)])
def test_large_predictions_take_what_waits_and_a_bound(kind: str, count: int, tmp_path: Path) -> None:
    taken = int(run(_MEASURED, kind, count, tmp_path / "log"))
    assert taken < _MOST_BYTES, f"{taken / 1e6:.0f} MB"


def test_what_a_killed_process_left_takes_no_more_where_it_is_found(tmp_path: Path) -> None:
    count = 24
    run(_KILLED, "map", count, tmp_path / "log")
    taken = int(run(_ADOPTED, "map", count, tmp_path / "log"))
    assert taken < _MOST_BYTES, f"{taken / 1e6:.0f} MB"
