"""What decoding takes of the memory there is: asked before an image is decoded, so that few bytes cannot take it all.

An image that would take more than is free is refused. Of several processes that decode side by side, each may take its
share without asking what the others do; an image above the share is decoded while the others wait, one such image at a
time.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

from lookoutcv.byte_sizes import byte_size
from lookoutcv.images.refusals import too_large
from lookoutcv.processes.machine import available_bytes

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

# The peak of a process above where it was, in bytes a pixel, while an image is decoded, turned and measured: the
# largest of 55 kinds of files of 20 and 30 megapixels (alpha, 16 bits, animations, one strip or many), rounded up.
BYTES_PER_PIXEL = {
    "jpeg": 8,
    "progressive": 10,
    "cmyk": 20,
    "png": 15,
    "webp": 26,
    "gif": 14,
    "bmp": 15,
    "tiff": 23,
    "avif": 27,
    "heic": 19,
}
# Less than this is there, or nothing is: asking takes a tenth of a millisecond.
_UNASKED_BYTES = 64 << 20


def check_memory(width: int, height: int, kind: str) -> None:
    """Make sure that an image can be decoded and measured in the memory that is free; wait for it among processes.

    Args:
        width, height: In pixels.
        kind: Of file, one of `BYTES_PER_PIXEL`.
    Raises:
        ImageTooLarge: It takes more.
    Example:
        >>> check_memory(640, 480, "webp")
    """
    needed = width * height * BYTES_PER_PIXEL[kind]
    if _shared is not None:
        _shared.take(needed)
    if needed <= (_UNASKED_BYTES if _shared is None else _shared.share_bytes):
        return
    free = available_bytes()
    if needed <= free:
        return
    raise too_large(
        "takes more memory than is free",
        f"decoding {width} x {height} pixels can take {byte_size(needed)} of memory, and {byte_size(free)} are free",
        "Give it more memory, or make the image smaller.",
    )


class SharedMemory:
    """The memory of processes that decode side by side, as one of them sees it.

    Args:
        share_bytes: What an image may take while the others decode too.
        folder: Of all of them, for the files by which they wait for each other.
    """

    def __init__(self, share_bytes: int, folder: str) -> None:
        self.share_bytes = share_bytes
        # Whoever holds the gate enters the room next; a large image keeps it, so that no small ones go before it.
        self._gate, self._room = (_opened(Path(folder, name)) for name in ("memory-gate", "memory-room"))

    def take(self, needed: int) -> None:
        """Let go of what was taken before, and take so many bytes, when it is this process's turn."""
        self.release()
        if fcntl is None:
            return
        large = needed > self.share_bytes
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._room, fcntl.LOCK_EX if large else fcntl.LOCK_SH)
        if not large:
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def release(self) -> None:
        """Nothing is decoded here for now."""
        if fcntl is not None:
            fcntl.flock(self._room, fcntl.LOCK_UN)
            fcntl.flock(self._gate, fcntl.LOCK_UN)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)


# Of this process, where it is one of several.
_shared: SharedMemory | None = None


def share_memory(memory: SharedMemory | None) -> None:
    """From now on this process decodes beside others; with None it is alone."""
    global _shared  # noqa: PLW0603 - memory is the process's, whoever decodes in it
    _shared = memory


def release_memory() -> None:
    """The images that were decoded here are done with: others may have what they took."""
    if _shared is not None:
        _shared.release()
