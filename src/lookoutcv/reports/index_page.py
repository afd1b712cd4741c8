"""Report files as one index page: what is where, and how things moved from report to report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import FileFormatError, NotOurFile, SourceNotFound, UsageError
from lookoutcv.files.outputs import check_output, write_output
from lookoutcv.monitoring.load import load
from lookoutcv.reports.bare_results import without_thumbnails
from lookoutcv.reports.formats.base import RenderOptions, ReportFormat, registry
from lookoutcv.reports.rendering import FILE_WIDTH, format_of
from lookoutcv.reports.styling import Styling, load_styling
from lookoutcv.reports.trends import LinkedReport, trends_document
from lookoutcv.results.drift_report import DriftReport

_PAGE = ".html"
# Each is read whole; more are another tool's task.
MOST_REPORTS = 10_000

ReportLike = str | os.PathLike[str] | DriftReport


@only_known_keywords()
def index(
    reports: ReportLike | Iterable[ReportLike],
    path: str | os.PathLike[str],
    *,
    title: str = "Drift reports",
    pages: bool = False,
    thumbnails: bool = True,
    template: str | os.PathLike[str] | None = None,
    logo: str | os.PathLike[str] | bytes | None = None,
    force: bool = False,
) -> Path:
    """Write one page over several reports: severities, trends of effects, accuracy and metrics, and links.

    Args:
        reports: Report files (JSON), folders of them (with everything below), or reports in hand.
        path: Where to write it; the ending names the form, as for `render`.
        title: Of the page.
        pages: Write the page of each report that has none: NAME.html beside NAME.json.
        thumbnails: Keep thumbnails in those pages.
        template, logo: Of this page and those; see `render`.
        force: Replace a file that lies at `path` and is none of our pages, too.
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
    chosen = index_format_of(path)
    named = [one for one in (*_listed(reports), template, logo) if isinstance(one, str | os.PathLike)]
    # A page stands beside the reports that it is of: only files are spared.
    inputs = [os.fspath(one) for one in named if not os.path.isdir(one)]
    check_output(path, chosen.kind, inputs=inputs, force=force)
    styling = load_styling(template, logo)
    draw = _pages(Path(path), thumbnails, styling) if pages else None
    linked = [_linked(report, file, Path(path), draw) for report, file in _opened(reports)]
    if not linked:
        names = [os.fspath(place) for place in _listed(reports) if not isinstance(place, DriftReport)]
        raise SourceNotFound(
            f"there is no report in {', '.join(names) or 'an empty list'}",
            "Write reports with: lookout monitor ... -o reports/NAME.json",
            source=", ".join(names),
        )
    assert chosen.draw_document is not None
    options = RenderOptions(width=FILE_WIDTH, colour=False, styling=styling)
    write_output(
        path, chosen.draw_document(trends_document(linked, title), options), chosen.kind, inputs=inputs, force=force
    )
    return Path(path)


def index_format_of(path: str | os.PathLike[str]) -> ReportFormat:
    """The format that the ending of an index's name means.

    Raises:
        UsageError: It means none, or one that draws single reports only.
    """
    chosen = format_of(path)
    if chosen.draw_document is None:
        raise UsageError(
            f"{chosen.name} is a form of single reports", "End the name in .html, .pdf, .md or .txt.", path=str(path)
        )
    return chosen


def _listed(reports: ReportLike | Iterable[ReportLike]) -> list[ReportLike]:
    return [reports] if isinstance(reports, str | os.PathLike | DriftReport) else list(reports)


def _opened(reports: ReportLike | Iterable[ReportLike]) -> Iterator[tuple[DriftReport, Path | None]]:
    count = 0
    for report in _listed(reports):
        for opened in [(report, None)] if isinstance(report, DriftReport) else _opened_from(Path(report)):
            yield opened
            if (count := count + 1) >= MOST_REPORTS:
                return


def _opened_from(place: Path) -> Iterator[tuple[DriftReport, Path]]:
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


def _pages(target: Path, thumbnails: bool, styling: Styling) -> Callable[[DriftReport, Path], None]:
    """What writes the page of a report where there is none yet."""

    def write(report: DriftReport, page: Path) -> None:
        if not page.exists() and page.resolve() != target.resolve():
            shown = report if thumbnails else without_thumbnails(report)
            form = registry.get("html")
            write_output(page, form(shown, RenderOptions(styling=styling)), form.kind)

    return write


def _linked(
    report: DriftReport, file: Path | None, target: Path, draw: Callable[[DriftReport, Path], None] | None
) -> LinkedReport:
    if file is None:
        return LinkedReport(report)
    page = file.with_suffix(_PAGE)
    if draw is not None:
        draw(report, page)
    # Once drawn only the link is needed: pictures of a thousand reports would fill the memory.
    return LinkedReport(without_thumbnails(report), _link(page, target) if page.is_file() else None)


def _link(page: Path, target: Path) -> str | None:
    """The way from the index to a page, as a relative URL; None where there is none (another drive)."""
    try:
        relative = os.path.relpath(page.resolve(), target.resolve().parent)
    except ValueError:
        return None
    # A first part with a colon would be read as a scheme.
    return "./" + quote(Path(relative).as_posix())
