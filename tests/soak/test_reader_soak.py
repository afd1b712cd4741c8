"""Minutes of damaged files for each kind of reader, in a process of its own: a result or an error of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform == "win32", reason="it asks Unix for its memory")]

_LOOP = Path(__file__).with_name("reader_loop.py")
_TESTS = Path(__file__).parents[1]
_SECONDS = 90
# By where a reader's name begins: what is quick is not kept waiting by what starts a process each time.
_GROUPS = {
    "images": ["image"],
    "sources": ["source"],
    "models": ["model"],
    "beside models": ["card", "labels", "lookout", "policy"],
    "predictions": ["predictions"],
    "our files": ["baseline", "records", "report"],
    "log": ["log", "query"],
    "servers": ["answer"],
}


@pytest.mark.parametrize("group", _GROUPS)
@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_files_are_read_or_refused(group: str, seed: int, factor: float, tmp_path: Path) -> None:
    seconds = _SECONDS * factor
    command = [sys.executable, str(_LOOP), str(tmp_path), str(seed), "--seconds", str(seconds)]
    done = subprocess.run(
        [*command, "--only", *_GROUPS[group]],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_TESTS), *sys.path])},
    )
    assert done.returncode == 0, f"ended with {done.returncode} in {tmp_path}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    assert found["surprises"] == {}
    assert found["read"]
    assert found["refused"]
    assert found["slowest"][0] < 60
    assert found["peak_bytes"] < 1.5e9
