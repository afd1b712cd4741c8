"""What verbs do with a report: write it, print it, and choose the exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.configured import settings_file_in_force
from lookoutcv.cli.printing.nobody_reads import ending_with
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.progress import Progress
    from lookoutcv.reports.report_settings import ReportSettings
    from lookoutcv.reports.views.every_result import Drawable
    from lookoutcv.results.drift_report import DriftReport

DRIFT = 3


def report_on(task: str, make: Callable[[Progress | None], DriftReport], settings: ReportSettings) -> None:
    """Make a report under a progress bar, write it, print it.

    Raises:
        typer.Exit: With code 3, where the window drifted at least as badly as `settings.fail_on`.
    """
    import lookoutcv as lo
    from lookoutcv.cli.printing.progress_bar import progress_bar

    check_outputs(settings)  # before hours are spent on measuring
    with progress_bar(task) as progress:
        report = replace(make(progress), settings_file=settings_file_in_force())
    written = write_report(report, settings)
    drifted = settings.fail_on is not None and report.severity >= settings.fail_on.value
    with ending_with(DRIFT if drifted else 0):
        # Pictures belong in files: on a terminal or in a pipe they are a quarter of a megabyte of noise.
        typer.echo(lo.render(report, format="json" if settings.as_json else "terminal", thumbnails=False), nl=False)
        if not settings.as_json:
            for path in written:
                typer.echo(masked(f"Wrote {path}"))
        if settings.fail_on is not None and report.overall_drift_detected is None:
            typer.echo("lookout: too few images to judge, so --fail-on does not apply.", err=True)


def check_outputs(settings: ReportSettings, kind: type | None = None) -> None:
    """Refuse what could not be written.

    Args:
        settings: What is to be written.
        kind: The class of what will be drawn, where it is known.
    Raises:
        UsageError: A file's ending names no format, or the template or logo cannot be used.
        OutputUnwritable: A file cannot be written.
    """
    from lookoutcv.errors import UsageError
    from lookoutcv.files.outputs import check_output
    from lookoutcv.reports.formats.base import registry
    from lookoutcv.reports.rendering import check_draws, check_ending_of, format_of
    from lookoutcv.reports.styling import load_styling

    for path, form in _files(settings).items():
        if str(path).startswith("--"):  # the next option was taken for the value
            option = "--html" if form else "-o"
            raise UsageError(f"{option} has no value before {path}", f"Type {option} report.html {path}.")
        chosen = format_of(path) if form is None else registry.get(form)
        check_ending_of(chosen, path)
        if kind is not None:
            check_draws(chosen, kind)
        check_output(path, chosen.kind, force=settings.force)
    load_styling(settings.template, settings.logo)


def write_report(report: Drawable, settings: ReportSettings, *, thumbnails: bool = True) -> list[Path]:
    """Write the report's files.

    Returns:
        Their paths.
    """
    import lookoutcv as lo

    for path, form in _files(settings).items():
        lo.render(
            report,
            path,
            format=form,
            thumbnails=thumbnails,
            interactive=settings.interactive,
            template=settings.template,
            logo=settings.logo,
            force=settings.force,
        )
    return list(_files(settings))


def _files(settings: ReportSettings) -> dict[Path, str | None]:
    """Each file with its format; None where its ending tells."""
    html: dict[Path, str | None] = {} if settings.html is None else {settings.html: "html"}
    return {**dict.fromkeys(settings.output or ()), **html}
