"""Exact copies among the images, where they are so many that they matter for a comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lookoutcv.profiles.profile import Profile

# A stray copy changes no p-value.
_SOME = 0.02
# A stuck camera or a broken export sends little else.
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class BaselineCopies:
    """So many of the baseline's images are exact copies of others."""

    copies: int
    images: int


@dataclass(frozen=True)
class WindowCopies:
    """The window holds next to nothing but copies of a few images."""

    images: int
    different: int


def notable_copies(baseline: Profile, window: Profile) -> list[BaselineCopies | WindowCopies]:
    """Exact copies that matter on either side: tests take each for evidence of its own.

    Args:
        baseline, window: The content hashes of their samples are counted.
    Example:
        >>> import pyarrow as pa
        >>> same = pa.table({"content_hash": pa.array([7] * 40, pa.uint64())})
        >>> notable_copies(Profile(), Profile(sample=same))
        [WindowCopies(images=40, different=1)]
    """
    notable: list[BaselineCopies | WindowCopies] = []
    images, different = _counted(baseline)
    if images - different > _SOME * images:
        notable.append(BaselineCopies(images - different, images))
    images, different = _counted(window)
    if images > 1 and images - different >= _NEARLY_ALL * images:
        notable.append(WindowCopies(images, different))
    return notable


def _counted(profile: Profile) -> tuple[int, int]:
    """Images whose content is known, and how many different ones."""
    if "content_hash" not in profile.sample.column_names:
        return 0, 0
    hashes = profile.sample.column("content_hash").drop_null().to_numpy()
    # A tenth of the time of counting them in a hash table, where there are a million.
    ordered = np.sort(hashes)
    return len(hashes), int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(len(hashes), 1)
