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


def test_where_every_image_kills_the_run_ends_and_says_so(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "images", 120, set())
    with pytest.raises(errors.WorkerDied, match=r"10 in a row.*--workers 1") as caught:
        lo.measure(source, metrics=[always], workers=2)
    assert caught.value.fields["ids"] == ("0009.png",)


def test_a_worker_that_is_killed_from_outside_costs_no_image(tmp_path: Path, good: Path) -> None:
    source, output = tmp_path / "images", tmp_path / "records.csv"
    source.mkdir()
    pictures = sorted(good.rglob("*.jpg"))
    for copy in range(20):
        for number, picture in enumerate(pictures):
            os.link(picture, source / f"{copy:02}-{number:03}.jpg")
    command = [sys.executable, "-m", "lookoutcv", "measure", str(source), "-o", str(output), "--no-cache"]
    with subprocess.Popen(
        [*command, "--workers", "2"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        os.kill(_worker_of(process), signal.SIGKILL)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert f"Wrote {20 * len(pictures):,} records" in out
    assert "a measuring process was killed" in err
    rows = output.read_text().splitlines()[1:]
    assert [row.split(",")[0].strip('"') for row in rows] == sorted(path.name for path in source.iterdir())


def _worker_of(process: subprocess.Popen[str]) -> int:
    """A process of the pool that has begun to measure: it holds memory, and has used time."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        listed = subprocess.run(
            ["ps", "-eo", "pid=,ppid=,cputimes=,args="], capture_output=True, text=True, check=True
        ).stdout
        for pid, parent, seconds, args in (line.split(maxsplit=3) for line in listed.splitlines()):
            if parent == str(process.pid) and "popen_loky" in args and int(seconds) >= 1:
                return int(pid)
        time.sleep(0.1)
    pytest.fail(f"no worker was seen: {process.poll()}")
