"""What `monitor` and `compare` do with a report: write it, print it, and choose the exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.parameters import FailOn

if TYPE_CHECKING:
    from lookoutcv.drift.report import DriftReport
    from lookoutcv.measuring.options import Progress

DRIFT = 3


@dataclass(frozen=True)
class Reporting:
    """The reporting parameters of a verb; see `parameters.REPORTING`."""

    output: Sequence[Path] = ()
    html: Path | None = None
    fail_on: FailOn | None = None
    interactive: bool = False
    template: Path | None = None
    logo: Path | None = None
    as_json: bool = False


def report_on(what: str, make: Callable[[Progress | None], DriftReport], how: Reporting) -> None:
    """Make a report under a progress bar, write it, print it.

    Raises:
        typer.Exit: With code 3, where the window drifted at least as badly as `how.fail_on`.
    """
    import lookoutcv as lo
    from lookoutcv.cli.progress import progress_bar
    from lookoutcv.files.atomic import check_writable
    from lookoutcv.reports.rendering import format_of
    from lookoutcv.reports.styling import styling

    formats: dict[Path, str | None] = dict.fromkeys(how.output)
    if how.html is not None:
        formats[how.html] = "html"
    for path, form in formats.items():
        # Before hours are spent on measuring.
        check_writable(path)
        if form is None:
            format_of(path)
    styling(how.template, how.logo)
    with progress_bar(what) as progress:
        report = make(progress)
    for path, form in formats.items():
        lo.render(report, path, format=form, interactive=how.interactive, template=how.template, logo=how.logo)
    # Pictures belong in files: on a terminal or in a pipe they are a quarter of a megabyte of noise.
    typer.echo(lo.render(report, format="json" if how.as_json else "terminal", thumbnails=False), nl=False)
    if not how.as_json:
        for path in formats:
            typer.echo(f"Wrote {path}")
    if how.fail_on is not None and report.overall_drift_detected is None:
        typer.echo("lookout: too few images to judge, so --fail-on does not apply.", err=True)
    if how.fail_on is not None and _at_least(report.severity, how.fail_on.value):
        raise typer.Exit(DRIFT)


def _at_least(severity: str, bound: str) -> bool:
    from lookoutcv.drift.report import SEVERITIES

    ranks: dict[str, int] = {name: rank for rank, name in enumerate(SEVERITIES)}
    return ranks.get(severity, -1) >= ranks[bound]
