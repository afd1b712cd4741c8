"""`lookout measure`: numbers for one image, or a record for every image of a source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.parameters import MEASURING, PLACE, JsonOption, takes


@takes(options=MEASURING)
def measure(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder, archive, table, data set, image or URL."), PLACE
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the records to this .parquet, .csv or .json file.")
    ] = None,
    as_json: JsonOption = False,
    *,
    options: dict[str, Any],
) -> None:
    """Measure an image, or every image of a source: a summary, or with -o a record an image."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.tables import print_measured
    from lookoutcv.measuring.record_file import check_output

    if output is not None:
        check_output(output)
    with progress_bar(f"Measuring {source}") as progress:
        measured = lo.measure(source, output=output, **options, progress=progress)
    print_measured(measured, output, as_json)
