"""`lookout demo`: the whole story, without any data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_STANDARD_FOLDER = Path("lookout-demo")


def demo(
    out: Annotated[Path, typer.Option(help="Where to write pictures, baseline and reports.")] = _STANDARD_FOLDER,
) -> None:
    """Make small photographs, a baseline, a good day and a bad day, and a report on each. No data needed."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.demo.story import tell

    with progress_bar("Taking and measuring photographs") as progress:
        story = tell(out, progress=progress)
    typer.echo(f"1. {story.baseline.profile.count} good photographs of four subjects: {out / 'validation'}")
    typer.echo(f"   lookout baseline {out / 'validation'} -o {story.baseline_file}\n")
    for number, day in enumerate(story.days, start=2):
        typer.echo(f"{number}. {day.name.capitalize()}'s photographs: {day.images}")
        typer.echo(f"   lookout monitor {day.images} --baseline {story.baseline_file} --html {day.pages[0]}\n")
        typer.echo(lo.render(day.report, format="terminal"))
    typer.echo("Open the reports in a browser:")
    for day in story.days:
        typer.echo(f"   {day.pages[0]}")
