"""What a process gives up before it runs what nobody trusts: files, the network, other processes, too much memory."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from lookoutcv.processes.kernel.landlock import landlock_version, only_these_files
from lookoutcv.processes.kernel.system_calls import give_up_system_calls

# Where the system's libraries lie, and what numerical libraries look up of the processor and of themselves. Nothing of
# other processes, whose environment may hold keys.
_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store"),
    *("/etc/ld.so.cache", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/self", "/proc/sys/vm"),
    *("/sys/devices/system", "/sys/fs/cgroup", "/dev/urandom", "/dev/random", "/dev/zero", "/dev/null"),
)
# What drivers of graphics processors use; only where one is asked for.
_GRAPHICS = ("/dev", "/proc", "/sys", "/usr/share", "/usr/local", "/opt", "/etc/OpenCL")
_GRAPHICS_DEVICES = ("/dev/nvidia", "/dev/dri", "/dev/kfd")
_MOST_OPEN_FILES = 1024
# Libraries, maps of tensors, and the heaps of some hundred threads.
_SPARE_ADDRESSES = 16 << 30
# The kernel ends this process first where the machine's memory is used up.
_FIRST_TO_GO = "1000"


def installed_folders() -> list[str]:
    """The folders from which this Python imports what is installed: not the user's own, where secrets may lie."""
    paths = sysconfig.get_paths()
    known = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    known += [os.path.join(prefix, "lib") for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)]
    known += site.getsitepackages() if hasattr(site, "getsitepackages") else []
    # `pip install --target` leaves its mark there, as any installer does.
    known += [entry for entry in sys.path if os.path.isdir(entry) and _installed_into(entry)]
    known += filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    return list(dict.fromkeys(map(os.path.abspath, known)))


def _installed_into(folder: str) -> bool:
    with suppress(OSError):
        return any(name.endswith(".dist-info") for name in os.listdir(folder))
    return False


def confine(
    readable: Sequence[str], *, folder: str, most_bytes: int, first_bytes: int | None = None, graphics: bool = False
) -> Mapping[str, Any]:
    """Give up what reading these files and computing does not need. It cannot be undone.

    To be called before anything else starts a thread: Landlock holds for this one and those that it starts.

    Args:
        readable: Files and folders that may be read besides the system's libraries; see `installed_folders`.
        folder: The private, empty folder in which this process was started; left and removed where Landlock holds.
        most_bytes: Memory of its own that it may hold.
        first_bytes: What it may hold until `allow_memory` is called; None for all of that.
        graphics: A graphics processor is used: its devices may be written to, and memory is not bounded, for its
            driver maps that of the device.
    Returns:
        What holds: `landlock` (its version, 0 for none), `seccomp` and `limits`.
    """
    if threading.active_count() > 1:
        raise RuntimeError("other threads run already")
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    if landlock_version():
        # Nothing can be written anywhere then, and nobody has to tidy up. MKL ends a process that is nowhere.
        with suppress(OSError):
            os.chdir("/")
            os.rmdir(folder)
    limits = _limit(None if graphics else most_bytes, first_bytes)
    devices = [str(path) for path in Path("/dev").glob("*") if str(path).startswith(_GRAPHICS_DEVICES)]
    files = (*readable, *_SYSTEM, *(_GRAPHICS if graphics else ()))
    version = 0
    with suppress(OSError):
        version = only_these_files(files, devices if graphics else ())
    calls = give_up_system_calls(writes_devices=graphics)
    return {"landlock": version, "seccomp": calls, "limits": limits}


def allow_memory(wanted_bytes: int) -> int | None:
    """Let this process hold more memory than it was allowed at first, within what it may hold at all.

    Args:
        wanted_bytes: What it may hold from now on; less than it may already changes nothing.
    Returns:
        What it may hold; None where that is not bounded.
    """
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return None
    now, most = resource.getrlimit(resource.RLIMIT_DATA)
    if now == resource.RLIM_INFINITY:
        return None
    wanted = wanted_bytes if most == resource.RLIM_INFINITY else min(wanted_bytes, most)
    if wanted > now:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))
            return wanted
    return now


def _limit(most_bytes: int | None, first_bytes: int | None) -> bool:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return False
    for kind, most in (("FSIZE", 0), ("CORE", 0), ("NOFILE", _MOST_OPEN_FILES), ("DATA", most_bytes)):
        _bound(resource, kind, most)
    if most_bytes is not None:
        # What is reserved and never touched counts here too: a thread's heap takes 64 MB of it.
        _bound(resource, "AS", _reserved_bytes() + 2 * most_bytes + _SPARE_ADDRESSES)
        if first_bytes is not None:
            most = resource.getrlimit(resource.RLIMIT_DATA)[1]
            if most == resource.RLIM_INFINITY or first_bytes < most:
                with suppress(OSError, ValueError):
                    resource.setrlimit(resource.RLIMIT_DATA, (first_bytes, most))
    return True


def _bound(resource: Any, kind: str, most: int | None) -> None:
    number = getattr(resource, f"RLIMIT_{kind}", None)
    if number is None or most is None:
        return
    held = resource.getrlimit(number)[1]
    most = most if held == resource.RLIM_INFINITY else min(most, held)
    with suppress(OSError, ValueError):
        resource.setrlimit(number, (most, most))


def _reserved_bytes() -> int:
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0
