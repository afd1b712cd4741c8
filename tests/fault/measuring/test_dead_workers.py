"""Processes of a pool that are really killed: by an image, by every image, from outside."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv import errors
from lookoutcv.grids import linear
from lookoutcv.measuring.engines import in_processes

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL")

# A picture of just this size takes its process down, as a crash in a decoder or the kernel's out-of-memory killer does.
_FATAL_SIZE = 13


@lo.metric("own.crash", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def crash(view: Any) -> float:
    """Kills the process on some images."""
    import os
    import signal

    if view.pixels.shape[0] == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return 0.5


@lo.metric("own.always", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def always(view: object) -> float:
    """Kills the process on every image."""
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)
    return 0.0


def folder_of(path: Path, images: int, fatal: set[int]) -> Path:
    """Small pictures, no two alike, some of the size that kills."""
    path.mkdir()
    rng = np.random.default_rng(5)
    for number in range(images):
        side = _FATAL_SIZE if number in fatal else 16
        cv2.imwrite(str(path / f"{number:04}.png"), rng.integers(0, 255, (side, 16, 3), np.uint8))
    return path


def names(numbers: Any) -> list[str]:
    return [f"{number:04}.png" for number in numbers]


def test_images_that_kill_are_named_and_all_others_are_measured_in_order(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fatal = {0, 40, 41, 299}
    source = folder_of(tmp_path / "images", 300, fatal)
    with caplog.at_level(logging.WARNING, "lookoutcv"):
        records = lo.measure(source, metrics=[crash], workers=2)
    assert records.table["id"].to_pylist() == names(n for n in range(300) if n not in fatal)
    assert set(records.table["own.crash"].to_pylist()) == {0.5}
    assert [one.id for one in records.skipped] == names(sorted(fatal))
    assert {one.reason for one in records.skipped} == {"it ended the process that measured it"}
    assert "a measuring process was killed" in caplog.text


def test_strict_names_the_image_that_kills(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "images", 120, {77})
    with pytest.raises(errors.UnreadableImage, match=r"0077\.png.*ended the process"):
        lo.measure(source, metrics=[crash], workers=2, strict=True)


def test_where_every_image_kills_the_run_ends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_processes, "MOST_DEATHS_IN_A_ROW", 4)  # each takes a process
    source = folder_of(tmp_path / "images", 120, set())
    with pytest.raises(errors.WorkerDied, match=r"4 in a row.*workers=1") as caught:
        lo.measure(source, metrics=[always], workers=2)
    assert caught.value.fields["ids"] == ("0003.png",)


# What loky, its tracker of resources and Python itself would write to standard error.
_LOUD = """
import lookoutcv as lo
from lookoutcv.grids import linear

held = []

@lo.metric("own.loud", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def loud(view):
    import os, signal, time
    from pathlib import Path

    (Path({seen!r}) / str(os.getpid())).touch()
    if {crash} and view.pixels.shape[0] == 13:
        os.kill(os.getpid(), signal.SIGSEGV)
    held.append(b"x" * {grow})
    time.sleep({seconds})
    return 0.5
"""


def loud_run(folder: Path, crash: bool = False, grow: int = 0, seconds: float = 0.0) -> subprocess.Popen[str]:
    source, seen = folder_of(folder / "images", 300, {77}), folder / "seen"
    seen.mkdir()
    (folder / "own.py").write_text(_LOUD.format(seen=str(seen), crash=crash, grow=grow, seconds=seconds))
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "lookoutcv", "measure", str(source), "-o", str(folder / "records.csv")),
            *("--no-cache", "--workers", "2", "--plugin", str(folder / "own.py"), "--metrics", "own.loud"),
        ],
        env={**os.environ, "LOKY_MAX_MEMORY_LEAK_SIZE": "20000000"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_crash_is_one_line_and_no_listing_of_threads(tmp_path: Path) -> None:
    with loud_run(tmp_path, crash=True) as process:
        out, err = process.communicate(timeout=120)
    assert "Wrote 299 records" in out
    (line,) = err.splitlines()
    assert "a measuring process was killed" in line


def test_a_process_that_grows_is_begun_anew_without_a_word(tmp_path: Path) -> None:
    pytest.importorskip("psutil", reason="by it loky sees that a process grew")
    with loud_run(tmp_path, grow=1_000_000, seconds=0.02) as process:
        out, err = process.communicate(timeout=120)
    assert len(list((tmp_path / "seen").iterdir())) > 2
    assert "Wrote 300 records" in out
    assert err == ""


def test_a_program_that_was_killed_leaves_no_words_of_its_tracker(tmp_path: Path) -> None:
    with loud_run(tmp_path, seconds=0.2) as process:
        _worker_of(process, tmp_path / "seen")
        process.kill()
        # Its end comes when the last of those that hold it has ended: the workers, then the tracker.
        _, err = process.communicate(timeout=120)
    assert err == ""


# Each worker says who it is with its first image, and waits until it may go on.
_WAITING = """
import lookoutcv as lo
from lookoutcv.grids import linear

@lo.metric("own.waiting", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")
def waiting(view):
    import os, time
    from pathlib import Path

    folder = Path({folder!r})
    (folder / str(os.getpid())).touch()
    end = time.monotonic() + 200
    while not (folder / "go").exists() and time.monotonic() < end:
        time.sleep(0.01)
    return 0.5
"""


def test_a_worker_that_is_killed_from_outside_costs_no_image(tmp_path: Path) -> None:
    source, output, seen = folder_of(tmp_path / "images", 300, set()), tmp_path / "records.csv", tmp_path / "seen"
    seen.mkdir()
    (tmp_path / "own.py").write_text(_WAITING.format(folder=str(seen)))
    command = [sys.executable, "-m", "lookoutcv", "measure", str(source), "-o", str(output), "--no-cache"]
    with subprocess.Popen(
        [*command, "--workers", "2", "--plugin", str(tmp_path / "own.py"), "--metrics", "own.waiting"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        os.kill(_worker_of(process, seen), signal.SIGKILL)
        (seen / "go").touch()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Wrote 300 records" in out
    assert "a measuring process was killed" in err
    rows = output.read_text().splitlines()[1:]
    assert [row.split(",")[0].strip('"') for row in rows] == names(range(300))


def _worker_of(process: subprocess.Popen[str], seen: Path) -> int:
    """A process of the pool that is at an image."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        for path in seen.iterdir():
            return int(path.name)
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"no worker was seen: {process.communicate()}")
