"""What a gate is loaded from, checked: a variant's name, a folder, a threshold."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import cast

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, CorruptFile
from lookoutcv.gate.artifact import FittedLimit, GateState, JudgeState
from lookoutcv.gate.cut import Cut
from lookoutcv.gate.judges.base import Judge, Limit
from lookoutcv.gate.judges.base import registry as judges
from lookoutcv.gate.variants.base import Learnt, Variant
from lookoutcv.gate.variants.base import registry as variants


def check_threshold(threshold: object, variant: str) -> None:
    """Refuse what is no variance of the Laplacian, or is meant for another variant."""
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool) and math.isfinite(threshold)
    if not number or float(cast(float, threshold)) < 0:
        problem = f"{option('threshold')} is {threshold!r}"
        raise ConfigError(problem, "Give a variance of the Laplacian: a number of at least 0.", key="threshold")
    if variant != "threshold":
        raise ConfigError(
            f"{option('threshold')} is of the variance of the Laplacian, and the gate's variant is {variant!r}",
            f"Leave it out, or take the gate threshold. How strict {variant} is follows from {option('false_reject')} "
            "where it is fitted.",
            key="threshold",
        )


def check_weights(state: GateState, learnt: Learnt, place: str) -> None:
    """Refuse a network without weights."""
    if variants.get(state.variant).learn is not None and not learnt.tensors:
        problem = f"{place} is damaged: a gate of the variant {state.variant!r} without weights"
        raise CorruptFile(problem, "Copy the gate's folder again, or fit it anew.", path=place)


def named(gate: object) -> str:
    """A gate's name or place as text."""
    if isinstance(gate, str | os.PathLike):
        return os.fspath(gate)
    raise ConfigError(f"{option('gate')} is of type {type(gate).__name__}", GateState.REMEDY, key="gate")


def unfitted(variant: Variant, threshold: float | None) -> GateState:
    """A variant as a gate that nobody fitted, with the cut that it comes with or that is given."""
    if threshold is not None:
        check_threshold(threshold, variant.name)
    cut = variant.standard_cut if threshold is None else threshold
    if cut is None:
        nothing = "learns from your images" if variant.learn else "has no cut that holds for all cameras"
        raise ConfigError(
            f"the gate variant {variant.name!r} {nothing}",
            f"Fit it: lookout gate fit DATA --variant {variant.name}"
            + ("" if variant.learn else f"; or give {option('threshold')}."),
            key="variant",
        )
    chosen = Cut(cut, chosen_by="standard" if threshold is None else "given", slope=variant.slope)
    return GateState(variant.name, chosen, tuple(JudgeState(one.name) for one in judges))


def is_name(text: str) -> bool:
    """Whether a text is a name, and no path."""
    return not os.path.exists(text) and not Path(text).suffix and os.sep not in text and "/" not in text


def with_limits(judge: Judge, state: JudgeState) -> tuple[Judge, tuple[Limit, ...]]:
    """A judge and its limits, those that a gate was fitted with in place of its own."""
    own: dict[str, FittedLimit] = {one.number: one for one in state.limits}
    return judge, tuple(
        replace(one, low=own[one.number].low, high=own[one.number].high) if one.number in own else one
        for one in judge.limits
    )
