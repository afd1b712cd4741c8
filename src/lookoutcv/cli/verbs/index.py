"""`lookout index`: several reports on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.cli.parameters import REPORTING, takes
from lookoutcv.secrets import masked

_STYLING = {name: REPORTING[name] for name in ("template", "logo")}


@takes(styling=_STYLING)
def index(
    reports: Annotated[
        list[Path], typer.Argument(metavar="REPORT...", help="Report files (JSON), or folders with reports.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Write it here; the suffix (.html, .pdf, .md, .txt) names the form.")
    ] = Path("index.html"),
    title: Annotated[str, typer.Option(help="Of the page.")] = "Drift reports",
    pages: Annotated[
        bool, typer.Option("--pages", help="Write the page of each report that has none, beside its JSON.")
    ] = False,
    thumbnails: Annotated[
        bool, typer.Option("--thumbnails/--no-thumbnails", help="Keep small pictures in those pages.")
    ] = True,
    *,
    styling: dict[str, Any],
) -> None:
    """Put several reports on one page: which drifted, trends of what moved, and a link to each."""
    import lookoutcv as lo

    written = lo.index(reports, output, title=title, pages=pages, thumbnails=thumbnails, **styling)
    typer.echo(masked(f"Wrote {written}"))
