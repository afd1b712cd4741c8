"""What the processes of a service tell each other: JSON objects, one a line.

To a process: `fleet` (how many answer), `prepare`, `commit`, `abandon` (a reload in two steps), `drain`; the end of the
stream means the same as `drain`. From it: `ready`, `failed`, `prepared`, `reload` (somebody asked it), `hung`.
"""

from __future__ import annotations

import json
import threading
from typing import IO, Any

_LONGEST_LINE = 1 << 20


class Outbox:
    """Writes messages, from any thread.

    Args:
        stream: Where to.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def send(self, kind: str, **values: Any) -> None:
        """Write one; where nobody reads any more, it is lost."""
        line = json.dumps({"kind": kind, **values}).encode() + b"\n"
        with self._lock:
            try:
                self._stream.write(line)
                self._stream.flush()
            except (OSError, ValueError):
                return


def parsed(line: bytes) -> dict[str, Any] | None:
    """A message; None for what is none."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and isinstance(message.get("kind"), str) else None
