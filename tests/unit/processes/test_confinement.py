"""What a process gives up, tried in one of its own: with what the kernel offers, and with each part of it missing."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest

import lookoutcv
from lookoutcv.processes.confinement import installed_folders
from lookoutcv.processes.kernel.landlock import landlock_version
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

# What reaches other processes without a file and without a connection.
ON_OTHERS = """
import ctypes, fcntl, json, os, resource, signal, socket, struct, sys
told = json.loads(sys.argv[1])
sys.path.insert(0, told["source"])
from lookoutcv.processes.kernel.system_calls import give_up_system_calls
other, shared, file, library = told["other"], told["shared"], open(told["file"]), ctypes.CDLL(None, use_errno=True)
reading, writing = os.pipe()
priority = os.getpriority(os.PRIO_PROCESS, other)
library.shmat.restype = ctypes.c_void_p
nowhere = ctypes.c_void_p(-1).value

def worked(answer):
    if answer in (-1, nowhere):
        raise OSError(ctypes.get_errno(), "refused")

tries = {
    "limits": lambda: resource.prlimit(other, resource.RLIMIT_CORE, (0, 0)),
    "cores": lambda: os.sched_setaffinity(other, os.sched_getaffinity(other)),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, other, priority),
    "scheduler": lambda: os.sched_setscheduler(other, os.SCHED_BATCH, os.sched_param(0)),
    "shared memory": lambda: worked(library.shmat(shared, None, 0)),
    "its removal": lambda: worked(library.shmctl(shared, 0, None)),
    "sockets": socket.socketpair,
    "signals": lambda: (fcntl.fcntl(reading, fcntl.F_SETOWN, other), fcntl.fcntl(reading, 10, signal.SIGUSR1)),
    "leases": lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "life after its parent": lambda: worked(library.prctl(1, 0, 0, 0, 0)),
}
own = {
    "its own limits": lambda: resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)),
    "its own cores": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
    "whether a file is a terminal": lambda: file.isatty(),
    "how much waits": lambda: fcntl.ioctl(reading, 0x541B, b"    "),
    "its own descriptors": lambda: fcntl.fcntl(file, fcntl.F_GETFD),
}
if told["held"]:
    assert give_up_system_calls(writes_devices=told["graphics"])
done = []
for name, what in {**tries, **own}.items():
    try:
        what()
        done.append(name)
    except OSError:
        pass
for name, request in {"attributes": 0x40086602, "owner": 0x8901}.items():
    try:
        fcntl.ioctl(file if name == "attributes" else reading, request, struct.pack("l", 0))
        done.append(name)
    except OSError:
        pass
print(json.dumps(done))
"""
OWN = {
    *("its own limits", "its own cores", "whether a file is a terminal", "how much waits"),
    "its own descriptors",
}


def done_to_others(folder: Path, *, held: bool, graphics: bool = False) -> set[str]:
    (folder / "file").write_text("a model")
    library = ctypes.CDLL(None)
    shared = library.shmget(0, 4096, 0o1600)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        told = {
            **{"source": str(Path(lookoutcv.__file__).parents[1]), "other": other.pid, "shared": shared},
            **{"file": str(folder / "file"), "held": held, "graphics": graphics},
        }
        try:
            run = [sys.executable, "-c", ON_OTHERS, json.dumps(told)]
            done = subprocess.run(run, capture_output=True, text=True, check=True)
        finally:
            other.kill()
            library.shmctl(shared, 0, None)
    return set(json.loads(done.stdout))


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


@pytest.mark.parametrize("graphics", [False, True])
def test_other_processes_are_out_of_reach(graphics: bool, tmp_path: Path) -> None:
    reached = done_to_others(tmp_path, held=False)
    assert reached - OWN >= {"limits", "cores", "priority", "scheduler", "sockets", "signals", "life after its parent"}
    assert reached >= OWN
    assert done_to_others(tmp_path, held=True, graphics=graphics) == OWN


def test_without_both_memory_is_bounded_still(tmp_path: Path) -> None:
    found = tried(tmp_path, without="landlock seccomp")
    assert (found["fits"], found["is_too_much"]) == (True, False)


def test_the_users_own_folders_are_not_installed_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert str(tmp_path) not in installed_folders()
    assert not any(Path.home() == Path(folder) for folder in installed_folders())
    (tmp_path / "ours-1.dist-info").mkdir()  # `pip install --target`
    assert str(tmp_path) in installed_folders()


GROWS = """
import os, sys
sys.path.insert(0, sys.argv[1])
from lookoutcv.processes.confinement import allow_memory, confine

def fits(megabytes):
    try:
        return len(bytearray(megabytes << 20)) > 0
    except MemoryError:
        return False

confine([], folder=sys.argv[2], most_bytes=1 << 30, first_bytes=300 << 20)
said = [fits(400), allow_memory(100 << 20) >> 20, fits(400), allow_memory(600 << 20) >> 20, fits(400)]
print(*said, allow_memory(1 << 40) >> 20, fits(1200))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
def test_what_it_may_hold_grows_when_it_is_allowed_and_only_so_far(tmp_path: Path) -> None:
    source = str(Path(lookoutcv.__file__).parents[1])
    folder = tmp_path / "its"
    folder.mkdir()
    command = [sys.executable, "-c", GROWS, source, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "300", "False", "600", "True", "1024", "False"]
