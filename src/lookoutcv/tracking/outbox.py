"""What is still to be told: kept in order while a server is away, and counted where it never arrives."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import NamedTuple

from lookoutcv.tracking.quiet_mlflow import quiet_mlflow
from lookoutcv.tracking.store import TIMEOUT_SECONDS, first_line

# After a request in vain, training goes on undisturbed for so long: five seconds of every thirty would be felt.
_PAUSE_SECONDS = 60.0
# An epoch is one letter; what is more than this was never a training.
_MOST_LETTERS = 100_000
# How MLflow calls errors that a second try does not mend: a value it does not take, a run that was deleted.
_FINAL = {
    "INVALID_PARAMETER_VALUE",
    "BAD_REQUEST",
    "RESOURCE_DOES_NOT_EXIST",
    "RESOURCE_ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "INVALID_STATE",
    "ENDPOINT_NOT_FOUND",
    "NOT_IMPLEMENTED",
}


class _Letter(NamedTuple):
    what: str
    size: int
    send: Callable[[], object]


class Outbox:
    """Requests in the order in which they were made. None ever raises.

    Files go another way than all else, often to another server: where they do not arrive, nothing waits for them.

    Args:
        clock: Seconds, growing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._letters: deque[_Letter] = deque()
        self._parcels: deque[_Letter] = deque()
        self._again_at = {False: 0.0, True: 0.0}
        self.lost: Counter[str] = Counter()
        self.reason = ""

    def put(self, what: str, send: Callable[[], object], *, count: int = 1, parcel: bool = False) -> None:
        """Send, now if it went well the last time.

        Args:
            what: In the plural, as it is counted: "points".
            send: Makes the request. Where it fails half-way it is called again.
            count: Of how many.
            parcel: A file, which can take minutes.
        """
        queue = self._parcels if parcel else self._letters
        if len(queue) >= _MOST_LETTERS:
            self.lost[what] += count
            return
        queue.append(_Letter(what, count, send))
        if self._clock() >= self._again_at[parcel] and not (parcel and self._letters):
            self._send(parcel=parcel)

    def try_again(self) -> None:
        """Send what waits, whenever the last try was."""
        self._send(parcel=False)
        if not self._letters:
            self._send(parcel=True)

    def close(self) -> None:
        """What still waits is lost, and counted."""
        for queue in (self._letters, self._parcels):
            while queue:
                self._lose(queue)

    def _send(self, *, parcel: bool) -> None:
        queue = self._parcels if parcel else self._letters
        while queue:
            try:
                with quiet_mlflow(None if parcel else TIMEOUT_SECONDS):
                    queue[0].send()
            except Exception as error:  # of MLflow, of whatever keeps its files, of the network
                self.reason = first_line(error)
                if not _is_final(error):
                    self._again_at[parcel] = self._clock() + _PAUSE_SECONDS
                    return
                self._lose(queue)
            else:
                # Only now: what a Ctrl-C interrupts still waits.
                queue.popleft()
                self._again_at[parcel] = 0.0

    def _lose(self, queue: deque[_Letter]) -> None:
        letter = queue.popleft()
        self.lost[letter.what] += letter.size


def _is_final(error: Exception) -> bool:
    code = getattr(error, "error_code", None)
    return code in _FINAL if code else isinstance(error, FileNotFoundError | ValueError | LookupError | TypeError)
