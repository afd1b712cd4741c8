"""A task in another process: its answer, its failure, and its bounds of time and memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from lookoutcv.errors import LookoutError
from lookoutcv.processes.isolated import run

TASK = """
import json, sys, time
task = json.load(sys.stdin)
if task["do"] == "echo":
    sys.stderr.write("x" * 200_000)  # more than a pipe holds
    json.dump(task, sys.stdout)
if task["do"] == "fail":
    sys.exit("what happened\\nwhy")
if task["do"] == "sleep":
    time.sleep(60)
if task["do"] == "hoard":
    held = bytearray(300 << 20)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_task.py").write_text(TASK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_what_it_wrote_comes_back_however_much_goes_in() -> None:
    task = {"do": "echo", "much": "ä" * 500_000}
    assert run("a_task", task) == json.loads(json.dumps(task))
    assert run("a_task", {"do": "nothing"}) is None


def test_the_last_line_of_a_failure_is_told() -> None:
    with pytest.raises(LookoutError, match=r"^why\.$"):
        run("a_task", {"do": "fail"})


def test_it_is_ended_after_its_time() -> None:
    with pytest.raises(TimeoutError, match=r"within 0\.2 s"):
        run("a_task", {"do": "sleep"}, seconds=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_it_is_ended_with_too_much_memory() -> None:
    with pytest.raises(MemoryError, match=r"more than 0\.1 GB"):
        run("a_task", {"do": "hoard"}, most_bytes=100_000_000)
