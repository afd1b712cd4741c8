"""`lookout gate`: samples made, a gate fitted, judged, and asked about images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.gate.gate_settings import GateCheckSettings
    from lookoutcv.gate_training.gate_training_settings import (
        GateAddSettings,
        GateDataSettings,
        GateEvaluateSettings,
        GateFitSettings,
        GateInitSettings,
    )
    from lookoutcv.measuring.measuring_settings import Options
    from lookoutcv.reports.report_settings import ReportSettings
    from lookoutcv.tracking.tracking_settings import TrackingSettings


@verb("gate data")
def data(settings: GateDataSettings) -> None:
    """Make samples and print; what it can be told is declared in `gate_training.gate_training_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.evaluations.gate_lines import print_samples
    from lookoutcv.cli.printing.progress_bar import progress_bar

    with progress_bar("Making samples") as progress:
        samples = lo.gate_data(
            settings.output,
            photos=settings.photos,
            count=settings.count,
            kinds=settings.kinds,
            strengths=settings.strengths,
            nuisances=settings.nuisances,
            seed=settings.seed,
            force=settings.force,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
        )
    print_samples(samples, settings.as_json)


@verb("gate add")
def add(settings: GateAddSettings) -> None:
    """Add samples and print; what it can be told is declared in `gate_training.gate_training_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.evaluations.gate_lines import print_added
    from lookoutcv.cli.printing.progress_bar import progress_bar

    with progress_bar(f"Adding {settings.source}") as progress:
        added = lo.add_samples(
            settings.source,
            settings.output,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
        )
    print_added(added, settings.as_json)


@verb("gate init")
def init(settings: GateInitSettings) -> None:
    """Write a pipeline and print; what it can be told is declared in `gate_training.gate_training_settings`."""
    from lookoutcv.cli.printing.evaluations.pipeline_lines import print_pipeline
    from lookoutcv.gate_training.pipeline.write_pipeline import write_pipeline

    files = write_pipeline(settings.folder, photos=settings.photos, force=settings.force)
    print_pipeline(settings.folder, files, settings.as_json)


@verb("gate fit")
def fit(settings: GateFitSettings, tracking: TrackingSettings) -> None:
    """Fit and print; what it can be told is declared in `gate_training.gate_training_settings`."""
    import tempfile
    from pathlib import Path

    import lookoutcv as lo
    from lookoutcv.cli.printing.evaluations.gate_lines import print_fitted
    from lookoutcv.cli.printing.progress_bar import progress_bar

    def draw(fitted: lo.FittedGate) -> list[Path]:
        """The report for MLflow, without pictures: nobody was asked whether these may lie there."""
        return [lo.render(fitted.evaluation, Path(aside, "report.html"), thumbnails=False)]

    with tempfile.TemporaryDirectory() as aside, progress_bar(f"Fitting on {settings.data}") as progress:
        fitted = lo.fit_gate(
            settings.data,
            variant=settings.variant,
            false_reject=settings.false_reject,
            baseline=settings.baseline,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            backbone=settings.backbone,
            weights=settings.weights,
            device=settings.device,
            seed=settings.seed,
            output=settings.output,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            mlflow_uri=tracking.mlflow_uri,
            experiment=tracking.experiment,
            run_name=tracking.run_name,
            progress=progress,
            on_fit=draw,
        )
    print_fitted(fitted, settings.as_json)


@verb("gate evaluate")
def evaluate(settings: GateEvaluateSettings, styling: ReportSettings, pictures: Options) -> None:
    """Evaluate, write and print; what it can be told is declared in `gate_training.gate_training_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.report import check_outputs, write_report

    drawing = replace(styling, output=settings.output, force=settings.force)
    check_outputs(drawing, lo.GateEvaluation)
    with progress_bar(f"Asking {settings.gate}") as progress:
        evaluation = lo.evaluate_gate(
            settings.gate,
            settings.data,
            threshold=settings.threshold,
            thumbnails=pictures.get("thumbnails", True),
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
        )
    written = write_report(evaluation, drawing)
    form = "json" if settings.as_json else "terminal"
    typer.echo(lo.render(evaluation, format=form, thumbnails=False), nl=False)
    if not settings.as_json:
        for path in written:
            typer.echo(f"Wrote {path}")


@verb("gate check")
def check(settings: GateCheckSettings) -> None:
    """Ask the gate and print; what it can be told is declared in `gate.gate_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.evaluations.gate_lines import print_verdicts
    from lookoutcv.cli.printing.progress_bar import progress_bar

    with progress_bar(f"Asking {settings.gate}") as progress:
        verdicts = lo.check_images(
            settings.images,
            settings.gate,
            threshold=settings.threshold,
            judges=settings.judges,
            camera=settings.camera,
            output=settings.output,
            force=settings.force,
            raw=settings.raw,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
        )
    print_verdicts(verdicts, settings.output, settings.as_json, settings.fail_on)


group = typer.Typer(
    name="gate", help="Is an image fit to use? A gate made, fitted, judged, asked.", no_args_is_help=True
)
group.command("add", cls=ConfiguredCommand)(add)
group.command("check", cls=ConfiguredCommand)(check)
group.command("data", cls=ConfiguredCommand)(data)
group.command("fit", cls=ConfiguredCommand)(fit)
group.command("init", cls=ConfiguredCommand)(init)
group.command("evaluate", cls=ConfiguredCommand)(evaluate)
