"""An image that a list names, with what the list says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lookoutcv.errors import UnreadableImage
from lookoutcv.predictions import TrueObjects

# Of an image, in pixels, that a list may declare.
MOST_SIDE = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ListedRef:
    """One image of a list.

    Args:
        id: Its path below the list's folder, or its URL.
        place: Path or URL; or the image's own bytes.
        label, objects, time, tags: As in `ImageRef`.
        size: Width and height in pixels that the list declares, where nothing is marked that depends on it.
        trouble: What is wrong with the entry of this image: it is then skipped, and named with this reason.
    """

    id: str
    place: str | bytes
    label: str | None = None
    objects: TrueObjects | None = None
    time: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    size: tuple[int, int] | None = None

    def load(self) -> str | bytes:
        """The path or URL, or the bytes.

        Raises:
            UnreadableImage: There is `trouble`.
        """
        if self.trouble:
            problem = f"{self.id} is not used: {self.trouble}"
            raise UnreadableImage(problem, "Correct it, or remove it.", id=self.id, reason=self.trouble)
        return self.place
