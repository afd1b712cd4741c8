"""How many images can still be learnt from in the time that is left."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Of the time, what is not planned with: an image takes longer when others compute beside it.
_SPARED = 0.05


@dataclass
class TimePlan:
    """What learning costs, as measured so far.

    Args:
        image_seconds: To learn from an image; None before it was measured.
        check_seconds: To score the part that chooses.
        end_seconds: What is done after the last epoch.
    """

    image_seconds: float | None = None
    check_seconds: float = 0.0
    end_seconds: float = 0.0

    def measured(self, images: int, seconds: float) -> None:
        """So many images took so long; the last ones count most."""
        now = seconds / max(images, 1)
        self.image_seconds = now if self.image_seconds is None else 0.7 * self.image_seconds + 0.3 * now

    def images_in(self, seconds: float | None, epoch_images: int, at_most: int) -> int:
        """How many images fit, each epoch followed by a check.

        Args:
            seconds: That are left; None without a bound.
            epoch_images: Of an epoch.
            at_most: How many are asked for.
        Example:
            >>> TimePlan(image_seconds=0.1, check_seconds=5.0).images_in(100, 200, 2000)
            750
        """
        if seconds is None or self.image_seconds is None:
            return at_most
        left = max(0.0, seconds * (1 - _SPARED) - self.end_seconds)
        epoch_seconds = epoch_images * self.image_seconds + self.check_seconds
        whole = math.floor(left / epoch_seconds)
        rest = max(0.0, left - whole * epoch_seconds - self.check_seconds)
        return min(at_most, whole * epoch_images + math.floor(rest / self.image_seconds))
