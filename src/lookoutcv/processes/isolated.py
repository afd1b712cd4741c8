"""A task in a Python process of its own: what must not run beside the threads that serve, after a fork, or for ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from lookoutcv.errors import LookoutError

# A slow network gets this long.
_SECONDS = 120.0
_LOOK_SECONDS = 0.02


def run(module: str, task: Mapping[str, Any], *, seconds: float = _SECONDS, most_bytes: int | None = None) -> Any:
    """Run a module as a program, with a task on its standard input and the answer on its standard output, as JSON.

    Standard input, since a task may hold keys: there nobody sees them.

    Args:
        module: Its dotted name.
        task: Plain values.
        seconds: It is ended after so long.
        most_bytes: It is ended when it holds more memory than this (Linux); None for no bound.
    Returns:
        What it wrote; None for nothing.
    Raises:
        LookoutError: It failed; the last line that it wrote on standard error says why.
        TimeoutError, MemoryError: It was ended for that.
    """
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            told, trouble = _ended(process, json.dumps(task).encode(), seconds, most_bytes)
        finally:
            process.kill()  # means nothing to one that has ended
    if process.returncode:
        lines = trouble.decode(errors="replace").strip().splitlines()
        raise LookoutError(lines[-1][:500] if lines else f"{module} ended with code {process.returncode}")
    return json.loads(told) if told else None


def _ended(process: Any, given: bytes, seconds: float, most_bytes: int | None) -> tuple[bytes, bytes]:
    """What a process wrote until it ended by itself."""
    end = time.monotonic() + seconds
    # A task is read before anything is written; `communicate` would not go on with one when it is called again.
    with suppress(BrokenPipeError):
        process.stdin.write(given)
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.stdin = None
    while True:
        try:
            told, trouble = process.communicate(timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return told, trouble
        if time.monotonic() > end:
            raise TimeoutError(f"it did not end within {seconds:g} s")
        if most_bytes is not None and _held(process.pid) > most_bytes:
            raise MemoryError(f"it held more than {most_bytes / 1e9:.1f} GB")


def _held(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
