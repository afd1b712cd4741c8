"""`lookout index`: several reports on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.parameters import verb
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.reports.report_settings import IndexSettings, ReportSettings


@verb("index")
def index(settings: IndexSettings, styling: ReportSettings) -> None:
    """Write the page; what it can be told is declared in `reports.report_settings`."""
    import lookoutcv as lo

    written = lo.index(
        settings.reports,
        settings.output,
        title=settings.title,
        pages=settings.pages,
        thumbnails=settings.thumbnails,
        template=styling.template,
        logo=styling.logo,
        force=settings.force,
    )
    typer.echo(masked(f"Wrote {written}"))
