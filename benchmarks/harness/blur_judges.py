"""Judges of sharpness under one name each: what the gate's benchmarks rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from lookoutcv.metrics.sharpness import focus, laplacian
from lookoutcv.pixels.view import ImageView
from lookoutcv.sharpness.composite import sharp_log_odds, tellable
from lookoutcv.sharpness.evidence import evidence


class Judgement(NamedTuple):
    """What a judge says of one picture.

    Args:
        score: Higher is sharper.
        told: Whether it dares to say.
    """

    score: float
    told: bool = True


Judge = Callable[[ImageView], Judgement]


def _laplacian(view: ImageView) -> Judgement:
    return Judgement(laplacian(view))


def _focus(view: ImageView) -> Judgement:
    return Judgement(focus(view))


def _composite(view: ImageView) -> Judgement:
    found = evidence(view.luma)
    return Judgement(sharp_log_odds(found), tellable(found))


JUDGES: dict[str, Judge] = {"Laplacian": _laplacian, "focus": _focus, "composite": _composite}


def judge_named(name: str) -> Judge:
    """One of `JUDGES`, or any other as "module:function": from an `ImageView` to a score or a `Judgement`."""
    if name in JUDGES:
        return JUDGES[name]
    module, _, function = name.partition(":")
    score: Callable[[ImageView], Any] = getattr(import_module(module), function)

    def judge(view: ImageView) -> Judgement:
        found = score(view)
        return found if isinstance(found, Judgement) else Judgement(float(found))

    return judge


def judged(view: ImageView, names: Sequence[str]) -> list[Judgement]:
    """What each of them says."""
    return [judge_named(name)(view) for name in names]
