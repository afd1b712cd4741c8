"""An image that could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class Skipped(Result):
    """One image that could not be read, and why."""

    id: str
    reason: str
