"""`lookout evaluate`: how good a classifier or a detector is on labelled images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.inference.inference_settings import EvaluateSettings
    from lookoutcv.measuring.measuring_settings import Options
    from lookoutcv.reports.report_settings import ReportSettings


@verb("evaluate")
def evaluate(settings: EvaluateSettings, styling: ReportSettings, pictures: Options) -> None:
    """Evaluate, write and print; what it can be told is declared in `inference.inference_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.evaluations.of_classifier import print_evaluation
    from lookoutcv.cli.printing.evaluations.of_detector import print_object_evaluation
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.report import check_outputs, write_report
    from lookoutcv.errors import ConfigError

    drawing = replace(styling, output=settings.output, force=settings.force)
    check_outputs(drawing, lo.Evaluation)  # before hours are spent on asking a model
    # With predictions no model is named: the first argument is images too.
    imported = settings.predictions is not None
    model = None if imported else settings.model
    images = [settings.model, *(settings.source or [])] if imported else settings.source or []
    if not images:
        raise ConfigError("there are no images to evaluate on", "Give them after the model.", key="source")
    with progress_bar(f"Asking {model or settings.predictions}") as progress:
        evaluation = lo.evaluate(
            model,
            images,
            card=None if model is None else settings.card,
            device=settings.device,
            trust=settings.trust,
            top=settings.top,
            strict=settings.strict,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
            predictions=settings.predictions,
            annotations=settings.annotations,
            model_name=settings.model_name,
            thumbnails=pictures.get("thumbnails", True),
            redact=pictures.get("redact"),
        )
    written = write_report(evaluation, drawing)
    if isinstance(evaluation, lo.Evaluation):
        print_evaluation(evaluation, written, settings.as_json)
    else:
        print_object_evaluation(evaluation, written, settings.as_json)
