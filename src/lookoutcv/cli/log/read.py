"""`lookout log`: the prediction log read, asked, drawn, written out and kept small."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from lookoutcv.byte_sizes import byte_size
from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.log.filters import opened
from lookoutcv.cli.log.import_logs import import_
from lookoutcv.cli.log.label import label
from lookoutcv.cli.log.upkeep import compact, erase, retain, vacuum
from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.log.log_settings import (
        ExportSettings,
        ListSettings,
        LogRowSettings,
        PlotSettings,
        QuerySettings,
        ShowRowSettings,
        TailSettings,
    )

# How often a followed log is looked at; loggers commit twice a minute.
_LOOK_SECONDS = 2.0


@verb("log list")
def list_(settings: ListSettings, selection: LogRowSettings) -> None:
    """Print what is in the log; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.cli.log.rows import versions_in_words
    from lookoutcv.cli.printing.tables import print_json, print_table

    log, which = opened(selection)
    overview = log.list(**which)
    if settings.as_json:
        print_json(asdict(overview))
        return
    header = ("model", "rows", "versions", "images measured", "days", "size", "last row")
    rows = [
        (
            logged.model,
            f"{logged.rows:,}",
            versions_in_words(logged.versions),
            f"{logged.states.get('measured', 0):,}",
            f"{logged.days:,}",
            "" if logged.bytes is None else byte_size(logged.bytes),
            logged.last.replace("+00:00", "Z"),
        )
        for logged in overview.models
    ]
    print_table(header, rows)
    waiting = (
        f"{overview.waiting:,} segments ({byte_size(overview.waiting_bytes)}) wait"
        if overview.waiting
        else "nothing waits"
    )
    typer.echo(f"{overview.files:,} files, version {overview.version:,}; {waiting} in the spool.")


@verb("log tail")
def tail(settings: TailSettings, selection: LogRowSettings) -> None:
    """Print rows; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.cli.log.rows import json_line, line

    log, which = opened(selection)
    write = json_line if settings.as_json else line
    # One snapshot: the last rows of it, then those that were committed after it.
    follower = log.follow(**which)
    rows = follower.last(settings.n).to_pylist()
    while True:
        for row in rows:
            typer.echo(write(row))
        if not settings.follow:
            return
        sys.stdout.flush()
        time.sleep(_LOOK_SECONDS)
        rows = follower.new().to_pylist()


@verb("log show")
def show(settings: ShowRowSettings, selection: LogRowSettings) -> None:
    """Print a row; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.cli.log.rows import plain_values, record_lines
    from lookoutcv.cli.printing.tables import print_json

    log, which = opened(selection)
    rows = log.show(settings.id, **which)
    if settings.as_json:
        print_json([plain_values(row) for row in rows])
        return
    typer.echo("\n".join(record_lines(rows[0])))
    if len(rows) > 1:
        typer.echo(f"{len(rows) - 1:,} earlier rows have this name: --json shows them.")


@verb("log query")
def query(settings: QuerySettings, selection: LogRowSettings) -> None:
    """Ask and print or write; what it can be told is declared in `log.log_settings`."""
    from lookoutcv.cli.log.rows import print_cells, print_csv, rows_of
    from lookoutcv.cli.printing.tables import print_json

    log, which = opened(selection)
    if settings.output is not None:
        log.query(
            settings.sql,
            **which,
            output=settings.output,
            force=settings.force,
            raw=settings.raw,
            timeout=settings.timeout,
        )
        typer.echo(f"Wrote {settings.output}")
        return
    table = log.query(settings.sql, **which, limit=settings.limit + 1, timeout=settings.timeout)
    rows = rows_of(table.slice(0, settings.limit))
    if settings.as_json:
        print_json(rows)
    elif settings.as_csv:
        print_csv(table.column_names, rows, raw=settings.raw)
    else:
        print_cells(table.column_names, rows)
    if table.num_rows > settings.limit:
        typer.echo(
            f"lookout: only the first {settings.limit:,} rows are shown; --limit N shows more, -o FILE all.", err=True
        )


@verb("log export")
def export(settings: ExportSettings, selection: LogRowSettings) -> None:
    """Write records; what it can be told is declared in `log.log_settings`."""
    log, which = opened(selection)
    rows = log.export(settings.output, force=settings.force, raw=settings.raw, **which)
    typer.echo(f"Wrote {rows:,} records to {settings.output}")


@verb("log plot")
def plot(settings: PlotSettings, selection: LogRowSettings) -> None:
    """Draw; what it can be told is declared in `log.log_settings`."""
    log, which = opened(selection)
    if not settings.output:
        typer.echo(log.plot(settings.what or (), by=settings.by, **which), nl=False)
    for path in settings.output or ():
        log.plot(settings.what or (), by=settings.by, output=path, force=settings.force, **which)
        typer.echo(f"Wrote {path}")


group = typer.Typer(name="log", help="Read, ask, draw and clear the prediction log.", no_args_is_help=True)
group.command(name="list", cls=ConfiguredCommand)(list_)
group.command(name="import", cls=ConfiguredCommand)(import_)
for member in (
    tail,
    show,
    query,
    plot,
    export,
    label,
    retain,
    compact,
    vacuum,
    erase,
):
    group.command(cls=ConfiguredCommand)(member)
