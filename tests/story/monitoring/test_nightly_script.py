"""The nightly script of the cook book: a night without images, and one with bad ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lookoutcv.cli.main import main
from lookoutcv.corruptions.blur import defocus
from lookoutcv.demo.photographs import photograph

PAGE = (Path(__file__).parents[3] / "docs" / "cook-book.md").read_text(encoding="utf-8")
SCRIPT = re.compile(r"^```sh\n(#!/bin/sh\n# watch\.sh\n.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """What the nightly script finds: itself, its programs, a baseline and a bad day in yesterday's folder."""
    photograph(tmp_path / "good", 60, seed=1)
    assert main(["baseline", str(tmp_path / "good"), "-o", str(tmp_path / "baseline.parquet"), "--no-cache"]) == 0
    tools = tmp_path / "bin"
    tools.mkdir()
    (tmp_path / "watch.sh").write_text(SCRIPT.findall(PAGE)[0])
    (tools / "lookout").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lookoutcv "$@"\n')
    (tools / "mail").write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/mails"\ncat >> "{tmp_path}/mails"\n')
    for tool in (*tools.iterdir(), tmp_path / "watch.sh"):
        tool.chmod(0o755)
    return tmp_path


def night(camera: Path) -> tuple[int, str]:
    """Run the script; its exit code and the mails it wrote."""
    path = f"{camera / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "watch.sh"], cwd=camera, env={**os.environ, "PATH": path}, check=False)
    mails = camera / "mails"
    return done.returncode, mails.read_text(encoding="utf-8") if mails.exists() else ""


@pytest.mark.skipif(shutil.which("sh") is None or sys.platform != "linux", reason="the script is for GNU's date")
def test_the_nightly_script_mails_drift_and_failures(camera: Path) -> None:
    code, mails = night(camera)
    assert code == 1
    assert "The check of" in mails
    assert "failed team@example.org" in mails
    day = f"{datetime.now() - timedelta(days=1):%Y%m%d}"
    photograph(camera / "production" / day, 60, seed=2, fault=lambda pixels: defocus(pixels, 3))
    code, mails = night(camera)
    assert code == 3
    assert f"Images drifted on {day} -A reports/{day}.html team@example.org" in mails
    assert "less sharp" in mails
    assert (camera / "reports" / "index.html").stat().st_size > 1000
