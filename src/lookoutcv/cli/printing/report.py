"""What verbs do with a report: write it, print it, and choose the exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.configured import file_in_force
from lookoutcv.cli.parameters import FailOn
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.progress import Progress
    from lookoutcv.results.drift_report import DriftReport

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
    thumbnails: bool = True


def report_on(what: str, make: Callable[[Progress | None], DriftReport], how: Reporting) -> None:
    """Make a report under a progress bar, write it, print it.

    Raises:
        typer.Exit: With code 3, where the window drifted at least as badly as `how.fail_on`.
    """
    import lookoutcv as lo
    from lookoutcv.cli.printing.progress_bar import progress_bar

    check(how)  # before hours are spent on measuring
    with progress_bar(what) as progress:
        report = replace(make(progress), settings_file=file_in_force())
    written = write(report, how)
    # Pictures belong in files: on a terminal or in a pipe they are a quarter of a megabyte of noise.
    typer.echo(lo.render(report, format="json" if how.as_json else "terminal", thumbnails=False), nl=False)
    if not how.as_json:
        for path in written:
            typer.echo(masked(f"Wrote {path}"))
    if how.fail_on is not None and report.overall_drift_detected is None:
        typer.echo("lookout: too few images to judge, so --fail-on does not apply.", err=True)
    if how.fail_on is not None and report.severity >= how.fail_on.value:
        raise typer.Exit(DRIFT)


def check(how: Reporting) -> None:
    """Refuse what could not be written.

    Raises:
        UsageError: A file's ending names no format, or the template or logo cannot be used.
        OutputUnwritable: A file cannot be written.
    """
    from lookoutcv.files.atomic import check_writable
    from lookoutcv.reports.rendering import format_of
    from lookoutcv.reports.styling import styling

    for path, form in _files(how).items():
        check_writable(path)
        if form is None:
            format_of(path)
    styling(how.template, how.logo)


def write(report: DriftReport, how: Reporting) -> list[Path]:
    """Write the report's files.

    Returns:
        Their paths.
    """
    import lookoutcv as lo

    for path, form in _files(how).items():
        lo.render(
            report,
            path,
            format=form,
            thumbnails=how.thumbnails,
            interactive=how.interactive,
            template=how.template,
            logo=how.logo,
        )
    return list(_files(how))


def _files(how: Reporting) -> dict[Path, str | None]:
    """Each file with its format; None where its ending tells."""
    html: dict[Path, str | None] = {} if how.html is None else {how.html: "html"}
    return {**dict.fromkeys(how.output), **html}
