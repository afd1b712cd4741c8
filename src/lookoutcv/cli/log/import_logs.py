"""`lookout log import`: plain Parquet logs into the prediction log."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.log.filters import opened
from lookoutcv.cli.parameters import verb
from lookoutcv.cli.printing.nobody_reads import ending_with

if TYPE_CHECKING:
    from lookoutcv.log.log_settings import ImportSettings, LogPlaceSettings


@verb("log import")
def import_(settings: ImportSettings, selection: LogPlaceSettings) -> None:
    """Import and print; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.tables import plain, print_json
    from lookoutcv.reports.parts.display_text import counted

    log, _ = opened(selection)
    with progress_bar("Importing") as progress:
        done = log.import_(settings.files, model=settings.named, progress=progress)
    with ending_with(1 if done.skipped and not done.files else 0):
        if settings.as_json:
            print_json(asdict(done))
        else:
            typer.echo(f"Brought in {counted(done.rows, 'row')} of {counted(done.files, 'file')}.")
            if done.known:
                typer.echo(f"{counted(len(done.known), 'file')} in the log already.")
            for note in done.notes:
                typer.echo(plain(note))
        for file, why in done.skipped:
            typer.echo(f"lookout: {file} cannot be read: {why}", err=True)
