"""`lookout demo`: the whole story, without any data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_STANDARD_FOLDER = Path("lookout-demo")


def demo(
    out: Annotated[Path, typer.Option(help="Where to write pictures, baseline and reports.")] = _STANDARD_FOLDER,
    train: Annotated[
        bool, typer.Option("--train", help="Draw labelled pictures and train on them instead, in under a minute.")
    ] = False,
) -> None:
    """Make small photographs, a baseline, a good day and a bad day, and a report on each. No data needed."""
    if train:
        _train(out)
        return
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


def _train(out: Path) -> None:
    from lookoutcv.cli.printing.training import print_training, training_display
    from lookoutcv.demo.training_story import EPOCHS, MODELS, tell_training

    with training_display(str(out / "shapes.zip")) as (progress, on_epoch, _):
        story = tell_training(out, progress=progress, on_epoch=on_epoch)
    zips = story.zips
    typer.echo(f"1. Drawn shapes, and crops of photographs beside small drawings: {zips.shapes}, {zips.pictures}")
    typer.echo(f"2. lookout train {zips.shapes} --models {','.join(MODELS)} --weights none --epochs {EPOCHS}\n")
    print_training(story.run, story.page, as_json=False)
    typer.echo(f"Or train on the other ZIP, of 10 classes: lookout train {zips.pictures} --budget 5m")
