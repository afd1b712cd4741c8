"""`lookout show`: what is in one of our files; a report in other forms too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lookoutcv.cli.parameters import JsonOption, takes
from lookoutcv.cli.printing.report import check_outputs, write_report
from lookoutcv.configuration.verbs import DRAWING
from lookoutcv.reports.report_settings import ReportSettings

if TYPE_CHECKING:
    from lookoutcv.reports.views.every_result import Drawable


@takes(drawing=DRAWING)
def show(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A baseline, a record file, a report, an evaluation, a run or a package."),
    ],
    *,
    as_json: JsonOption = False,
    thumbnails: Annotated[
        bool, typer.Option("--thumbnails/--no-thumbnails", help="Keep a report's small pictures in what is written.")
    ] = True,
    drawing: ReportSettings,
) -> None:
    """Show one of our files; -o writes a report, an evaluation or a training run as HTML, PDF, Markdown or JSON."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.baseline import print_baseline
    from lookoutcv.cli.printing.evaluations.of_classifier import print_evaluation
    from lookoutcv.cli.printing.evaluations.of_detector import print_object_evaluation
    from lookoutcv.cli.printing.measured import print_measured, print_records
    from lookoutcv.cli.printing.package import print_package
    from lookoutcv.errors import UsageError
    from lookoutcv.files.outputs import refuse_inputs

    for output in (*(drawing.output or ()), drawing.html):
        if output is not None:
            refuse_inputs(output, [str(file)])
    check_outputs(drawing)
    loaded = lo.load(file)
    writes = bool(drawing.output) or drawing.html is not None
    if isinstance(loaded, lo.DriftReport | lo.TrainingRun | lo.ExplanationSheet | lo.GateEvaluation) or (
        writes and isinstance(loaded, lo.Evaluation | lo.DetectionEvaluation)
    ):
        _show_drawn(loaded, drawing, thumbnails, as_json)
    elif writes:
        raise UsageError(f"{file} holds nothing that can be drawn", "Leave -o out.", path=str(file))
    elif isinstance(loaded, lo.Package):
        loaded.verify()
        print_package(loaded, as_json)
    elif isinstance(loaded, lo.Baseline):
        print_baseline(loaded, as_json)
    elif isinstance(loaded, lo.Evaluation):
        print_evaluation(loaded, (), as_json)
    elif isinstance(loaded, lo.DetectionEvaluation):
        print_object_evaluation(loaded, (), as_json)
    elif as_json:
        print_measured(loaded, None, as_json)
    else:
        print_records(loaded)


def _show_drawn(report: Drawable, drawing: ReportSettings, thumbnails: bool, as_json: bool) -> None:
    import lookoutcv as lo

    written = write_report(report, drawing, thumbnails=thumbnails)
    if as_json or not written:
        typer.echo(lo.render(report, format="json" if as_json else "terminal", thumbnails=False), nl=False)
    if not as_json:
        typer.echo("".join(f"Wrote {path}\n" for path in written), nl=False)
