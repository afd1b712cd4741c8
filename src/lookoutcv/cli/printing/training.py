"""A run while it learns, a line an epoch with its curve so far; and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.progress_bar import progress_bar
from lookoutcv.cli.printing.tables import plain, print_json
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.progress import Progress
    from lookoutcv.results.training_run import EpochPoint, TrainingRun

_HEIGHTS = "▁▂▃▄▅▆▇█"
_POINTS = 24
_LEGEND = (
    "Each epoch: its loss on the images that teach / on the validation images; accuracy and macro F1 on the latter, "
    "with the macro F1 of all epochs so far."
)
_STAGES = {"head": "head on fixed features", "interpolated": "halfway back to the pretrained weights"}

OnEpoch = Callable[[str, "EpochPoint", float | None], None]
OnNote = Callable[[str], None]


class EpochLines:
    """A line an epoch on standard error: how good the backbone is by now, and how it came there."""

    def __init__(self) -> None:
        self._curves: dict[str, list[float]] = {}

    def __call__(self, backbone: str, point: EpochPoint, seconds_left: float | None) -> None:
        """An epoch of a backbone is over."""
        if not self._curves:
            typer.echo(_LEGEND, err=True)
        curve = self._curves.setdefault(backbone, [])
        curve.append(point.validation_macro_f1)
        typer.echo(epoch_line(backbone, point, curve, seconds_left), err=True)


def epoch_line(backbone: str, point: EpochPoint, curve: list[float], seconds_left: float | None) -> str:
    """What is said of an epoch.

    Args:
        backbone: Its name.
        point: The epoch.
        curve: Macro F1 on the validation images, 0 to 1, of each epoch so far.
        seconds_left: That it may still learn, or that all of its epochs will take; None where nothing is known.
    Example:
        >>> from lookoutcv.results.training_run import EpochPoint
        >>> point = EpochPoint(2, "fine-tuning", 31.0, 1e-3, 0.41, 0.52, 0.9, 0.85, 0.84)
        >>> epoch_line("resnet18", point, [0.4, 0.84], 95)
        'resnet18  epoch 2  loss 0.410 / 0.520  accuracy 85.0%  macro F1 0.840  ▄▇  31 s, 95 s left'
    """
    stage = _STAGES.get(point.stage, f"epoch {point.epoch}")
    left = "" if seconds_left is None else f", {seconds_left:.0f} s left"
    drawn = "".join(_HEIGHTS[min(int(max(value, 0) * len(_HEIGHTS)), len(_HEIGHTS) - 1)] for value in curve[-_POINTS:])
    return (
        f"{backbone}  {stage}  loss {point.train_loss:.3f} / {point.validation_loss:.3f}  "
        f"accuracy {point.validation_accuracy:.1%}  macro F1 {point.validation_macro_f1:.3f}  {drawn}  "
        f"{point.seconds:.0f} s{left}"
    )


def _tell(text: str) -> None:
    typer.echo(plain(masked(text)), err=True)


@contextmanager
def training_display(data: str) -> Iterator[tuple[Progress | None, OnEpoch, OnNote]]:
    """What shows a run for the duration of a block: a bar, a line an epoch, and sentences as soon as they are known.

    Args:
        data: What is learnt from.
    """
    with progress_bar(f"Reading {data}") as bar:
        yield bar, EpochLines(), _tell


def print_training(run: TrainingRun, page: Path, as_json: bool) -> None:
    """What came of it, and what to type next.

    Args:
        run: The run.
        page: The report.
        as_json: Print JSON instead.
    """
    import lookoutcv as lo

    if as_json:
        print_json(run.to_dict())
        return
    typer.echo(lo.render(run, format="terminal", thumbnails=False), nl=False)
    package = f"{run.name}/package"
    typer.echo(plain(masked(f"Wrote {run.name}: the model is in {package}, what was found in {page}.")))
    if run.tracking is not None:
        typer.echo(plain(masked(run.tracking.sentence())))
    typer.echo(
        plain(masked(f"Next: lookout predict {package} IMAGE, or lookout monitor TODAYS_IMAGES --model {package}"))
    )
