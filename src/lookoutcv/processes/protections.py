"""What this system lets a confined process give up: tried in one, since a container may forbid what a kernel has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from lookoutcv.processes.confined_process import ConfinedProcess, NoProcessError, ProcessEndedError
from lookoutcv.processes.frames import Frames

_SECONDS = 20.0
_MEMORY_BYTES = 1 << 30


def protections() -> tuple[str, ...] | None:
    """What the system holds a confined process to, in words; None where there can be no such process.

    Example:
        >>> isinstance(protections(), tuple)
        True
    """
    try:
        process = ConfinedProcess(__name__, {}, readable=[], most_bytes=_MEMORY_BYTES)
        try:
            _, answer = process.ask(1, [], _SECONDS)
        finally:
            process.close()
        holds = json.loads(bytes(answer))
    except (NoProcessError, ProcessEndedError, ValueError):
        return None
    named = []
    with suppress(KeyError, TypeError):
        if holds["landlock"]:
            named.append(f"files and network (Landlock {holds['landlock']})")
        if holds["seccomp"]:
            named.append("system calls (seccomp)")
        if holds["limits"]:
            named.append("memory and sizes of files (limits)")
    return tuple(named)


def serve(task: Mapping[str, Any], frames: Frames, rooms: Sequence[object]) -> None:
    """In the process: say what holds."""
    frames.receive(0)
    frames.send(1, [json.dumps(task["holds"]).encode()])
