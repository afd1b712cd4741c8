"""What a judge is: named numbers of an image, or of a camera's last ones, and limits between which they are fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lookoutcv.errors import MetricFailed
from lookoutcv.pixels.view import ImageView
from lookoutcv.plugins import GATE_JUDGES, Registry, first_line


@dataclass(frozen=True)
class Limit:
    """Between what a number must lie.

    Args:
        number: Its name, as `measure` gives it.
        low: The least that is fit; None for no bound.
        high: The most; None for no bound.
        below, above: Why an image is not fit whose number is lower or higher, with `{value}` and `{limit}` in it.
        form: How numbers are written in those sentences.
        own: Whether a gate that is fitted takes over what the user's own good images have, where that is beyond this.
    """

    number: str
    low: float | None = None
    high: float | None = None
    below: str = ""
    above: str = ""
    form: str = ".2g"
    own: bool = True

    def reason(self, value: float) -> str:
        """Why a number is not fit; "" where it is, and for NaN, which is none."""
        if self.low is not None and value < self.low:
            return self._told(self.below, value, self.low)
        if self.high is not None and value > self.high:
            return self._told(self.above, value, self.high)
        return ""

    def _told(self, words: str, value: float, limit: float) -> str:
        shown, against = format(value, self.form), format(limit, self.form)
        if shown == against:  # rounded, they would contradict the sentence
            shown, against = f"{value:.6g}", f"{limit:.6g}"
        return words.format(value=shown, limit=against)


@dataclass(frozen=True)
class Numbers:
    """What a judge measured.

    A judge whose numbers are all NaN abstains: one that has not seen enough of a camera yet, or learnt too little. Its
    silence changes no verdict; the verdict names it in `abstained`.

    Args:
        values: By name; NaN where a number does not exist for this image.
        untellable: Why the judge cannot tell, as a part of a sentence; "" where it can.
        details: What a reason adds, by number: "at the lower left".
    """

    values: Mapping[str, float]
    untellable: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def abstains(self) -> bool:
        """Whether the judge says nothing of this image.

        Example:
            >>> Numbers({"share": float("nan")}).abstains
            True
        """
        return not self.untellable and all(math.isnan(one) for one in self.values.values())


# From an image, what the judge learnt from the user's own images (empty where nothing), and, of a judge with memory,
# what it remembers of this camera, which it changes.
Measure: TypeAlias = Callable[..., Numbers]


@dataclass(frozen=True)
class Judge:
    """A plugin of this room.

    Args:
        name: As a gate's settings have it.
        measure: `measure(view, learnt)`, or `measure(view, learnt, memory)` for a judge with memory.
        limits: Of its numbers.
        memory: Makes what it remembers of one camera before the first image; None for a judge of one image, whose
            answer depends on nothing else.
        learn: What it takes from a baseline, as JSON can hold it; None where it takes nothing. Where the baseline does
            not carry it, "note" alone: a sentence that says why, for whoever fits the gate; the judge then abstains.
        needs: What `learn` must have given for it to judge at all: "baseline", or "" for nothing.
        summary: One line for `lookout plugins`.
    """

    name: str
    measure: Measure
    limits: tuple[Limit, ...]
    summary: str
    memory: Callable[[], Any] | None = None
    learn: Callable[[Any], Mapping[str, Any]] | None = None
    needs: str = ""

    def __call__(self, view: ImageView, learnt: Mapping[str, Any], memory: Any = None) -> Numbers:
        """What it measures on one image. The arguments are those of `measure`.

        Raises:
            MetricFailed: The function raised.
        """
        try:
            return self.measure(view, learnt) if self.memory is None else self.measure(view, learnt, memory)
        except Exception as reason:  # a plugin, or what a damaged file says of it: anything may happen
            raise MetricFailed(
                f"the gate judge {self.name!r} failed ({type(reason).__name__}: {reason})",
                "Correct it, fit the gate anew, or leave it out of its judges.",
                metric=self.name,
                reason=str(reason),
            ) from reason


def judge(
    name: str,
    *limits: Limit,
    memory: Callable[[], Any] | None = None,
    learn: Callable[[Any], Mapping[str, Any]] | None = None,
    needs: str = "",
) -> Callable[[Measure], Judge]:
    """Make a judge of the function that measures. The arguments are those of `Judge`.

    Example:
        >>> @judge("red", Limit("share", high=0.5, above="{value} of its light is red, at most {limit} is usual"))
        ... def red(view, learnt):
        ...     "Whether the picture is not all red."
        ...     return Numbers({"share": float(view.pixels[..., 0].sum() / max(int(view.pixels.sum()), 1))})
        >>> red.limits[0].reason(0.75)
        '0.75 of its light is red, at most 0.5 is usual'
    """

    def decorate(function: Measure) -> Judge:
        return Judge(name, function, limits, first_line(function), memory, learn, needs)

    return decorate


registry: Registry[Judge] = Registry(GATE_JUDGES, Judge)
