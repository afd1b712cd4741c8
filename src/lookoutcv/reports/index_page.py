"""Report files as one index page: what is where, and how things moved from report to report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from lookoutcv.errors import FileFormatError, NotOurFile, SourceNotFound, UsageError
from lookoutcv.files.atomic import write_bytes
from lookoutcv.monitoring.load import load
from lookoutcv.reports.formats.base import Options, ReportFormat, registry
from lookoutcv.reports.rendering import FILE_WIDTH, format_of, without_thumbnails
from lookoutcv.reports.styling import Styling, styling
from lookoutcv.reports.trends import Told, trends_document
from lookoutcv.results.drift_report import DriftReport

_PAGE = ".html"
# Each is read whole; more are another tool's task.
MOST_REPORTS = 10_000

ReportLike = str | os.PathLike[str] | DriftReport


def index(
    reports: ReportLike | Iterable[ReportLike],
    path: str | os.PathLike[str],
    *,
    title: str = "Drift reports",
    pages: bool = False,
    thumbnails: bool = True,
    template: str | os.PathLike[str] | None = None,
    logo: str | os.PathLike[str] | bytes | None = None,
) -> Path:
    """Write one page over several reports: severities, trends of effects, accuracy and metrics, and links.

    Args:
        reports: Report files (JSON), folders of them (with everything below), or reports in hand.
        path: Where to write it; the ending names the form, as for `render`.
        title: Of the page.
        pages: Write the page of each report that has none: NAME.html beside NAME.json.
        thumbnails: Keep thumbnails in those pages.
        template, logo: Of this page and those; see `render`.
    Returns:
        The path.
    Raises:
        SourceNotFound: There is no such file, or no report in the folders.
        FileFormatError: A file that was named is no report, or is damaged. Other files in folders are passed over.
        UsageError: The ending of `path` belongs to no format that draws documents, or `template` or `logo` cannot be
            used.
        OutputUnwritable: A file cannot be written.
    Example:
        >>> index("reports", "reports/index.html")  # doctest: +SKIP
    """
    form = form_of(path)
    look = styling(template, logo)
    draw = _pages(Path(path), thumbnails, look) if pages else None
    told = [_told(one, Path(path), draw) for one in _opened(reports)]
    if not told:
        names = [os.fspath(one) for one in _listed(reports) if not isinstance(one, DriftReport)]
        raise SourceNotFound(
            f"there is no report in {', '.join(names) or 'an empty list'}",
            "Write reports with: lookout monitor ... -o reports/NAME.json",
            source=", ".join(names),
        )
    assert form.draw_document is not None
    drawn = form.draw_document(trends_document(told, title), Options(width=FILE_WIDTH, colour=False, styling=look))
    write_bytes(path, drawn)
    return Path(path)


def form_of(path: str | os.PathLike[str]) -> ReportFormat:
    """The format that the ending of an index's name means.

    Raises:
        UsageError: It means none, or one that draws single reports only.
    """
    form = format_of(path)
    if form.draw_document is None:
        raise UsageError(
            f"{form.name} is a form of single reports", "End the name in .html, .pdf, .md or .txt.", path=str(path)
        )
    return form


def _listed(reports: ReportLike | Iterable[ReportLike]) -> list[ReportLike]:
    return [reports] if isinstance(reports, str | os.PathLike | DriftReport) else list(reports)


def _opened(reports: ReportLike | Iterable[ReportLike]) -> Iterator[tuple[DriftReport, Path | None]]:
    count = 0
    for one in _listed(reports):
        for report in [(one, None)] if isinstance(one, DriftReport) else _found(Path(one)):
            yield report
            if (count := count + 1) >= MOST_REPORTS:
                return


def _found(place: Path) -> Iterator[tuple[DriftReport, Path]]:
    """The report of a file, or all below a folder."""
    if not place.is_dir():
        report = load(place)
        if not isinstance(report, DriftReport):
            raise NotOurFile(f"{place} is not a report", "Give the JSON that `lookout monitor` wrote.", path=str(place))
        yield report, place
        return
    for file in sorted(place.rglob("*.json")):
        try:
            report = load(file)
        except (NotOurFile, SourceNotFound):
            continue  # other JSON files may lie there
        except FileFormatError as error:
            raise error from None
        if isinstance(report, DriftReport):
            yield report, file


def _pages(target: Path, thumbnails: bool, look: Styling) -> Callable[[DriftReport, Path], None]:
    """What writes the page of a report where there is none yet."""

    def write(report: DriftReport, page: Path) -> None:
        if not page.exists() and page.resolve() != target.resolve():
            shown = report if thumbnails else without_thumbnails(report)
            write_bytes(page, registry.get("html")(shown, Options(styling=look)))

    return write


def _told(
    found: tuple[DriftReport, Path | None], target: Path, draw: Callable[[DriftReport, Path], None] | None
) -> Told:
    report, file = found
    if file is None:
        return Told(report)
    page = file.with_suffix(_PAGE)
    if draw is not None:
        draw(report, page)
    # Once drawn only the link is needed: pictures of a thousand reports would fill the memory.
    return Told(without_thumbnails(report), _link(page, target) if page.is_file() else None)


def _link(page: Path, target: Path) -> str | None:
    """The way from the index to a page, as a relative URL; None where there is none (another drive)."""
    try:
        way = os.path.relpath(page.resolve(), target.resolve().parent)
    except ValueError:
        return None
    # A first part with a colon would be read as a scheme.
    return "./" + quote(Path(way).as_posix())
