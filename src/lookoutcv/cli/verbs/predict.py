"""`lookout predict`: what a model says of images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.cli.parameters import PLACE, CardOption, DeviceOption, JsonOption, ModelArgument, SetOption, settled_card


def predict(
    model: ModelArgument,
    images: Annotated[list[str], typer.Argument(metavar="IMAGE...", help="Images, folders, ZIPs or URLs."), PLACE],
    *,
    top: Annotated[int, typer.Option(help="How many classes of a classification.", min=1)] = 3,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the predictions to this .csv, .json or .coco.json file."),
    ] = None,
    card: CardOption = None,
    set_: SetOption = None,
    device: DeviceOption = "cpu",
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first image that cannot be read.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a model sees: classes, objects, areas or an embedding."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.predictions import print_predictions
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.inference.prediction_file import check_output

    if output is not None:
        check_output(output)
    given = settled_card(model, card, set_)
    with progress_bar(f"Asking {model}") as progress:
        said = lo.predict(
            model, images, card=given, device=device, top=top, output=output, strict=strict, progress=progress
        )
    print_predictions(said, top, output, as_json)
