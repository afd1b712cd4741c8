"""Runs that are stopped in the middle: by Ctrl-C, by a kill, by a decoder that takes its process down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.demo.photographs import photograph

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals to a process group")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "images"
    photograph(folder, 200, seed=21)
    for copy in range(60):
        target = folder / f"copy{copy}"
        target.mkdir()
        for picture in sorted((folder / "cat").glob("*.jpg")):
            os.link(picture, target / picture.name)
    return folder


def start(many: Path, output: Path) -> subprocess.Popen[str]:
    code = (
        "import sys, time, lookoutcv as lo\n"
        "def slow(done, total):\n"
        "    print(done, flush=True)\n"
        "    time.sleep(0.05)\n"
        f"lo.measure({str(many)!r}, output={str(output)!r}, workers=2, progress=slow)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_until_it_works(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) > 0:
            return
    pytest.fail("it ended before anything was measured")


@pytest.mark.parametrize("replaces", [False, True])
def test_ctrl_c_leaves_no_half_file(many: Path, tmp_path: Path, replaces: bool) -> None:
    output = tmp_path / "records.parquet"
    if replaces:
        lo.measure(many / "cat", output=output, workers=1)
    before = [path.read_bytes() for path in tmp_path.iterdir()]
    process = start(many, output)
    wait_until_it_works(process)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in err
    assert [path.read_bytes() for path in tmp_path.iterdir()] == before


def test_a_kill_leaves_no_half_file_under_the_name_asked_for(many: Path, tmp_path: Path) -> None:
    output = tmp_path / "records.parquet"
    process = start(many, output)
    wait_until_it_works(process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert not output.exists()


def test_workers_follow_a_parent_that_was_killed(many: Path, tmp_path: Path) -> None:
    process = start(many, tmp_path / "records.parquet")
    wait_until_it_works(process)
    os.kill(process.pid, signal.SIGKILL)
    with process:
        process.wait(timeout=60)
    until = time.monotonic() + 60
    while members(process.pid) and time.monotonic() < until:
        time.sleep(0.2)
    assert not members(process.pid)


def members(group: int) -> list[str]:
    """The processes of a group, but those that only wait to be buried."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [row[-1] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def test_ctrl_c_in_the_command_is_one_plain_line(many: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lookoutcv", "baseline", str(many), "-o", str(tmp_path / "b.parquet")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    # Itself, two workers and what watches over them: imports are done and measuring has begun.
    until = time.monotonic() + 60
    while len(members(process.pid)) < 4:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip().splitlines()[-1] == "lookout: stopped; nothing half-written is left behind."
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_a_script_needs_no_main_guard(good: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import lookoutcv as lo\nprint(len(lo.measure({str(good)!r}, workers=2)))\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("160\n", 0), done.stderr


def test_an_image_that_vanishes_is_skipped(tmp_path: Path) -> None:
    photograph(tmp_path, 8, seed=3)
    seen: list[int] = []

    def vanish(done: int, total: int | None) -> None:
        if not seen:
            (tmp_path / "cat" / "0001.jpg").unlink()
        seen.append(done)

    records = lo.measure(tmp_path, workers=1, progress=vanish)
    assert records.count + records.skipped_count in (7, 8)
