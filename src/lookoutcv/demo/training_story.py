"""The demo of training: two ZIPs of small pictures, two small networks, and the better one packed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lookoutcv.demo.sample_zips import SampleZips, make_sample_zips
from lookoutcv.demo.story import claim
from lookoutcv.progress import Progress
from lookoutcv.reports.rendering import render
from lookoutcv.results.training_run import EpochPoint, TrainingRun
from lookoutcv.training.train import train

# timm's smallest: they learn four shapes from chance in half a minute, where the networks that one would take for
# photographs, without pretrained weights, learn nothing.
MODELS = ("test_efficientnet", "test_resnet")
EPOCHS = 20


@dataclass(frozen=True)
class TrainingStory:
    """What the demo made.

    Args:
        zips: The images.
        run: The training on the shapes.
        page: Its report.
    """

    zips: SampleZips
    run: TrainingRun
    page: Path


def tell_training(
    out: Path,
    *,
    progress: Progress | None = None,
    on_epoch: Callable[[str, EpochPoint, float | None], None] | None = None,
) -> TrainingStory:
    """Draw the images and train.

    Args:
        out: A folder, as of `story.tell`. The run in it must not be there yet.
        progress, on_epoch: As of `train`.
    Raises:
        OutputUnwritable: The folder cannot be written, holds something else, or a run.
        MissingExtra: torch or timm is not installed.
    """
    claim(out)
    zips = make_sample_zips(out)
    page = out / "run" / "report.html"
    run = train(
        str(zips.shapes),
        out / "run",
        models=MODELS,
        weights="none",
        epochs=EPOCHS,
        threads=1,  # networks so small are no faster with more
        progress=progress,
        on_epoch=on_epoch,
        on_run=lambda run: [render(run, page)],
    )
    return TrainingStory(zips, run, page)
