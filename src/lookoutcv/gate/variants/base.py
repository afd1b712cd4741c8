"""What a variant of the gate is: a score of sharpness from an image, and what it learns from sharp and blurred ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from lookoutcv.errors import LookoutError, MetricFailed
from lookoutcv.pixels.view import ImageView
from lookoutcv.plugins import GATE_VARIANTS, Registry, first_line
from lookoutcv.progress import Progress

Tensor: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Score:
    """How sharp one image is.

    Args:
        value: Larger is sharper; NaN where there is no score.
        untellable: Why sharp and blurred cannot be told apart in this image, as part of a sentence; "" where they can.
    """

    value: float
    untellable: str = ""


# Of one image alone: the answer depends on nothing else.
Scorer: TypeAlias = Callable[[ImageView], Score]


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a variant learnt, as files hold it: no program, no pickle.

    Args:
        facts: What JSON can hold.
        tensors: Weights, by name.
        epochs: What each epoch gave, for curves: {"epoch": 1, "loss": .4, "accuracy": .9}.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, Tensor] = field(default_factory=dict, repr=False)
    epochs: tuple[Mapping[str, float], ...] = field(default=(), repr=False)


class Example(Protocol):
    """An image of which it is known whether it is sharp."""

    @property
    def sharp(self) -> bool: ...
    def view(self) -> ImageView:
        """Its pixels, read anew each time."""
        ...


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is learnt from, and how.

    Args:
        examples: Images that the variant may learn from; others choose its cut.
        epochs: Times that all are seen.
        batch_size: Images a step.
        learning_rate: Of Adam.
        seed: Of what is drawn.
        backbone: timm's name of a network, for a variant that takes one; None for its own choice.
        weights: Where that begins: "auto", "hub", "none", a file or a folder.
        device: "cpu", "cuda" or "mps".
        progress: Called as `progress(done, total)`.
    """

    examples: Sequence[Example]
    epochs: int = 5
    batch_size: int = 16
    learning_rate: float = 1e-3
    seed: int = 0
    backbone: str | None = None
    weights: str = "auto"
    device: str = "cpu"
    progress: Progress | None = None


@dataclass(frozen=True)
class Variant:
    """A plugin of this room.

    Args:
        name: As `--variant` has it.
        scorer: From what was learnt to the function that scores; opened once a gate.
        source: Where it was published.
        summary: One line for `lookout plugins`.
        learn: Learns from examples; None where there is nothing to learn but the cut.
        standard_cut: Where sharp begins unless a gate is fitted; None where that means nothing without one.
        slope: How much surer the label becomes with each unit of the scaled score beyond the cut, in log odds; for
            gates that saw no blurred images.
        scale: To the scale on which that is so.
        files: What else lies in a gate's folder, by name: the network in other programs' forms.
        chooses: How its cut is chosen: a "quantile" of sharp images and of copies of them, or, where there are blurred
            ones too, a "scan" of thresholds over both.
    """

    name: str
    scorer: Callable[[Learnt], Scorer]
    source: str
    summary: str
    learn: Callable[[Lesson], Learnt] | None = None
    standard_cut: float | None = None
    slope: float = 1.0
    scale: Callable[[float], float] = float
    files: Callable[[Learnt], Mapping[str, bytes]] | None = None
    chooses: Literal["quantile", "scan"] = "quantile"

    def open(self, learnt: Learnt) -> Scorer:
        """The function that scores, whose failures are named.

        Args:
            learnt: What it learnt.
        Returns:
            Raises `MetricFailed` where the variant's own raises.
        """
        scorer = self.scorer(learnt)

        def score(view: ImageView) -> Score:
            try:
                return scorer(view)
            except LookoutError:
                raise
            except Exception as reason:  # a plugin, or a runtime: anything may happen
                raise MetricFailed(
                    f"the gate variant {self.name!r} failed ({type(reason).__name__}: {reason})",
                    "Correct it, or fit the gate anew.",
                    metric=self.name,
                    reason=str(reason),
                ) from reason

        return score


def variant(
    name: str,
    *,
    source: str,
    learn: Callable[[Lesson], Learnt] | None = None,
    standard_cut: float | None = None,
    slope: float = 1.0,
    scale: Callable[[float], float] = float,
    files: Callable[[Learnt], Mapping[str, bytes]] | None = None,
    chooses: Literal["quantile", "scan"] = "quantile",
) -> Callable[[Callable[[Learnt], Scorer]], Variant]:
    """Make a variant of the function that turns what was learnt into a scorer. The arguments are those of `Variant`.

    Example:
        >>> @variant("contrast", source="ours", standard_cut=20)
        ... def contrast(learnt):
        ...     "How far grey levels lie apart."
        ...     return lambda view: Score(view.stds[3])
        >>> contrast.summary
        'How far grey levels lie apart.'
    """

    def decorate(function: Callable[[Learnt], Scorer]) -> Variant:
        about = first_line(function)
        return Variant(name, function, source, about, learn, standard_cut, slope, scale, files, chooses)

    return decorate


registry: Registry[Variant] = Registry(GATE_VARIANTS, Variant)
