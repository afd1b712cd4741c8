"""What a network that learns tells, and is told: how far it is, how good, and whether it is to stop."""

from __future__ import annotations

from typing import Protocol

from lookoutcv.results.training_run import EpochPoint


class Watcher(Protocol):
    """Who looks on while one backbone learns."""

    def epoch(self, point: EpochPoint) -> str:
        """An epoch is over.

        Returns:
            Why it is to stop now with its best so far, in a sentence; "" to go on.
        """
        ...

    def progress(self, stage: str, done: int, total: int) -> None:
        """So many images of so many.

        Args:
            stage: "Features", "Epoch 3 of 10".
            done, total: Images.
        """
        ...

    def note(self, text: str) -> None:
        """Something was done otherwise than asked, in a sentence."""
        ...

    def seconds_left(self) -> float | None:
        """How long this backbone may still learn; None without a bound."""
        ...


class NobodyWatches:
    """Tells nobody, and never stops it."""

    def epoch(self, point: EpochPoint) -> str:
        """Go on."""
        return ""

    def progress(self, stage: str, done: int, total: int) -> None:
        """Nobody is told."""

    def note(self, text: str) -> None:
        """Nobody is told."""

    def seconds_left(self) -> float | None:
        """There is no bound."""
        return None
