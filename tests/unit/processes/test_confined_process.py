"""What starting a process leaves behind where there can be none; what one may do is tried in `test_confinement`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lookoutcv.processes.confined_process import ConfinedProcess, NoProcessError


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
@pytest.mark.parametrize("forked", [False, True])
def test_where_none_can_be_started_nothing_is_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: bool
) -> None:
    def no_more(*arguments: object, **options: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", no_more)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = os.listdir("/proc/self/fd")
    with pytest.raises(NoProcessError, match="temporarily unavailable") as failed:
        ConfinedProcess("nowhere", {}, readable=[], most_bytes=1 << 30, forked=forked)
    assert failed.value.remedy == "End other programs, or raise what `ulimit -u` allows."
    # The error's traceback holds what the process would have been given.
    del failed
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert not list(tmp_path.iterdir())
