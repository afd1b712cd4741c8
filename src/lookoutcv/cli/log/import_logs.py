"""`lookout log import`: plain Parquet logs into the prediction log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.log.filters import WHERE, opened
from lookoutcv.cli.parameters import JsonOption, takes


@takes(filters=WHERE)
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Parquet logs, or folders with <model>_logs_<pid>.parquet.")
    ],
    named: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="The model's name; unless given, that in the file's name."),
    ] = None,
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Bring plain Parquet logs, one file a process, into the log, each file once."""
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.tables import print_json
    from lookoutcv.reports.parts.display_text import counted

    log, _ = opened(filters)
    with progress_bar("Importing") as progress:
        done = log.import_(files, model=named, progress=progress)
    if as_json:
        print_json(asdict(done))
    else:
        typer.echo(f"Brought in {counted(done.rows, 'row')} of {counted(done.files, 'file')}.")
        if done.known:
            typer.echo(f"{counted(len(done.known), 'file')} in the log already.")
    for file, why in done.skipped:
        typer.echo(f"lookout: {file} cannot be read: {why}", err=True)
    if done.skipped and not done.files:
        raise typer.Exit(1)
