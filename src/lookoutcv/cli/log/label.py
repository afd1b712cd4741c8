"""`lookout log label`: truth that arrives later, put on the rows of the log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.log.filters import FILTERS, opened
from lookoutcv.cli.parameters import Group, JsonOption, takes

_ROWS: Group = {name: FILTERS[name] for name in ("directory", "logged", "version", "last", "since", "until")}


@takes(filters=_ROWS)
def label(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Lines of an image's name and its label: .csv, .jsonl or .parquet.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be labelled.")] = False,
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Put labels that are known since on rows of the log, beside running writers; then the true accuracy is told."""
    from lookoutcv.cli.printing.tables import plain, print_json
    from lookoutcv.reports.parts.display_text import counted

    log, which = opened(filters)
    done = log.label(file, dry_run=dry_run, **which)
    if as_json:
        print_json(asdict(done))
        return
    verb = "Would label" if dry_run else "Labelled"
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
