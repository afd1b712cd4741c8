"""`lookout baseline`: remember what images look like while all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.configured import settings_provide
from lookoutcv.cli.parameters import verb
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.measuring.measuring_settings import BaselineSettings, Options


@verb("baseline")
def baseline(settings: BaselineSettings, options: Options) -> None:
    """Measure, save and print; what it can be told is declared in `measuring.measuring_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.baseline import print_baseline
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.files.baseline_form import check_baseline_output

    output = settings.output
    check_baseline_output(output, force=settings.force)
    with progress_bar(f"Measuring {settings.source}") as progress:
        options["progress"] = progress
        measured = lo.baseline(settings.source, batch_by=settings.batch_by, perturb=settings.perturb, **options)
    measured.save(output, force=settings.force)
    print_baseline(measured, settings.as_json)
    if not settings.as_json:
        complete = settings_provide("monitor", "source", "baseline")
        line = (
            "lookout monitor" if complete else f"lookout monitor TODAYS_IMAGES --baseline {output} --html report.html"
        )
        typer.echo(masked(f"Wrote {output}. Next: {line}"))
