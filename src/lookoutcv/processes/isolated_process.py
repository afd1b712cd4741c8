"""A module run as a program of its own: a task in, progress and a result out, all as JSON, within bounds.

For work that must not share the process which asks for it: a query that may take all memory, a runtime that does not
survive a fork, a model's file that nobody trusts, training. The module ends with

    if __name__ == "__main__":
        serve_task(work)

and whoever needs it calls `run_isolated(module, task)`. What else it prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from lookoutcv.byte_sizes import byte_size
from lookoutcv.errors import LookoutError

Report: TypeAlias = Callable[[Any], None]

# A slow network gets this long.
_SECONDS = 120.0
_POLL_SECONDS = 0.02
_LONGEST_REASON = 500


def run_isolated(
    module: str,
    task: Mapping[str, Any],
    *,
    seconds: float = _SECONDS,
    most_bytes: int | None = None,
    on_progress: Report | None = None,
) -> Any:
    """Run a module that serves tasks in a Python process of its own, and wait for its result.

    The task goes in by standard input, since it may hold keys: there nobody sees them.

    Args:
        module: Its dotted name; it calls `serve_task` when it is run.
        task: Plain values.
        seconds: It is ended after so long.
        most_bytes: It is ended when it holds more memory than this (Linux); None for no bound.
        on_progress: Called with each value that it reports, within a moment (on Windows when it has ended).
    Returns:
        What its function returned; None for nothing.
    Raises:
        LookoutError: It failed; the last line that it wrote on standard error says why. Fields: signal, where one ended
            it.
        TimeoutError, MemoryError: It was ended for that.
    """
    command = [sys.executable, "-m", module]
    output = _Output(on_progress)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            errors = _wait(process, json.dumps(task).encode(), output, time.monotonic() + seconds, most_bytes)
        except TimeoutError:
            raise TimeoutError(f"it did not end within {seconds:g} s") from None
        finally:
            process.kill()  # means nothing to one that has ended
    if process.returncode < 0:
        name = _name_of(-process.returncode)
        raise LookoutError(f"the system ended it ({name})", signal=name)
    if process.returncode:
        lines = errors.decode(errors="replace").strip().splitlines()
        raise LookoutError(lines[-1][:_LONGEST_REASON] if lines else f"{module} ended with code {process.returncode}")
    return output.result


def serve_task(work: Callable[[Any, Report], Any]) -> None:
    """In the module that is run: read the task, work on it, and write what comes of it.

    Args:
        work: From the task, and a function that reports progress (plain values), to a result of plain values.
    """
    task = json.load(sys.stdin)
    # What libraries print must not come between the lines.
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def write(kind: str, value: Any) -> None:
        channel.write(json.dumps({kind: value}) + "\n")
        channel.flush()

    write("result", work(task, lambda value: write("progress", value)))


class _Output:
    """The lines that a process writes, read as they come."""

    def __init__(self, on_progress: Report | None) -> None:
        self._on_progress = on_progress
        self._read = 0
        self.result: Any = None

    def read(self, written: bytes) -> None:
        """Take the whole lines of all that was written up to now."""
        end = written.rfind(b"\n") + 1
        for line in written[self._read : end].splitlines():
            entry = json.loads(line)
            self.result = entry.get("result", self.result)
            if "progress" in entry and self._on_progress is not None:
                self._on_progress(entry["progress"])
        self._read = max(self._read, end)


def _wait(process: Any, task: bytes, output: _Output, end: float, most_bytes: int | None) -> bytes:
    """Wait until a process ends by itself; what it wrote on standard error."""
    # A task is read before anything is written; `communicate` would not go on with one when it is called again.
    with suppress(BrokenPipeError):
        process.stdin.write(task)
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.stdin = None
    while True:
        try:
            written, errors = process.communicate(timeout=_POLL_SECONDS)
        except subprocess.TimeoutExpired as unfinished:
            output.read(unfinished.stdout or b"")
        else:
            output.read(written)
            return bytes(errors)
        if time.monotonic() > end:
            raise TimeoutError
        if most_bytes is not None and _memory(process.pid) > most_bytes:
            raise MemoryError(f"it held more than {byte_size(most_bytes)}")


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _memory(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
