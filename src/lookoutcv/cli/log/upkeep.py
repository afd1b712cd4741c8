"""`lookout log retain`, `compact`, `vacuum`, `erase`: the prediction log kept small, and people erased from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from lookoutcv.cli.log.filters import MODEL, WHERE, opened
from lookoutcv.cli.parameters import Group, JsonOption, takes
from lookoutcv.errors import ConfigError

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]
_PLACE: Group = {**WHERE, **MODEL}


@takes(filters=_PLACE)
def retain(
    older_than: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Remove rows and pictures older than this: 90d, 12w.")
    ] = None,
    max_size: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Remove the oldest days until the rest fits: 50GB.")
    ] = None,
    keep_flagged: Annotated[bool, typer.Option("--keep-flagged", help="Flagged rows and their pictures stay.")] = False,
    grace: Annotated[
        str, typer.Option(metavar="SPAN", help="Free replaced files so long after, by the next run; 0 for at once.")
    ] = "1h",
    dry_run: DryRunOption = False,
    *,
    as_json: JsonOption = False,
    filters: dict[str, Any],
) -> None:
    """Remove old rows with their pictures, beside running writers."""
    from lookoutcv.cli.log.rows import megabytes

    log, which = opened(filters)
    done = log.retain(
        older_than=older_than,
        max_size=max_size,
        keep_flagged=keep_flagged,
        grace=grace,
        dry_run=dry_run,
        **which,
    )
    if _printed(done, as_json):
        return
    verb = "Would remove" if dry_run else "Removed"
    when = f" from before {done.before.replace('+00:00', 'Z')}" if done.before else ""
    typer.echo(f"{verb} {done.rows:,} rows ({megabytes(done.bytes)}) and {done.pictures:,} pictures{when}.")
    if done.kept_flagged:
        typer.echo(f"{done.kept_flagged:,} older rows are flagged and stay.")
    if not dry_run:
        typer.echo(f"Freed {done.freed:,} replaced files; what was replaced just now goes after {grace}.")
    there = "There are" if dry_run else "There remain"
    typer.echo(f"{there} {done.remaining_rows:,} rows; with pictures {megabytes(done.remaining_bytes)}.")


@takes(filters=_PLACE)
def compact(dry_run: DryRunOption = False, as_json: JsonOption = False, *, filters: dict[str, Any]) -> None:
    """Join the small files of each day, so that reading is fast; rows stay as they are."""
    from lookoutcv.cli.log.rows import megabytes

    log, which = opened(filters)
    done = log.compact(dry_run=dry_run, **which)
    if not _printed(done, as_json):
        verb = "Would join" if dry_run else "Joined"
        typer.echo(
            f"{verb} {done.before:,} files of {done.days:,} days ({megabytes(done.bytes)}) into {done.after:,}."
            + ("" if dry_run or not done.before else " The old ones go with: lookout log vacuum")
        )


@takes(filters=WHERE)
def vacuum(
    older_than: Annotated[str, typer.Option(metavar="SPAN", help="Only files replaced so long ago; 0 for all.")] = "7d",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Free files that were replaced, and pictures whose rows are gone; rows are not touched."""

    log, _ = opened(filters)
    done = log.vacuum(older_than=older_than, dry_run=dry_run)
    if not _printed(done, as_json):
        verb = "Would free" if dry_run else "Freed"
        typer.echo(f"{verb} {done.files:,} replaced files and {done.pictures:,} pictures without rows.")


@takes(filters=_PLACE)
def erase(
    image: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="The name under which it was logged; may be repeated.")
    ] = None,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for running writers to commit such rows that they hold.", min=0)
    ] = 45.0,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Remove every row and picture of an image for good, old files of the table included."""

    if not image:
        raise ConfigError("no image is named", "Give --image ID; `lookout log tail` shows names.", key="image")
    log, which = opened(filters)
    done = log.erase(image, wait=wait, dry_run=dry_run, **which)
    if _printed(done, as_json):
        return
    verb = "Would remove" if dry_run else "Removed"
    typer.echo(
        f"{verb} {done.rows:,} rows, {done.pictures:,} pictures, {done.old_files:,} old files of the table that "
        f"held such rows, {done.segments:,} segments of the spool."
    )
    for sentence in done.left:
        typer.echo(f"- {sentence}")


def _printed(done: Any, as_json: bool) -> bool:
    from lookoutcv.cli.printing.tables import print_json

    if as_json:
        print_json(asdict(done))
    return as_json
