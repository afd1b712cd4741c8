"""Minutes of damaged image files, in a process of its own: an image or an ImageError, no crash, bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform == "win32", reason="it asks Unix for its memory")]

_LOOP = Path(__file__).with_name("decode_loop.py")
_SECONDS = 60


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_damaged_files_are_read_or_refused(seed: int, factor: float, tmp_path: Path) -> None:
    case = tmp_path / "case.bin"
    command = [sys.executable, "-W", "error", str(_LOOP), str(_SECONDS * factor), str(seed), str(case)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS * factor + 120)
    assert done.returncode == 0, f"ended with {done.returncode} on {case}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    assert found["surprises"] == []
    assert min(found["read"], found["refused"]) > 100 * factor
    assert found["slowest_seconds"] < 10
    assert found["peak_bytes"] < 600e6
