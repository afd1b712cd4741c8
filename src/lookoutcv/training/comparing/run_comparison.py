"""Two training runs beside each other: what was asked for otherwise, and whether one is better by more than chance."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.training_run import Candidate, PairedDifference, PartSummary, TrainingRun
from lookoutcv.training.comparing.paired_models import beyond_chance, difference_of_right
from lookoutcv.training.comparing.recorded_runs import RunSummary, best_of, read_run
from lookoutcv.training.comparing.score import Flags


@dataclass(frozen=True)
class RunComparison:
    """Two training runs.

    Args:
        first, second: Each in a line.
        changed: What differs: its name, and what it is in each run, in words.
        same_test: Whether both were tested on the very same images.
        difference: Of their best models on these; None where they cannot be compared image by image.
        text: What follows, in sentences.
    """

    first: RunSummary
    second: RunSummary
    changed: tuple[tuple[str, str, str], ...]
    same_test: bool
    difference: PairedDifference | None
    text: str


@only_known_keywords()
def compare_runs(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> RunComparison:
    """What differs between two training runs, and which one's best model is better.

    Accuracies are compared image by image, and only where both runs were tested on the very same images.

    Args:
        first, second: Folders of runs, or their `run.json`.
    Raises:
        SourceNotFound: There is no run.
        FileFormatError: It is damaged, or of a newer version.
    Example:
        >>> compare_runs("runs/monday", "runs/tuesday").text  # doctest: +SKIP
    """
    a, b = read_run(first), read_run(second)
    summaries = RunSummary.of(first, a), RunSummary.of(second, b)
    one, other = _test_part(a), _test_part(b)
    same = one is not None and other is not None and one.sha256 == other.sha256
    names = (a.name, b.name) if a.name != b.name else (os.fspath(first), os.fspath(second))
    difference = _difference(a, b, names) if same else None
    text = _paired(difference, summaries[0].images) if difference else _unpaired(summaries, same, names)
    if os.path.samefile(first, second):
        text = f"{names[0]} is given twice: give another run beside it."
    return RunComparison(*summaries, tuple(_changed(a, b)), same, difference, text)


def _test_part(run: TrainingRun) -> PartSummary | None:
    return next((part for part in run.parts if part.name == "test"), None)


def _difference(a: TrainingRun, b: TrainingRun, names: tuple[str, str]) -> PairedDifference | None:
    one, other = (_right(best_of(run)) for run in (a, b))
    return difference_of_right(one, other, names) if len(one) == len(other) > 0 else None


def _right(best: Candidate | None) -> Flags:
    """Which test images a model is right on; none where that is not recorded."""
    return np.array([digit == "1" for digit in ("" if best is None else best.test_right)], np.bool_)


def _changed(a: TrainingRun, b: TrainingRun) -> list[tuple[str, str, str]]:
    """Settings first, then what they were done with and on."""

    def facts(run: TrainingRun) -> dict[str, str]:
        parts = {f"{part.name} images": f"{part.images:,}" for part in run.parts}
        contents = {f"content of the {part.name} part": part.sha256[:12] for part in run.parts}
        told = {"data": run.data, "classes": f"{len(run.classes):,}", "seed": str(run.seed), "device": run.device}
        settings = {key: _words(value) for key, value in run.settings.items()}
        return {**settings, **told, "best": run.best, **parts, **contents, **run.versions}

    one, other = facts(a), facts(b)
    return [
        (key, one.get(key, "-"), other.get(key, "-"))
        for key in dict.fromkeys((*one, *other))
        if one.get(key) != other.get(key)
    ]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _paired(difference: PairedDifference, images: int) -> str:
    on = f"on the same {images:,} test images"
    if difference.only_better == difference.only_worse:
        return f"{difference.better} and {difference.worse} are right equally often {on}."
    points, low, high = (f"{100 * share:.1f}" for share in (difference.difference, difference.low, difference.high))
    said = f"{difference.better} is right more often than {difference.worse} {on}: by {points} points"
    sure = "beyond chance" if beyond_chance([difference])[0] else "which can be chance"
    return f"{said} (95% interval {low} to {high}, p = {difference.p:.2g}), {sure}."


def _unpaired(summaries: tuple[RunSummary, RunSummary], same: bool, names: tuple[str, str]) -> str:
    why = (
        "One of the runs does not say which images it is right on"
        if same
        else "They were not tested on the same images"
    )
    told = [f"{name} {_accuracy(one)}" for name, one in zip(names, summaries, strict=True)]
    return f"{why}, so they cannot be compared image by image: {'; '.join(told)}."


def _accuracy(one: RunSummary) -> str:
    if one.accuracy is None or one.low is None or one.high is None:
        return "has no figures"
    interval = f"95% interval {100 * one.low:.1f} to {100 * one.high:.1f}"
    return f"is right on {one.accuracy:.1%} of {one.images:,} {one.part} images ({interval})"
