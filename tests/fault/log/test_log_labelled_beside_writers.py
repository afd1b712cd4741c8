"""Labels put on rows while another process writes: each acknowledged row is there once, with its label."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import lookoutcv as lo

WRITER = """
import select
import sys
import lookoutcv as lo
log = lo.ClassificationLogger(
    "m", enabled_metrics=[], directory=sys.argv[1], durability="record", commit_seconds=0.1, block_seconds=20
)
i = 0
while i < 40000:
    if log.log_prediction(None, "cat", image_name=f"{i}.jpg"):
        print(i, flush=True)
    i += 1
    if i % 20 == 0 and select.select([sys.stdin], [], [], 0.05)[0]:
        break
log.close()
"""


def test_labels_and_rows_arrive_at_the_same_time(tmp_path: Path) -> None:
    script, place, truth = tmp_path / "writer.py", tmp_path / "log", tmp_path / "truth.csv"
    script.write_text(WRITER)
    truth.write_text("id,label\n" + "".join(f"{i}.jpg,dog\n" for i in range(0, 40000, 2)))
    command = [sys.executable, str(script), str(place)]
    # Into a file: a pipe that nobody reads is soon full.
    told = tmp_path / "told.txt"
    with told.open("w") as out, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, text=True) as writer:
        while not list(place.glob("_delta_log/*.json")):
            assert writer.poll() is None
            time.sleep(0.05)
        labelled, rounds, end = 0, 0, time.monotonic() + 100
        while rounds < 3 and time.monotonic() < end:
            time.sleep(0.1)  # else the writer, which waits after a conflict, would seldom come first
            found = lo.open_log(place).label(truth)
            labelled, rounds = labelled + found.rows, rounds + (found.rows > 0)
            assert found.changed == 0
        writer.communicate("stop\n", timeout=120)
    acknowledged = told.read_text().split()
    assert writer.returncode == 0
    assert rounds == 3, "no new rows came between"
    labelled += lo.open_log(place).label(truth).rows
    rows = lo.open_log(place).read(columns=["id", "label"]).to_pylist()
    assert Counter(row["id"] for row in rows) == Counter(f"{i}.jpg" for i in acknowledged)
    assert all((row["label"] == "dog") is (int(row["id"].removesuffix(".jpg")) % 2 == 0) for row in rows)
    assert labelled == sum(row["label"] == "dog" for row in rows)
