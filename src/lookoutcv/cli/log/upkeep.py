"""`lookout log retain`, `compact`, `vacuum`, `erase`: the prediction log kept small, and people erased from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.byte_sizes import byte_size
from lookoutcv.cli.log.filters import opened
from lookoutcv.cli.parameters import verb
from lookoutcv.errors import ConfigError

if TYPE_CHECKING:
    from lookoutcv.log.log_settings import (
        CompactSettings,
        EraseSettings,
        LogModelSettings,
        LogPlaceSettings,
        RetainSettings,
        VacuumSettings,
    )


@verb("log retain")
def retain(settings: RetainSettings, selection: LogModelSettings) -> None:
    """Retain and print; what it can be told is declared in `log.log_settings`."""

    log, which = opened(selection)
    result = log.retain(
        older_than=settings.older_than,
        max_size=settings.max_size,
        keep_flagged=settings.keep_flagged,
        grace=settings.grace,
        dry_run=settings.dry_run,
        **which,
    )
    if _printed(result, settings.as_json):
        return
    verb = "Would remove" if settings.dry_run else "Removed"
    when = f" from before {result.before.replace('+00:00', 'Z')}" if result.before else ""
    typer.echo(f"{verb} {result.rows:,} rows ({byte_size(result.bytes)}) and {result.pictures:,} pictures{when}.")
    if result.kept_flagged:
        typer.echo(f"{result.kept_flagged:,} older rows are flagged and stay.")
    if not settings.dry_run:
        typer.echo(f"Freed {result.freed:,} replaced files; what was replaced just now goes after {settings.grace}.")
    there = "There are" if settings.dry_run else "There remain"
    typer.echo(f"{there} {result.remaining_rows:,} rows; with pictures {byte_size(result.remaining_bytes)}.")


@verb("log compact")
def compact(settings: CompactSettings, selection: LogModelSettings) -> None:
    """Compact and print; what it can be told is declared in `log.log_settings`."""

    log, which = opened(selection)
    result = log.compact(dry_run=settings.dry_run, **which)
    if not _printed(result, settings.as_json):
        verb = "Would join" if settings.dry_run else "Joined"
        typer.echo(
            f"{verb} {result.before:,} files of {result.days:,} days ({byte_size(result.bytes)}) into {result.after:,}."
            + ("" if settings.dry_run or not result.before else " The old ones go with: lookout log vacuum")
        )


@verb("log vacuum")
def vacuum(settings: VacuumSettings, selection: LogPlaceSettings) -> None:
    """Vacuum and print; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.log.table.own_files import import_hint, named

    log, _ = opened(selection)
    result = log.vacuum(older_than=settings.older_than, dry_run=settings.dry_run)
    if not _printed(result, settings.as_json):
        verb = "Would free" if settings.dry_run else "Freed"
        typer.echo(f"{verb} {result.files:,} replaced files and {result.pictures:,} pictures without rows.")
        if result.others:
            typer.echo(
                f"{len(result.others):,} other files in the folder are not the log's and stay: {named(result.others)}."
            )
            if hint := import_hint(selection.directory, result.others):
                typer.echo(hint)


@verb("log erase")
def erase(settings: EraseSettings, selection: LogModelSettings) -> None:
    """Erase and print; what it can be told is declared in `log.log_settings`."""
    if not settings.image:
        raise ConfigError("no image is named", "Give --image ID; `lookout log tail` shows names.", key="image")
    log, which = opened(selection)
    result = log.erase(settings.image, wait=settings.wait, dry_run=settings.dry_run, **which)
    if _printed(result, settings.as_json):
        return
    verb = "Would remove" if settings.dry_run else "Removed"
    typer.echo(
        f"{verb} {result.rows:,} rows, {result.pictures:,} pictures, {result.old_files:,} old files of the table that "
        f"held such rows, {result.segments:,} segments of the spool."
    )
    for sentence in result.left:
        typer.echo(f"- {sentence}")


def _printed(done: Any, as_json: bool) -> bool:
    from lookoutcv.cli.printing.tables import print_json

    if as_json:
        print_json(asdict(done))
    return as_json
