"""What a network asks of a lesson; that of `variants.base`, which lies above, is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lookoutcv.pixels.view import ImageView
from lookoutcv.progress import Progress


class GivenExample(Protocol):
    """An image of which it is known whether it is sharp."""

    @property
    def sharp(self) -> bool: ...
    def view(self) -> ImageView:
        """Its pixels, read anew each time."""
        ...


class GivenLesson(Protocol):
    """What is learnt from, and how: see `lookoutcv.gate.variants.base.Lesson`."""

    @property
    def examples(self) -> Sequence[GivenExample]: ...
    @property
    def epochs(self) -> int: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def seed(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def progress(self) -> Progress | None: ...
