"""One side of a comparison, in figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result

# A side holds so many of its labels, formats, cameras and sizes.
MOST_FREQUENT = 50


@dataclass(frozen=True)
class Side(Result):
    """One side of the comparison, in figures.

    Args:
        name: What a person calls it: a file, a folder, "log:...".
        images: Images measured.
        tested: Rows that entered the tests (a hash sample where there were more).
        skipped: Images that could not be read.
        first_time, last_time: ISO 8601 UTC of the earliest and latest image, where known.
        labels, formats, cameras, sizes: How many images each; `sizes` as "640x480"; the 50 most frequent.
        created: ISO 8601 UTC when it was measured.
    """

    name: str
    images: int
    tested: int
    skipped: int = 0
    first_time: str | None = None
    last_time: str | None = None
    labels: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    cameras: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    created: str | None = None
