"""From labelled images to a model that brings its own baseline."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.processes.machine import cpu_count
from lookoutcv.progress import Progress
from lookoutcv.results.training_run import EpochPoint, TrainingRun
from lookoutcv.tracking.tracking_settings import TrackingSettings
from lookoutcv.training.data.divide import check_shares
from lookoutcv.training.fitting.fit_settings import Augment, FitSettings
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.request import (
    LARGEST_SEED,
    LARGEST_SIDE_PX,
    Request,
    budget_seconds,
    checked_folds,
    folder_for,
    named_models,
    one_of,
    whole_number,
)
from lookoutcv.training.whole_run import run_training


@only_known_keywords()
def train(
    data: Any,
    output: str | os.PathLike[str] | None = None,
    *,
    models: str | Sequence[str] | None = None,
    weights: str | os.PathLike[str] = "auto",
    test: Any = None,
    test_size: float = 0.2,
    validation_size: float = 0.15,
    epochs: int | None = None,
    batch_size: int = 32,
    image_size: int | None = None,
    augment: str = "light",
    mixup: float = 0.0,
    cutmix: float = 0.0,
    class_weights: bool = False,
    budget: str | None = None,
    device: str = "auto",
    threads: int | None = None,
    seed: int = 0,
    deterministic: bool = False,
    resume: bool = False,
    int8: bool = False,
    state_dict: bool = False,
    plan: bool = False,
    perturb: bool = True,
    folds: int | None = None,
    thumbnails: bool = True,
    strict: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    mlflow_uri: str | None = None,
    experiment: str | None = None,
    run_name: str | None = None,
    register: str | None = None,
    progress: Progress | None = None,
    on_epoch: Callable[[str, EpochPoint, float | None], None] | None = None,
    on_note: Callable[[str], None] | None = None,
    on_run: Callable[[TrainingRun], Iterable[str | os.PathLike[str]] | None] | None = None,
) -> TrainingRun:
    """Teach several backbones the classes of labelled images, compare them, and pack the best.

    Args:
        data: Labelled images: a folder or an archive with a folder a class, a table, a data set. Of one with marked
            objects instead of labels, the objects are cut out.
        output: The folder of the run, a new one; unless given, `runs/` and the name of the data. It takes run.json,
            data.json and the folder `package`, which `open_model` takes.
        models: Backbones by their names in timm, in a list or with commas between; unless given,
            mobilenetv3_small_100, resnet18, efficientnet_b0 and vit_base_patch16_224.
        weights: "hub": pretrained ones of the Hugging Face hub; "none": chance; "auto": the hub's, and where it cannot
            be reached chance, which is said; or a safetensors file or a folder of such.
        test: Labelled images for the test, instead of a part of `data`.
        test_size: Share of the images that are kept for the test, where `data` has no such part of its own.
        validation_size: Share of all images that choose when to stop and which backbone is the best, likewise.
        epochs: At most so many passes over the images; 0 for a linear head on fixed features.
        batch_size: Images a step; halved where memory does not suffice.
        image_size: Side of the input in pixels; unless given, what the weights were made for.
        augment: "none", "light" or "strong".
        mixup, cutmix: Parameters of Beta distributions; 0 for not at all.
        class_weights: Rare classes weigh more.
        budget: Time for all of it: "90s", "10m", "2h". Backbones that fall behind are dropped early.
        device: "auto", "cpu", "cuda" or "mps".
        threads: Processors to use; None for all.
        seed: Of all that is drawn.
        deterministic: The same numbers every time on a graphics card too; slower.
        resume: Go on with a run of the same settings that was stopped in `output`.
        int8: Pack a model of whole numbers too, with what it loses.
        state_dict: Pack a state dict of PyTorch (`model.pth`) and its facts as JSON (`metadata.json`) too.
        plan: Say whether more images would help, and by how much.
        perturb: Ask the best model about corrupted copies of the test images too, so that its accuracy is estimated
            better later; left out, and said, where the budget has no time for it.
        folds: Teach the best again in so many folds, 3 or more, so that each image is predicted by a model that did not
            see it; takes as many times as long as teaching it once, so that no `budget` can hold.
        thumbnails: Keep small pictures of some images in the baseline and the report.
        strict: Stop at the first image that cannot be read.
        max_pixels, max_bytes: Leave out images with more pixels, and files with more bytes.
        mlflow_uri: Tell MLflow: a server, "sqlite:///FILE", or "off"; unless given, the variable MLFLOW_TRACKING_URI.
        experiment, run_name: What they are called there; unless given, "lookoutcv" and the name of the folder.
        register: Put the best model into MLflow's registry under this name.
        progress: Called as `progress(done, total)`; its method `begin_stage`, where it has one, with what is counted.
        on_epoch: Called with a backbone's name, an `EpochPoint`, and the seconds that are left to it.
        on_note: Called with a sentence as soon as it is known: that no weights could be had, what was done otherwise
            than asked. The run keeps them too.
        on_run: Called with the run, when all of it is known and its package is written. What it returns are files, such
            as a report, that MLflow is given too: `on_run=lambda run: [lo.render(run, "report.html")]`.
    Returns:
        The run; `name` is its folder.
    Raises:
        MissingExtra: torch or timm is not installed.
        SourceError: The images cannot be listed.
        TrainingError: Nothing can be learnt: one class alone, weights that do not fit.
        OutputUnwritable: The folder holds something else, or a finished run.
        ConfigError: A setting is out of range.
        TrackingUnavailable: MLflow does not answer; said before anything is read.
    """
    check_shares(test_size, validation_size)
    request = Request(
        data=data,
        test=test,
        output=folder_for(data, output),
        models=named_models(models),
        weights=os.fspath(weights),
        test_size=test_size,
        validation_size=validation_size,
        image_size=None if image_size is None else whole_number(image_size, 8, LARGEST_SIDE_PX, "image_size"),
        fit=FitSettings(
            epochs=epochs,
            batch_size=batch_size,
            augment=cast(Augment, one_of(augment, ("none", "light", "strong"), "augment")),
            mixup=mixup,
            cutmix=cutmix,
            class_weights=class_weights,
            seed=seed,
            deterministic=deterministic,
        ),
        budget_seconds=budget_seconds(budget),
        device=device,
        threads=cpu_count() if threads is None else whole_number(threads, 1, 1024, "threads"),
        resume=resume,
        int8=int8,
        state_dict=state_dict,
        plan=plan,
        perturb=perturb,
        folds=checked_folds(folds, budget),
        thumbnails=thumbnails,
        strict=strict,
        max_pixels=max_pixels,
        max_bytes=max_bytes,
        seed=whole_number(seed, 0, LARGEST_SEED, "seed"),
        tracking=TrackingSettings(mlflow_uri, experiment, run_name, register),
    )
    return run_training(request, Onlooker(progress, on_epoch, on_note, on_run))
