"""Killed at random moments, with no chance to tidy up: the file asked for is absent, as it was, or whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv import Baseline, Records
from lookoutcv.demo.photographs import photograph

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")]

_IMAGES = 200
_KILLS = 50
_ORPHANS_LIVE_SECONDS = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("killed") / "images"
    photograph(place, _IMAGES, seed=6)
    return place


@pytest.mark.parametrize("verb", ["measure", "baseline"])
def test_a_kill_leaves_no_half_file(verb: str, folder: Path, factor: float, tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    output = tmp_path / f"{verb}.parquet"
    started = time.monotonic()
    assert start(verb, folder, output).wait() == 0
    whole_run = time.monotonic() - started
    older = output.read_bytes()
    outcomes = {"absent": 0, "older": 0, "whole": 0}
    for turn in range(max(6, round(_KILLS * factor))):
        if turn % 2:
            output.write_bytes(older)
        else:
            output.unlink(missing_ok=True)
        before = output.stat().st_ino if turn % 2 else None
        process = start(verb, folder, output)
        wait(output, process, random, whole_run)
        process.kill()
        process.wait()
        outcomes[state(output, before)] += 1
        assert_gone(process.pid)
    print(verb, outcomes, f"run of {whole_run:.1f} s")
    assert sum(outcomes.values()) == turn + 1


def start(verb: str, folder: Path, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lookoutcv", verb, str(folder), "-o", str(output), "--workers", "2"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def wait(output: Path, process: subprocess.Popen[bytes], random: np.random.Generator, whole_run: float) -> None:
    """Until any moment of the run; or, half the time, until just after the temporary file has grown."""
    if random.random() < 0.5:
        time.sleep(random.uniform(0, 1.1 * whole_run))
        return
    while process.poll() is None:
        if any(part.stat().st_size for part in parts(output)):
            time.sleep(random.uniform(0, 0.03))
            return


def parts(output: Path) -> list[Path]:
    """Temporary files of this target that are there, those of killed runs put away."""
    return [part for part in output.parent.glob(f".{output.name}.*.tmp") if part.exists()]


def state(output: Path, before: int | None) -> str:
    """What is there now; fails where that is neither nothing nor a whole file."""
    for part in parts(output):
        part.unlink()
    assert [path.name for path in output.parent.iterdir()] in ([], [output.name])
    if not output.exists():
        assert before is None
        return "absent"
    found = lo.load(output)
    assert isinstance(found, Baseline | Records)
    assert (found.profile.count if isinstance(found, Baseline) else len(found)) == _IMAGES
    return "older" if output.stat().st_ino == before else "whole"


def assert_gone(group: int) -> None:
    """The workers of a killed run end by themselves."""
    end = time.monotonic() + _ORPHANS_LIVE_SECONDS
    while time.monotonic() < end:
        if not living(group):
            return
        time.sleep(0.05)
    left = living(group)
    os.killpg(group, signal.SIGKILL)
    pytest.fail(f"workers outlive their killed parent by {_ORPHANS_LIVE_SECONDS} s: {left}")


def living(group: int) -> list[str]:
    """Processes of a group that are not zombies waiting for somebody to notice."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(words[2]) == group and words[0] not in "ZX":
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it ended while we looked
    return found
