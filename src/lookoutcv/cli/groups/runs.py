"""`lookout runs`: the training runs that lie in a folder, one of them, and two beside each other."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lookoutcv.cli.configured import ConfiguredCommand
from lookoutcv.cli.parameters import JsonOption

if TYPE_CHECKING:
    from lookoutcv.training.comparing.recorded_runs import RunSummary

RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run's folder; its name alone is looked for in runs/.")
]


def list_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the runs lie.")] = Path("runs"),
    *,
    as_json: JsonOption = False,
) -> None:
    """List the training runs below a folder, the newest first: data, classes, best model and its accuracy."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.tables import plain, print_json, print_table

    found = lo.runs(folder)
    if as_json:
        print_json(asdict(found))
        return
    if found.runs:
        print_table(("run", "made", "data", "classes", "best", "accuracy", "95% interval"), list(map(_row, found.runs)))
    else:
        typer.echo(f"There is no training run below {plain(str(folder))}.")
    if any(run.part == "validation" for run in found.runs):
        typer.echo("* on the images that chose the model, which is a little too good.")
    for one in found.passed_over:
        typer.echo(f"Passed over: {plain(one.reason)}")


def show(run: RunArgument, *, as_json: JsonOption = False) -> None:
    """Show a training run: which model is the best and why, and how the others did; `lookout show RUN -o` draws it."""
    import lookoutcv as lo

    shown = lo.load(_placed(run))
    if not isinstance(shown, lo.TrainingRun):
        from lookoutcv.errors import NotOurFile

        raise NotOurFile(f"{run} is no training run", "Show it with: lookout show FILE", path=str(run))
    typer.echo(lo.render(shown, format="json" if as_json else "terminal", thumbnails=False), nl=False)


def compare(first: RunArgument, second: RunArgument, *, as_json: JsonOption = False) -> None:
    """Say what differs between two runs, and which one's best model is better, if both saw the same test images."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.tables import plain, print_json, print_table

    found = lo.compare_runs(_placed(first), _placed(second))
    if as_json:
        print_json(asdict(found) | {"difference": None if found.difference is None else found.difference.to_dict()})
        return
    typer.echo(plain(found.text))
    if found.changed:
        typer.echo()
        header = ("what differs", found.first.name, found.second.name)
        print_table(header, [tuple(map(plain, (name.replace("_", " "), *both))) for name, *both in found.changed])
    else:
        typer.echo("Nothing that is recorded differs.")


def _placed(run: Path) -> Path:
    """A name alone means the run of that name in runs/, unless there is such a folder here."""
    below = Path("runs") / run
    if run.exists() or below.exists():
        return run if run.exists() else below
    from lookoutcv.calls.missing_path import nearest_path
    from lookoutcv.errors import SourceNotFound

    near = nearest_path(str(below)) or nearest_path(str(run))
    remedy = f"Did you mean {near!r}?" if near else "`lookout runs list` lists those in runs/."
    raise SourceNotFound(f"there is no run {str(run)!r}, neither here nor in runs/", remedy, source=str(run))


def _row(run: RunSummary) -> tuple[str, ...]:
    from lookoutcv.cli.printing.tables import plain

    interval = "-" if run.low is None or run.high is None else f"{100 * run.low:.1f} to {100 * run.high:.1f}%"
    accuracy = "-" if run.accuracy is None else f"{run.accuracy:.1%}{' *' if run.part == 'validation' else ''}"
    made = run.created.replace("T", " ")[:16]
    return (*map(plain, (run.folder, made, run.data, f"{run.classes:,}", run.best)), accuracy, interval)


group = typer.Typer(name="runs", help="Training runs: listed, shown, and compared.", no_args_is_help=True)
group.command("list", cls=ConfiguredCommand)(list_)
group.command("show", cls=ConfiguredCommand)(show)
group.command("compare", cls=ConfiguredCommand)(compare)
