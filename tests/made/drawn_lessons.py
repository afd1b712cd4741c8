"""Sharp and blurred drawn scenes to learn from, and the smallest network of each kind that learns them in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from drawn_scenes import scene, softened
from lookoutcv.gate.variants.base import Learnt, Lesson, Variant
from lookoutcv.gate.variants.base import registry as variants
from lookoutcv.pixels.view import ImageView

BLUR_PX = 3.0
# Of timm, for tests. The first is a transformer, which learns nothing of a dozen scenes when it begins at chance.
SMALL_VIT, SMALL_NETWORK = "test_vit", "test_efficientnet"
_SETTINGS: dict[str, dict[str, Any]] = {
    "cnn": {"epochs": 4, "learning_rate": 3e-3},
    "vit": {"epochs": 2, "learning_rate": 1e-2, "backbone": SMALL_NETWORK, "weights": "none"},
}


@dataclass(frozen=True)
class DrawnExample:
    """A scene, blurred unless it is sharp."""

    seed: int
    sharp: bool
    side: int = 128

    def view(self) -> ImageView:
        return drawn_view(self.seed, 0 if self.sharp else BLUR_PX, self.side)


def drawn_view(seed: int, blur: float = 0, side: int = 128) -> ImageView:
    """A drawn scene as the gate sees it."""
    return ImageView(np.repeat(softened(scene(seed, side, side), blur)[..., None], 3, axis=2))


def drawn_lesson(count: int = 12, **settings: Any) -> Lesson:
    """Every second one blurred."""
    return Lesson([DrawnExample(number, number % 2 == 0) for number in range(count)], **settings)


@cache
def fitted(name: str) -> Learnt:
    """What a variant learns from drawn scenes; nothing for one that learns nothing."""
    variant: Variant = variants.get(name)
    if variant.learn is None:
        return Learnt()
    return variant.learn(drawn_lesson(**_SETTINGS.get(name, {})))
