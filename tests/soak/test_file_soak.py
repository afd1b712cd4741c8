"""Minutes of damaged baselines, record files and reports, in a process of its own: only the errors that are ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import lookoutcv as lo

pytestmark = pytest.mark.soak

_LOOP = Path(__file__).with_name("file_loop.py")
_SECONDS = 90


@pytest.fixture(scope="module")
def files(baseline_file: Path, bad: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One of each kind."""
    place = tmp_path_factory.mktemp("ours")
    records, report = place / "records.parquet", place / "report.json"
    lo.measure(bad, output=records, workers=1)
    lo.render(lo.monitor(bad, baseline=baseline_file, workers=1), report)
    return [baseline_file, records, report]


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_files_load_or_are_refused(seed: int, factor: float, files: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, str(_LOOP), str(_SECONDS * factor), str(seed), str(tmp_path / "case.bin")]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ended with {done.returncode} on {tmp_path}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    assert found["surprises"] == {}
    assert found["loaded"]
    assert found["refused"]
