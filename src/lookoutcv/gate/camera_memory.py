"""What judges with memory remember of each camera, bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

# Each camera's memory is some tens of kilobytes.
MOST_CAMERAS = 1000


class CameraMemory:
    """By camera and judge. The camera that was heard of longest ago is forgotten first.

    Args:
        most: Cameras that are remembered.
    """

    def __init__(self, most: int = MOST_CAMERAS) -> None:
        self._most = most
        self._cameras: OrderedDict[str, tuple[Lock, dict[str, Any]]] = OrderedDict()
        self._lock = Lock()

    def of(self, camera: str) -> tuple[Lock, dict[str, Any]]:
        """What is remembered of a camera, by judge, and the lock under which it is read and changed."""
        with self._lock:
            known = self._cameras.setdefault(camera, (Lock(), {}))
            self._cameras.move_to_end(camera)
            while len(self._cameras) > self._most:
                self._cameras.popitem(last=False)
            return known

    def __len__(self) -> int:
        return len(self._cameras)


def remembered(memory: dict[str, Any], judge: str, make: Callable[[], Any]) -> Any:
    """What one judge remembers; made on first use."""
    if judge not in memory:
        memory[judge] = make()
    return memory[judge]
