"""`lookout log`: the prediction log read, asked, drawn, written out and kept small."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.log.filters import FILTERS, asked
from lookoutcv.cli.log.import_logs import import_
from lookoutcv.cli.log.label import label
from lookoutcv.cli.log.upkeep import compact, erase, retain, vacuum
from lookoutcv.cli.parameters import JsonOption, takes

# How often a followed log is looked at; loggers commit twice a minute.
_LOOK_SECONDS = 2.0


@takes(filters=FILTERS)
def list_(as_json: JsonOption = False, *, filters: dict[str, Any]) -> None:
    """Say what is in the log: models, versions, rows, days, bytes, the last row, and what waits in the spool."""
    import lookoutcv as lo
    from lookoutcv.cli.log.rows import megabytes, versions_in_words
    from lookoutcv.cli.printing.tables import print_json, print_table

    found = lo.list_log(**asked(filters))
    if as_json:
        print_json(asdict(found))
        return
    header = ("model", "rows", "versions", "images measured", "days", "size", "last row")
    rows = [
        (
            one.model,
            f"{one.rows:,}",
            versions_in_words(one.versions),
            f"{one.states.get('measured', 0):,}",
            f"{one.days:,}",
            "" if one.bytes is None else megabytes(one.bytes),
            one.last.replace("+00:00", "Z"),
        )
        for one in found.models
    ]
    print_table(header, rows)
    waiting = (
        f"{found.waiting:,} segments ({megabytes(found.waiting_bytes)}) wait" if found.waiting else "nothing waits"
    )
    typer.echo(f"{found.files:,} files, version {found.version:,}; {waiting} in the spool.")


@takes(filters=FILTERS)
def tail(
    n: Annotated[int, typer.Option("--n", "-n", help="How many rows.", min=1)] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with rows as they are committed.")] = False,
    as_json: JsonOption = False,
    *,
    filters: dict[str, Any],
) -> None:
    """Print the last rows, and with --follow those that come."""
    import lookoutcv as lo
    from lookoutcv.cli.log.rows import json_line, line

    told = asked(filters)
    write = json_line if as_json else line
    follower = (
        lo.follow_log(**{k: told[k] for k in ("directory", "model", "version", "tags") if k in told})
        if follow
        else None
    )
    rows = lo.tail_log(n=n, **told).to_pylist()
    while True:
        for row in rows:
            typer.echo(write(row))
        if follower is None:
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
    import lookoutcv as lo
    from lookoutcv.cli.log.rows import plain_values, record_lines
    from lookoutcv.cli.printing.tables import print_json

    rows = lo.show_log(id, **asked(filters))
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
    import lookoutcv as lo
    from lookoutcv.cli.log.rows import plain_values, print_cells, print_csv
    from lookoutcv.cli.printing.tables import print_json

    told = asked(filters)
    if output is not None:
        lo.query_log(sql, **told, output=output, timeout=timeout)
        typer.echo(f"Wrote {output}")
        return
    found = lo.query_log(sql, **told, limit=limit + 1, timeout=timeout)
    rows = found.slice(0, limit).to_pylist()
    if as_json:
        print_json([plain_values(row) for row in rows])
    elif as_csv:
        print_csv(found.column_names, rows)
    else:
        print_cells(found.column_names, rows)
    if found.num_rows > limit:
        typer.echo(f"lookout: only the first {limit:,} rows are shown; --limit N shows more, -o FILE all.", err=True)


@takes(filters=FILTERS)
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="Ends in .parquet, .csv, .json or .jsonl.")],
    *,
    filters: dict[str, Any],
) -> None:
    """Write records of one model to a file; as Parquet it is a record file, which baseline and compare read."""
    import lookoutcv as lo

    rows = lo.export_log(output, **asked(filters))
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
    import lookoutcv as lo

    if not output:
        typer.echo(lo.plot_log(what or (), by=by, **asked(filters)), nl=False)
    for path in output or ():
        lo.plot_log(what or (), by=by, output=path, **asked(filters))
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
