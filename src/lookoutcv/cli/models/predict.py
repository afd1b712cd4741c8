"""`lookout predict`: what a model says of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.inference.inference_settings import PredictSettings


@verb("predict")
def predict(settings: PredictSettings) -> None:
    """Ask the model and print; what it can be told is declared in `inference.inference_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.predictions import print_predictions
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.inference.prediction_file import check_prediction_output

    if settings.output is not None:
        check_prediction_output(settings.output, force=settings.force)
    with progress_bar(f"Asking {settings.model}") as progress:
        predictions = lo.predict(
            settings.model,
            settings.images,
            card=settings.card,
            device=settings.device,
            trust=settings.trust,
            top=settings.top,
            output=settings.output,
            force=settings.force,
            raw=settings.raw,
            strict=settings.strict,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
        )
    print_predictions(predictions, settings.top, settings.output, settings.as_json)
