"""Which images a variant learns from, and which choose its cut: no scene is in both."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from lookoutcv.gate_training.labelled_scenes import Scenes

# Of fewer scenes a third would be too few to say anything.
_LEAST_SCENES = 60
_SHARE_CHOOSING = 1 / 3


def parted(scenes: Scenes, *, learns: bool, seed: int = 0) -> tuple[Scenes, Scenes, bool]:
    """Images to learn from, images that choose the cut, and whether these are the same.

    Args:
        scenes: All of them.
        learns: Whether the variant learns at all; if not, all choose.
        seed: Of the draw.
    """
    groups = sorted({one.group for one in scenes.items}, key=lambda group: _drawn(seed, group))
    if not learns or len(groups) < _LEAST_SCENES:
        return scenes, scenes, True
    choosing = set(groups[: round(_SHARE_CHOOSING * len(groups))])
    kept = tuple(one for one in scenes.items if one.group in choosing)
    learning = tuple(one for one in scenes.items if one.group not in choosing)
    if not all(any(one.sharp is kind for one in part) for kind in (True, False) for part in (kept, learning)):
        return scenes, scenes, True
    return replace(scenes, items=learning), replace(scenes, items=kept), False


def _drawn(seed: int, group: str) -> bytes:
    return hashlib.sha256(f"{seed}:{group}".encode()).digest()
