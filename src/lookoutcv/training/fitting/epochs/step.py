"""One step of learning: a batch through the network and back."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.training.data.division import IntArray, Pixels
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.forward_pass import normalised

# Longer gradients are shortened to this: a single odd batch does not throw away what was learnt.
_LONGEST_GRADIENT = 1.0


@dataclass(eq=False)
class Step:
    """How a step is made.

    Args:
        module: That learns.
        optimiser: That moves it.
        card_input: How it wants its images.
        device: Where it is.
        settings: Mixing and precision.
        class_weights: (classes,) float32 on the device; None for 1.
        fixed_statistics: Whether normalisation over batches keeps the means and deviations that it has: a few hundred
            cropped pictures have worse ones than the weights.
    """

    module: Any
    optimiser: Any
    card_input: Input
    device: Any
    settings: FitSettings
    class_weights: Any = None
    fixed_statistics: bool = False
    _half: bool = field(init=False)

    def __post_init__(self) -> None:
        self._half = self.settings.precision == "mixed" or (
            self.settings.precision == "auto" and self.device.type == "cuda" and _has_bfloat16()
        )

    def begin(self) -> None:
        """Ready the network for steps, after it was scored."""
        import torch  # noqa: PLC0415

        self.module.train()
        if self.fixed_statistics:
            for part in self.module.modules():
                if isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
                    part.eval()

    def make(self, pixels: Pixels, labels: IntArray, random: np.random.Generator) -> tuple[float, int]:
        """Learn from a batch.

        Args:
            pixels: (n, height, width, 3) uint8, n at least 2.
            labels: (n,).
            random: For mixing.
        Returns:
            Mean loss, which may be no number: nothing was learnt then; and how many predictions were right.
        """
        import torch  # noqa: PLC0415
        from torch.nn import functional  # noqa: PLC0415

        images = normalised(pixels, self.card_input, self.device)
        truth = torch.as_tensor(labels, device=self.device)
        images, mixed, share = self._mixed(images, truth, random)
        # bfloat16 has the range of float32: no gradient needs to be scaled.
        with torch.autocast(self.device.type, torch.bfloat16) if self._half else nullcontext():
            logits = self.module(images)
        logits = logits.float()
        loss = functional.cross_entropy(logits, truth, self.class_weights)
        if share < 1:
            loss = share * loss + (1 - share) * functional.cross_entropy(logits, mixed, self.class_weights)
        value = float(loss.detach())
        if np.isfinite(value):
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), _LONGEST_GRADIENT)
            self.optimiser.step()
        return value, int((logits.detach().argmax(1) == truth).sum())

    def _mixed(self, images: Any, truth: Any, random: np.random.Generator) -> tuple[Any, Any, float]:
        """Images with others mixed in, the truth of those, and how much of the first is left."""
        import torch  # noqa: PLC0415

        mixup, cutmix = self.settings.mixup, self.settings.cutmix
        if not mixup and not cutmix:
            return images, truth, 1.0
        order = torch.as_tensor(random.permutation(len(truth)), device=self.device)
        if not cutmix or (mixup and random.random() < 0.5):
            share = float(random.beta(mixup, mixup))
            return share * images + (1 - share) * images[order], truth[order], share
        side = float(np.sqrt(1 - random.beta(cutmix, cutmix)))
        height, width = images.shape[2:]
        high, wide = round(height * side), round(width * side)
        top, left = int(random.integers(0, height - high + 1)), int(random.integers(0, width - wide + 1))
        cut = images.clone()
        cut[:, :, top : top + high, left : left + wide] = images[order][:, :, top : top + high, left : left + wide]
        return cut, truth[order], 1 - high * wide / (height * width)


def _has_bfloat16() -> bool:
    import torch  # noqa: PLC0415

    return bool(torch.cuda.is_bf16_supported())
