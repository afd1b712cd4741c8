"""What copies among the images mean for a comparison."""

from __future__ import annotations

import numpy as np

from lookoutcv.profiles.profile import Profile

# A stray copy changes no p-value.
_SOME = 0.02
# A stuck camera or a broken export sends little else.
_NEARLY_ALL = 0.9


def copy_notes(baseline: Profile, window: Profile) -> list[str]:
    """What is to be said of exact copies on both sides: tests take each for evidence of its own.

    Args:
        baseline, window: The content hashes of their samples are counted.
    Example:
        >>> import pyarrow as pa
        >>> same = pa.table({"content_hash": pa.array([7] * 40, pa.uint64())})
        >>> copy_notes(Profile(), Profile(sample=same))[0][:49]
        'All 40 images of the window are the same picture.'
    """
    notes = []
    images, different = _counted(baseline)
    if images - different > _SOME * images:
        notes.append(
            f"{images - different:,} of the baseline's {images:,} images are exact copies of others. They count as if "
            "they were evidence, so the p-value is too small: keep one of each."
        )
    images, different = _counted(window)
    if images > 1 and images - different >= _NEARLY_ALL * images:
        what = "the same picture" if different == 1 else f"copies of {different:,}"
        notes.append(
            f"All {images:,} images of the window are {what}. See whether the camera is stuck, or an export repeats "
            "itself."
        )
    return notes


def _counted(profile: Profile) -> tuple[int, int]:
    """Images whose content is known, and how many different ones."""
    if "content_hash" not in profile.sample.column_names:
        return 0, 0
    hashes = profile.sample.column("content_hash").drop_null().to_numpy()
    # A tenth of the time of counting them in a hash table, where there are a million.
    ordered = np.sort(hashes)
    return len(hashes), int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(len(hashes), 1)
