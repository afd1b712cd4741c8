"""`lookout show`: what is in one of our files; a report in other forms too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.parameters import REPORTING, JsonOption, takes
from lookoutcv.cli.printing.report import Reporting, check, write

_DRAWING = {name: REPORTING[name] for name in ("output", "html", "interactive", "template", "logo")}


@takes(drawing=_DRAWING)
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A baseline, a record file or a report (JSON).")],
    as_json: JsonOption = False,
    thumbnails: Annotated[
        bool, typer.Option("--thumbnails/--no-thumbnails", help="Keep a report's small pictures in what is written.")
    ] = True,
    *,
    drawing: dict[str, Any],
) -> None:
    """Show a baseline, a record file or a report; with -o, write a report as HTML, PDF, Markdown or JUnit."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.tables import print_baseline, print_measured, print_records
    from lookoutcv.errors import UsageError

    how = Reporting(**drawing, thumbnails=thumbnails)
    check(how)
    loaded = lo.load(file)
    if isinstance(loaded, lo.DriftReport):
        written = write(loaded, how)
        if as_json or not written:
            typer.echo(lo.render(loaded, format="json" if as_json else "terminal", thumbnails=False), nl=False)
        if not as_json:
            typer.echo("".join(f"Wrote {path}\n" for path in written), nl=False)
    elif how.output or how.html is not None:
        raise UsageError(f"{file} is no report, and only reports are drawn", "Leave -o out.", path=str(file))
    elif isinstance(loaded, lo.Baseline):
        print_baseline(loaded, as_json)
    elif as_json:
        print_measured(loaded, None, as_json)
    else:
        print_records(loaded)
