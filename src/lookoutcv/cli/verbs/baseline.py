"""`lookout baseline`: remember what images look like while all is well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.configured import is_given
from lookoutcv.cli.parameters import BATCH_BY, PICTURING, Group, JsonOption, SourceArgument, takes
from lookoutcv.secrets import masked

_STANDARD_NAME = Path("baseline.parquet")


_REHEARSING: Group = {
    "rehearse": (
        Annotated[
            bool,
            typer.Option(
                "--rehearse/--no-rehearse",
                help="Ask a classifier about spoilt copies of labelled images too, to estimate accuracy better later.",
            ),
        ],
        True,
    ),
}


@takes(dividing=BATCH_BY, rehearsing=_REHEARSING, options=PICTURING)
def baseline(
    source: SourceArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the baseline.")] = _STANDARD_NAME,
    as_json: JsonOption = False,
    *,
    dividing: dict[str, Any],
    rehearsing: dict[str, Any],
    options: dict[str, Any],
) -> None:
    """Measure known-good images and keep what later images are compared with."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.tables import print_baseline
    from lookoutcv.files.atomic import check_writable

    check_writable(output)
    with progress_bar(f"Measuring {source}") as progress:
        made = lo.baseline(source, **dividing, **rehearsing, **options, progress=progress)
    made.save(output)
    print_baseline(made, as_json)
    if not as_json:
        ready = is_given("monitor", "source", "baseline")
        line = "lookout monitor" if ready else f"lookout monitor TODAYS_IMAGES --baseline {output} --html report.html"
        typer.echo(masked(f"Wrote {output}. Next: {line}"))
