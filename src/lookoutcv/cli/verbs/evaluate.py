"""`lookout evaluate`: how good a classifier or a detector is on labelled images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.cli.parameters import (
    PLACE,
    AnnotationsOption,
    CardOption,
    DeviceOption,
    JsonOption,
    ModelArgument,
    ModelNameOption,
    SetOption,
    settled_card,
)


def evaluate(
    model: ModelArgument,
    source: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Labelled images: a folder or a ZIP with a folder a class, or a source with boxes.",
        ),
        PLACE,
    ] = None,
    *,
    top: Annotated[int, typer.Option(help="Of a classifier: the largest k of the top-k accuracies.", min=1)] = 5,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it all, confusion matrix included, to this .json file."),
    ] = None,
    card: CardOption = None,
    set_: SetOption = None,
    device: DeviceOption = "cpu",
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first image that cannot be read.")] = False,
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Predictions made elsewhere instead of a model; no MODEL is then given."),
        PLACE,
    ] = None,
    annotations: AnnotationsOption = None,
    model_name: ModelNameOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how good a classifier or a detector is on labelled images: overall, class by class, and where it fails."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.evaluation import print_evaluation, write_evaluation
    from lookoutcv.cli.printing.object_evaluation import print_object_evaluation
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.errors import ConfigError
    from lookoutcv.files.atomic import check_writable

    if output is not None:
        if output.suffix.lower() != ".json":
            raise ConfigError(f"{output.name!r} is no JSON file", "End its name in .json.", path=str(output))
        check_writable(output)
    asked, images = (None, [model, *(source or [])]) if predictions is not None else (model, source or [])
    if not images:
        raise ConfigError("there are no images to evaluate on", "Give them after the model.", key="source")
    given = None if asked is None else settled_card(asked, card, set_)
    with progress_bar(f"Asking {asked or predictions}") as progress:
        found = lo.evaluate(
            asked,
            images,
            card=given,
            device=device,
            top=top,
            strict=strict,
            progress=progress,
            predictions=predictions,
            annotations=annotations,
            model_name=model_name,
        )
    if output is not None:
        write_evaluation(found, output)
    if isinstance(found, lo.Evaluation):
        print_evaluation(found, output, as_json)
    else:
        print_object_evaluation(found, output, as_json)
