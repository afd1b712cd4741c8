"""How a network is to be taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError

Augment = Literal["none", "light", "strong"]
Precision = Literal["auto", "full", "mixed"]


@dataclass(frozen=True)
class FitSettings:
    """How a network is to be taught; None is chosen by whether it begins with pretrained weights.

    Args:
        epochs: At most so many passes over the images; 0 for the linear head alone.
        batch_size: Images a step.
        learning_rate: The largest, of the last layers of the backbone; earlier ones learn slower, and the head faster.
        augment: How much images are varied as they are learnt from.
        mixup, cutmix: Strength of mixing two images, the parameter of a Beta distribution; 0 for not at all.
        class_weights: Whether rare classes weigh more, by one over their number of images.
        patience: So many epochs without a better macro F1 end it; None for never.
        average: Whether the mean of the weights over the last steps is kept, instead of the last ones.
        precision: "mixed" computes in half precision where that is safe; "auto" does so on a graphics card.
        seed: Of all that is drawn.
        head_on_both: Whether a linear head learns from the images that chose its strength, too, once that is chosen:
            where other images judge the model. What is told of the images that choose is of the head before.
        deterministic: Take only operations that give the same numbers every time. On the processor all do; on a
            graphics card the same seed otherwise gives slightly different ones, and this is slower.
    Raises:
        TrainingError: One of them is out of range.
    """

    epochs: int | None = None
    batch_size: int = 32
    learning_rate: float | None = None
    augment: Augment = "light"
    mixup: float = 0.0
    cutmix: float = 0.0
    class_weights: bool = False
    patience: int | None = 10
    average: bool = True
    precision: Precision = "auto"
    seed: int = 0
    head_on_both: bool = False
    deterministic: bool = False

    def __post_init__(self) -> None:
        wrong = {
            "epochs": (self.epochs is not None and self.epochs < 0, "0 or more"),
            "batch_size": (self.batch_size < 1, "1 or more"),
            "learning_rate": (
                self.learning_rate is not None and not 0 < self.learning_rate < 10,
                "a number above 0 and below 10",
            ),
            "mixup": (not 0 <= self.mixup <= 10, "a number from 0 to 10"),
            "cutmix": (not 0 <= self.cutmix <= 10, "a number from 0 to 10"),
            "patience": (self.patience is not None and self.patience < 1, "1 or more"),
            "augment": (self.augment not in ("none", "light", "strong"), "none, light or strong"),
            "precision": (self.precision not in ("auto", "full", "mixed"), "auto, full or mixed"),
        }
        for key, (bad, allowed) in wrong.items():
            if bad:
                named = option(key)
                raise TrainingError(f"{named} is {getattr(self, key)!r}", f"Give {named} as {allowed}.", key=key)
