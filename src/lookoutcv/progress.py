"""How far something is, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

# Called as progress(done, total); total is None while it is not known.
Progress: TypeAlias = Callable[[int, int | None], None]


def begin_stage(progress: Progress | None, stage: str) -> None:
    """Say that other things are counted from now on; a plain function of (done, total) is told nothing.

    Args:
        progress: May have a method `begin_stage` that takes the name of what is counted.
        stage: "Perturbation calibration".
    Example:
        >>> class Stages(list):
        ...     def begin_stage(self, stage): self.append(stage)
        ...     def __call__(self, done, total): pass
        >>> stages = Stages()
        >>> begin_stage(stages, "Measuring")
        >>> begin_stage(lambda done, total: None, "Measuring")
        >>> stages
        ['Measuring']
    """
    begin = getattr(progress, "begin_stage", None)
    if callable(begin):
        begin(stage)
