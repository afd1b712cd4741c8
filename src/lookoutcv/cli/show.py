"""`lookout show`: what is in one of our files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.cli.parameters import JsonOption


def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A baseline, a record file or a report (JSON).")],
    as_json: JsonOption = False,
) -> None:
    """Show a baseline, a record file or a report; the file itself says which it is."""
    import lookoutcv as lo
    from lookoutcv.cli.facts import print_baseline, print_measured, print_records

    loaded = lo.load(file)
    if isinstance(loaded, lo.Baseline):
        print_baseline(loaded, as_json)
    elif isinstance(loaded, lo.DriftReport):
        typer.echo(lo.render(loaded, format="json" if as_json else "terminal", thumbnails=False), nl=False)
    elif as_json:
        print_measured(loaded, None, as_json)
    else:
        print_records(loaded)
