"""`lookout log label`: truth that arrives later, put on the rows of the log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.log.filters import FILTERS, asked
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
    import lookoutcv as lo
    from lookoutcv.cli.printing.tables import plain, print_json
    from lookoutcv.reports.parts.display_text import counted

    found = lo.label_log(file, dry_run=dry_run, **asked(filters))
    if as_json:
        print_json(asdict(found))
        return
    verb = "Would label" if dry_run else "Labelled"
    typer.echo(
        f"{verb} {counted(found.rows + found.changed, 'row')}, {found.changed:,} of which had another label before; "
        f"{found.known:,} more had theirs already."
    )
    if found.without_label:
        typer.echo(f"{counted(found.without_label, 'line')} of the file without a label left out.")
    if found.unmatched:
        named = ", ".join(map(plain, found.examples)) + (" ..." if found.unmatched > len(found.examples) else "")
        typer.echo(
            f"{found.unmatched:,} of {found.labels:,} images of the file are in no row: {named}. Rows that a running "
            "logger has not committed are not there yet; run this again then."
        )
