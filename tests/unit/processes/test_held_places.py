"""Temporary places go with whoever holds them, and what a killed process left is deleted: nothing else ever is."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lookoutcv.processes.held_places import HeldFolder, held_file, sweep

pytestmark = pytest.mark.skipif(os.name != "posix", reason="places are held on POSIX only")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_and_what_is_in_it_go_with_their_holder(temporary: Path) -> None:
    held = HeldFolder()
    (held.path / "below").mkdir()
    (held.path / "below" / "a").write_bytes(b"a")
    assert held.path.stat().st_mode & 0o077 == 0
    del held
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_what_is_old_and_not_held_is_swept_and_nothing_else(temporary: Path) -> None:
    held = HeldFolder()
    left, others = temporary / "lookoutcv-abcd_123.unpacked-package", ("lookoutcv-training.package", "lookoutcv-x")
    for name in (left.name, *others):
        (temporary / name).mkdir()
        (temporary / name / "a").write_bytes(b"a")
    elsewhere = temporary / "mine"
    elsewhere.mkdir()
    (elsewhere / "a").write_bytes(b"a")
    link = temporary / "lookoutcv-linklink.unpacked-package"
    link.symlink_to(elsewhere)
    file = temporary / "lookoutcv-abcdefgh.unpacked-package"
    file.write_bytes(b"")
    young = temporary / "lookoutcv-youngone.unpacked-package"
    young.mkdir()
    for path in (left, held.path, file, *(temporary / name for name in others)):
        os.utime(path, (1, 1))
    os.utime(link, (1, 1), follow_symlinks=False)
    sweep(str(temporary))
    assert not left.exists()
    assert all((temporary / name / "a").exists() for name in others)
    assert held.path.exists()
    assert young.exists()
    assert file.exists()
    assert (elsewhere / "a").exists()


def test_what_a_killed_process_held_is_swept(temporary: Path) -> None:
    program = (
        "import sys, tempfile, time\n"
        f"tempfile.tempdir = {str(temporary)!r}\n"
        "from lookoutcv.processes.held_places import HeldFolder, held_file\n"
        "class Owner: pass\n"
        "owner, folder = Owner(), HeldFolder()\n"
        "held_file(owner)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    places = list(temporary.iterdir())
    assert len(places) == 2
    for place in places:
        os.utime(place, (1, 1))
    sweep(str(temporary))
    assert sorted(temporary.iterdir()) == sorted(places)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    sweep(str(temporary))
    assert list(temporary.iterdir()) == []


def test_a_file_goes_with_its_owner(temporary: Path) -> None:
    class Owner:
        pass

    owner = Owner()
    handle, path, _ = held_file(owner)
    os.close(handle)
    assert Path(path).exists()
    del owner
    gc.collect()
    assert list(temporary.iterdir()) == []
