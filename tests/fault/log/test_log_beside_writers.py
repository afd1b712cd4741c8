"""Compaction, retention and erasing while another process writes: each acknowledged row is there exactly once."""

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
now, i = datetime.now(UTC), 0
while not sys.stdin.closed and i < 30_000:
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
    # Into files: what stands in the buffer of a pipe after the first line would be lost to `communicate`.
    said = [tmp_path / f"{model}.txt" for model in ("one", "two")]
    writers = []
    for model, told in zip(("one", "two"), said, strict=True):
        with told.open("w") as out:
            command = [sys.executable, str(script), str(place), model]
            writers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, text=True))
    while not list(place.glob("_delta_log/*.json")):
        assert [writer.poll() for writer in writers] == [None, None]
        time.sleep(0.05)
    changed: Counter[str] = Counter(joined=0, retained=0, erased=0)
    start = time.monotonic()
    # Until each of them met the writers, however busy the machine is.
    while time.monotonic() < start + 4 or (min(changed.values()) == 0 and time.monotonic() < start + 100):
        changed["joined"] += lo.open_log(place).compact().before
        changed["retained"] += lo.open_log(place).retain(older_than="30d").rows
        changed["erased"] += lo.open_log(place).erase("person", wait=0).rows
    for writer in writers:
        writer.communicate("stop\n", timeout=120)
    acknowledged = [name for told in said for name in told.read_text().split()]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert min(changed["joined"], changed["retained"], changed["erased"]) > 0, changed
    lo.open_log(place).retain(older_than="30d", grace="0")
    lo.open_log(place).erase("person")
    there = Counter(lo.open_log(place).read(columns=["id"]).column("id").to_pylist())
    expected = {name for name in acknowledged if not name.endswith(("-old", "-person"))}
    assert len(expected) > 100
    assert set(there) == expected
    assert set(there.values()) == {1}
