"""`lookout train`: from labelled images to a model that brings its own baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.tracking.tracking_settings import TrackingSettings
    from lookoutcv.training.training_settings import TrainSettings


@verb("train")
def train(settings: TrainSettings, tracking: TrackingSettings) -> None:
    """Train, write and print; what it can be told is declared in `training.training_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.training import print_training, training_display
    from lookoutcv.errors import OutputUnwritable

    unwritable: list[OutputUnwritable] = []

    def draw(run: lo.TrainingRun) -> list[Path]:
        """The report, which MLflow keeps too; where the disk is full for it, the run is kept all the same."""
        try:
            return [lo.render(run, Path(run.name) / "report.html", thumbnails=settings.thumbnails)]
        except OutputUnwritable as error:
            unwritable.append(error)
            return []

    with training_display(settings.data) as (progress, on_epoch, on_note):
        run = lo.train(
            settings.data,
            output=settings.output,
            models=settings.models,
            weights=settings.weights,
            test=settings.test,
            test_size=settings.test_size,
            validation_size=settings.validation_size,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            image_size=settings.image_size,
            augment=settings.augment,
            mixup=settings.mixup,
            cutmix=settings.cutmix,
            class_weights=settings.class_weights,
            budget=settings.budget,
            device=settings.device,
            threads=settings.threads,
            seed=settings.seed,
            deterministic=settings.deterministic,
            resume=settings.resume,
            int8=settings.int8,
            state_dict=settings.state_dict,
            plan=settings.plan,
            perturb=settings.perturb,
            folds=settings.folds,
            thumbnails=settings.thumbnails,
            strict=settings.strict,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            mlflow_uri=tracking.mlflow_uri,
            experiment=tracking.experiment,
            run_name=tracking.run_name,
            register=tracking.register,
            progress=progress,
            on_epoch=on_epoch,
            on_note=on_note,
            on_run=draw,
        )
    if unwritable:
        raise unwritable[0]
    print_training(run, Path(run.name) / "report.html", settings.as_json)
