"""What starting a process leaves behind where there can be none; what one may do is tried in `test_confinement`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.processes.confined_process import ConfinedProcess


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_where_none_can_be_started_nothing_is_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*arguments: object, **options: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", no_more)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = os.listdir("/proc/self/fd")
    with pytest.raises(ConfigError, match=r"no process can be started .*temporarily unavailable.*trust=True"):
        ConfinedProcess("nowhere", {}, readable=[], most_bytes=1 << 30)
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert not list(tmp_path.iterdir())
