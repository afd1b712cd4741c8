"""Compaction, retention and forgetting while another process writes: each acknowledged row is there exactly once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import lookoutcv as lo

WRITER = """
import sys
from datetime import UTC, datetime, timedelta
import lookoutcv as lo
log = lo.ClassificationLogger(
    sys.argv[2], enabled_metrics=[], directory=sys.argv[1], durability="record", commit_seconds=0.15, block_seconds=20
)
print("ready", flush=True)
now, i = datetime.now(UTC), 0
while not sys.stdin.closed and i < 3000:
    old = i % 10 == 9
    name = f"{sys.argv[2]}/{i}{'-old' if old else ''}{'-person' if i % 10 == 3 else ''}"
    when = now - timedelta(days=50 if old else 0)
    if log.log_prediction(None, "cat", image_name=name if i % 10 != 3 else "person", time=when):
        print(name, flush=True)
    i += 1
    if i % 20 == 0 and select.select([sys.stdin], [], [], 0)[0]:
        break
log.close()
"""


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text("import select\n" + WRITER)
    place = tmp_path / "log"
    writers = [
        subprocess.Popen(
            [sys.executable, str(script), str(place), model],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for model in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    while not (place / "_delta_log").is_dir():
        time.sleep(0.05)
    changed: Counter[str] = Counter()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        changed["joined"] += lo.compact_log(place).before
        changed["retained"] += lo.retain_log(place, older_than="30d").rows
        changed["forgotten"] += lo.forget_log("person", place, wait=0).rows
    acknowledged = [name for writer in writers for name in writer.communicate("stop\n", timeout=60)[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert min(changed["joined"], changed["retained"], changed["forgotten"]) > 0, changed
    lo.retain_log(place, older_than="30d", grace="0")
    lo.forget_log("person", place)
    there = Counter(lo.read_log(place, columns=["id"]).column("id").to_pylist())
    expected = {name for name in acknowledged if not name.endswith(("-old", "-person"))}
    assert len(expected) > 100
    # A call whose wait for the disk ended at its bound says no, and its row may be there all the same.
    assert expected <= set(there)
    assert not [name for name in there if name.endswith("-old") or name == "person"]
    assert set(there.values()) == {1}
