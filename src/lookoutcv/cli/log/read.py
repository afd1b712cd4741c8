"""`lookout log`: the prediction log read, asked, drawn, written out and kept small."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.log.filters import FILTERS, opened
from lookoutcv.cli.log.import_logs import import_
from lookoutcv.cli.log.label import label
from lookoutcv.cli.log.upkeep import compact, erase, retain, vacuum
from lookoutcv.cli.parameters import JsonOption, takes

# How often a followed log is looked at; loggers commit twice a minute.
_LOOK_SECONDS = 2.0


@takes(filters=FILTERS)
def list_(as_json: JsonOption = False, *, filters: dict[str, Any]) -> None:
    """Say what is in the log: models, versions, rows, days, bytes, the last row, and what waits in the spool."""
    from lookoutcv.cli.log.rows import megabytes, versions_in_words
    from lookoutcv.cli.printing.tables import print_json, print_table

    log, which = opened(filters)
    overview = log.list(**which)
    if as_json:
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
            "" if logged.bytes is None else megabytes(logged.bytes),
            logged.last.replace("+00:00", "Z"),
        )
        for logged in overview.models
    ]
    print_table(header, rows)
    waiting = (
        f"{overview.waiting:,} segments ({megabytes(overview.waiting_bytes)}) wait"
        if overview.waiting
        else "nothing waits"
    )
    typer.echo(f"{overview.files:,} files, version {overview.version:,}; {waiting} in the spool.")


@takes(filters=FILTERS)
def tail(
    n: Annotated[int, typer.Option("--n", "-n", help="How many rows.", min=1)] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with rows as they are committed.")] = False,
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Print the last rows, and with --follow those that come."""
    from lookoutcv.cli.log.rows import json_line, line

    log, which = opened(filters)
    write = json_line if as_json else line
    # One snapshot: the last rows of it, then those that were committed after it.
    follower = log.follow(**which)
    rows = follower.last(n).to_pylist()
    while True:
        for row in rows:
            typer.echo(write(row))
        if not follow:
            return
        sys.stdout.flush()
        time.sleep(_LOOK_SECONDS)
        rows = follower.new().to_pylist()


@takes(filters=FILTERS)
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The name under which the image was logged.")],
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Show one image's row whole, and where its picture is."""
    from lookoutcv.cli.log.rows import plain_values, record_lines
    from lookoutcv.cli.printing.tables import print_json

    log, which = opened(filters)
    rows = log.show(id, **which)
    if as_json:
        print_json([plain_values(row) for row in rows])
        return
    typer.echo("\n".join(record_lines(rows[0])))
    if len(rows) > 1:
        typer.echo(f"{len(rows) - 1:,} earlier rows have this name: --json shows them.")


@takes(filters=FILTERS)
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over the table log.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all rows to this .parquet, .csv or .jsonl file.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Print so many rows at most.", min=1)] = 100,
    timeout: Annotated[float, typer.Option(help="End the query after so many seconds.", min=0.1)] = 60.0,
    *,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    filters: dict[str, Any],
) -> None:
    """Ask the log in SQL: one SELECT over the table log. Nothing is changed."""
    from lookoutcv.cli.log.rows import plain_values, print_cells, print_csv
    from lookoutcv.cli.printing.tables import print_json

    log, which = opened(filters)
    if output is not None:
        log.query(sql, **which, output=output, timeout=timeout)
        typer.echo(f"Wrote {output}")
        return
    table = log.query(sql, **which, limit=limit + 1, timeout=timeout)
    rows = table.slice(0, limit).to_pylist()
    if as_json:
        print_json([plain_values(row) for row in rows])
    elif as_csv:
        print_csv(table.column_names, rows)
    else:
        print_cells(table.column_names, rows)
    if table.num_rows > limit:
        typer.echo(f"lookout: only the first {limit:,} rows are shown; --limit N shows more, -o FILE all.", err=True)


@takes(filters=FILTERS)
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="Ends in .parquet, .csv, .json or .jsonl.")],
    *,
    filters: dict[str, Any],
) -> None:
    """Write records of one model to a file; as Parquet it is a record file, which baseline and compare read."""

    log, which = opened(filters)
    rows = log.export(output, **which)
    typer.echo(f"Wrote {rows:,} records to {output}")


@takes(filters=FILTERS)
def plot(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COLUMN]...", help="Metrics, confidence, classes, rows; unless given, all of these."),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="hour|day|TAG",
            help="A point for each hour or day, or a line for each value of a tag, version or prediction.",
        ),
    ] = "day",
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="Write it; the suffix (.html, .pdf, .md, .txt) names the format."),
    ] = None,
    *,
    filters: dict[str, Any],
) -> None:
    """Draw metrics, confidence and classes over time."""

    log, which = opened(filters)
    if not output:
        typer.echo(log.plot(what or (), by=by, **which), nl=False)
    for path in output or ():
        log.plot(what or (), by=by, output=path, **which)
        typer.echo(f"Wrote {path}")


group = typer.Typer(name="log", help="Read, ask, draw and clear the prediction log.", no_args_is_help=True)
group.command(name="list", cls=ConfiguredCommand)(list_)
group.command(name="import", cls=ConfiguredCommand)(import_)
for verb in (
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
    group.command(cls=ConfiguredCommand)(verb)
