"""A task in another process: its result and progress, its failure, and its bounds of time and memory."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import lookoutcv
from lookoutcv.errors import LookoutError
from lookoutcv.processes.isolated_process import run_isolated

TASK = """
import os, signal, sys, time
from lookoutcv.processes.isolated_process import serve_task
def work(task, report):
    if task["do"] == "echo":
        sys.stderr.write("x" * 200_000)  # more than a pipe holds
        print("a library says hello")
        return task
    if task["do"] == "steps":
        for step in range(3):
            report({"step": step})
            end = time.monotonic() + 60
            while "heard" in task and not os.path.exists(task["heard"] + str(step)):
                if time.monotonic() > end:
                    sys.exit("nobody heard")
                time.sleep(0.01)
        return "done"
    if task["do"] == "fail":
        sys.exit("what happened\\nwhy")
    if task["do"] == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if task["do"] == "sleep":
        time.sleep(60)
    if task["do"] == "hoard":
        held = bytearray(300 << 20)
        held[::4096] = b"x" * len(held[::4096])
        time.sleep(60)
if __name__ == "__main__":
    serve_task(work)
"""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_task.py").write_text(TASK)
    source = Path(lookoutcv.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(source))))


def test_its_result_comes_back_however_much_goes_in() -> None:
    task = {"do": "echo", "much": "ä" * 500_000}
    assert run_isolated("a_task", task) == json.loads(json.dumps(task))
    assert run_isolated("a_task", {"do": "nothing"}) is None


def test_progress_comes_while_it_works(tmp_path: Path) -> None:
    seen: list[object] = []

    def hear(value: Any) -> None:
        seen.append(value)
        (tmp_path / f"heard{value['step']}").touch()

    # It goes on when it was heard; on Windows progress comes at the end.
    steps = {"do": "steps"} if sys.platform == "win32" else {"do": "steps", "heard": str(tmp_path / "heard")}
    assert run_isolated("a_task", steps, on_progress=hear) == "done"
    assert seen == [{"step": 0}, {"step": 1}, {"step": 2}]
    assert run_isolated("a_task", steps) == "done"  # nobody listens


def test_the_last_line_of_a_failure_is_told() -> None:
    with pytest.raises(LookoutError, match=r"^why\.$"):
        run_isolated("a_task", {"do": "fail"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_the_signal_that_ended_it_is_told() -> None:
    with pytest.raises(LookoutError, match=r"the system ended it \(SIGSEGV\)") as error:
        run_isolated("a_task", {"do": "die"})
    assert error.value.fields["signal"] == "SIGSEGV"


def test_it_is_ended_after_its_time() -> None:
    with pytest.raises(TimeoutError, match=r"within 0\.2 s"):
        run_isolated("a_task", {"do": "sleep"}, seconds=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_it_is_ended_with_too_much_memory() -> None:
    with pytest.raises(MemoryError, match="more than 100 MB"):
        run_isolated("a_task", {"do": "hoard"}, most_bytes=100_000_000)
