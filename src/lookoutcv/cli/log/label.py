"""`lookout log label`: truth that arrives later, put on the rows of the log."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.log.filters import opened
from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.log.log_settings import LabelSettings, LogTimeSettings


@verb("log label")
def label(settings: LabelSettings, selection: LogTimeSettings) -> None:
    """Label and print; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.cli.printing.tables import plain, print_json
    from lookoutcv.reports.parts.display_text import counted

    log, which = opened(selection)
    result = log.label(settings.file, dry_run=settings.dry_run, **which)
    if settings.as_json:
        print_json(asdict(result))
        return
    verb = "Would label" if settings.dry_run else "Labelled"
    typer.echo(
        f"{verb} {counted(result.rows + result.changed, 'row')}, {result.changed:,} of which had another label before; "
        f"{result.known:,} more had theirs already."
    )
    if result.without_label:
        typer.echo(f"{counted(result.without_label, 'line')} of the file without a label left out.")
    if result.unmatched:
        named = ", ".join(map(plain, result.examples)) + (" ..." if result.unmatched > len(result.examples) else "")
        typer.echo(
            f"{result.unmatched:,} of {result.labels:,} images of the file are in no row: {named}. Rows that a running "
            "logger has not committed are not there yet; run this again then."
        )
