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
    done = log.label(settings.file, dry_run=settings.dry_run, **which)
    if settings.as_json:
        print_json(asdict(done))
        return
    verb = "Would label" if settings.dry_run else "Labelled"
    typer.echo(
        f"{verb} {counted(done.rows + done.changed, 'row')}, {done.changed:,} of which had another label before; "
        f"{done.known:,} more had theirs already."
    )
    if done.without_label:
        typer.echo(f"{counted(done.without_label, 'line')} of the file without a label left out.")
    if done.unmatched:
        named = ", ".join(map(plain, done.examples)) + (" ..." if done.unmatched > len(done.examples) else "")
        typer.echo(
            f"{done.unmatched:,} of {done.labels:,} images of the file are in no row: {named}. Rows that a running "
            "logger has not committed are not there yet; run this again then."
        )
