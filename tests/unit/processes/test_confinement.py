"""What a process gives up, tried in one of its own: with what the kernel offers, and with each part of it missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import lookoutcv
from lookoutcv.processes.confinement import installed_folders
from lookoutcv.processes.landlock import landlock_version
from lookoutcv.processes.protections import protections

PROGRAM = """
import json, os, socket, sys, threading
told = json.loads(sys.argv[1])
sys.path.insert(0, told["source"])
import lookoutcv.processes.confinement as confinement
if "landlock" in told["without"]:
    confinement.landlock_version = lambda: 0
    confinement.only_these_files = lambda *arguments: 0
if "seccomp" in told["without"]:
    confinement.give_up_system_calls = lambda **options: False
holds = confinement.confine([told["allowed"]], folder=told["folder"], most_bytes=told["most_bytes"])

def works(what):
    try:
        what()
    except (OSError, MemoryError):
        return False
    return True

print(json.dumps({
    "holds": holds,
    "reads": works(lambda: open(told["allowed"]).read()),
    "reads_others": works(lambda: open(told["secret"]).read()),
    "writes": works(lambda: open(told["secret"], "a")),
    "connects": works(socket.socket),
    "fits": works(lambda: bytearray(told["most_bytes"] // 2)),
    "is_too_much": works(lambda: bytearray(told["most_bytes"] * 2)),
    "threads": works(lambda: threading.Thread(target=int).start()),
}))
"""


def tried(folder: Path, without: str = "") -> dict[str, object]:
    given = {name: str(folder / name) for name in ("allowed", "secret", "folder")}
    for name in ("allowed", "secret"):
        (folder / name).write_text(name)
    (folder / "folder").mkdir()
    told = {**given, "source": str(Path(lookoutcv.__file__).parents[1]), "without": without, "most_bytes": 1 << 28}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(told)],
        cwd=folder / "folder",
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel holds it on Linux")


@pytest.mark.skipif(not landlock_version(), reason="this kernel does not offer Landlock")
def test_with_all_that_the_kernel_offers(tmp_path: Path) -> None:
    found = tried(tmp_path)
    assert found.pop("holds") == {"landlock": landlock_version(), "seccomp": True, "limits": True}
    works = {name for name, worked in found.items() if worked}
    assert works == {"reads", "fits", "threads"}
    assert not (tmp_path / "folder").exists()
    # Landlock alone knows no sockets but those that connect.
    assert set(protections() or ()) == {
        f"files and network (Landlock {landlock_version()})",
        "system calls (seccomp)",
        "memory and sizes of files (limits)",
    }


@pytest.mark.skipif(not landlock_version(), reason="this kernel does not offer Landlock")
def test_without_seccomp_files_are_held(tmp_path: Path) -> None:
    found = tried(tmp_path, without="seccomp")
    assert (found["reads"], found["reads_others"], found["writes"]) == (True, False, False)


def test_without_landlock_nothing_is_written_and_there_is_no_network(tmp_path: Path) -> None:
    found = tried(tmp_path, without="landlock")
    assert (found["reads"], found["writes"], found["connects"], found["threads"]) == (True, False, False, True)
    assert (tmp_path / "folder").exists()  # whoever started it removes it


def test_without_both_memory_is_bounded_still(tmp_path: Path) -> None:
    found = tried(tmp_path, without="landlock seccomp")
    assert (found["fits"], found["is_too_much"]) == (True, False)


def test_the_users_own_folders_are_not_installed_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert str(tmp_path) not in installed_folders()
    assert not any(Path.home() == Path(folder) for folder in installed_folders())
    (tmp_path / "ours-1.dist-info").mkdir()  # `pip install --target`
    assert str(tmp_path) in installed_folders()
