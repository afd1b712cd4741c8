"""Several reports as one document: which windows drifted, how values moved from one to the next, and where each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lookoutcv.reports.charts.trend_chart import drawable
from lookoutcv.reports.parts.content_blocks import Facts, KeyFigure, KeyFigures, Paragraph
from lookoutcv.reports.parts.date_words import day_and_time
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Document, Section, Verdict
from lookoutcv.reports.parts.drawings import Trend, Trends
from lookoutcv.reports.parts.numbers import p_value
from lookoutcv.reports.parts.tables import Cell, Column, Grade, Link, Number, Table
from lookoutcv.reports.sections.changes import leading
from lookoutcv.reports.sections.headline import headline
from lookoutcv.reports.trend_lines import accuracy_trends, effect_trend, metric_trends, window_end
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import DRIFTED, Severity

_MOST_ROWS = 1000


@dataclass(frozen=True)
class LinkedReport:
    """A report and where its page is.

    Args:
        report: The report.
        href: A relative URL of its page; None where there is none.
    """

    report: DriftReport
    href: str | None = None


def trends_document(linked: Iterable[LinkedReport], title: str = "Drift reports") -> Document:
    """The reports in the order of their windows' time.

    Args:
        linked: At least one.
        title: Of the document.
    """
    ordered = sorted(linked, key=lambda item: window_end(item.report))
    reports = [item.report for item in ordered]
    accuracies = accuracy_trends(reports)
    sections = (
        Section("Key figures", (_figures(reports),)),
        *_trend_section("Drift and accuracy" if accuracies else "Drift", [effect_trend(reports), *accuracies]),
        *_trend_section("What moved most", metric_trends(reports)),
        Section("Every report", _table(ordered)),
    )
    return Document(
        title=title,
        subject=(("Windows", _span(reports)), ("Baselines", _baselines(reports))),
        date=day_and_time(max(report.created for report in reports)),
        verdict=_verdict(reports),
        sections=sections,
        footer=Facts((("Made by", reports[-1].tool),) if reports[-1].tool else ()),
    )


def _verdict(reports: Sequence[DriftReport]) -> Verdict:
    last = reports[-1]
    drifted = [report for report in reports if report.overall_drift_detected]
    words = f"{len(drifted):,} of {counted(len(reports), 'window')} drifted."
    worst = max(drifted, key=_drift_severity, default=None)
    if worst is not None and _drift_severity(worst) > _drift_severity(last):
        words += f" The worst was {worst.window.name}: {_drift_severity(worst)}."
    return Verdict(last.severity, f"Latest: {headline(last)}", f"{words} {last.summary}")


def _drift_severity(report: DriftReport) -> Severity:
    return max(report.severity, Severity.NONE)


def _figures(reports: Sequence[DriftReport]) -> KeyFigures:
    counts = Counter(report.severity for report in reports)
    by_level = ", ".join(f"{counts[level]:,} {level}" for level in reversed(DRIFTED) if counts[level])
    few = counts[Severity.INSUFFICIENT]
    images = sum(report.window.images for report in reports)
    return KeyFigures(
        (
            KeyFigure("Windows", f"{len(reports):,}", _span(reports)),
            KeyFigure("Drifted", f"{sum(counts[level] for level in DRIFTED):,}", by_level or "None of them."),
            KeyFigure("Not judged", f"{few:,}", "Windows with too few images to say."),
            KeyFigure("Images", f"{images:,}", "Measured in all windows together."),
        )
    )


def _span(reports: Sequence[DriftReport]) -> str:
    first, last = reports[0].window.name, reports[-1].window.name
    return first if len(reports) == 1 else f"{first} to {last}"


def _baselines(reports: Sequence[DriftReport]) -> str:
    names = list(dict.fromkeys(report.baseline.name for report in reports))
    return names[-1] if len(names) == 1 else f"{names[-1]} and {len(names) - 1:,} more"


def _trend_section(heading: str, trends: Sequence[Trend]) -> tuple[Section, ...]:
    shown = tuple(trend for trend in trends if drawable(trend))
    return (Section(heading, (Trends(shown),)),) if shown else ()


def _table(ordered: Sequence[LinkedReport]) -> tuple[Block, ...]:
    columns = (
        Column("Window"),
        Column("Until"),
        Column("Images", True),
        Column("Severity"),
        Column("Effect", True),
        Column("p-value", True),
        Column("What changed"),
    )
    shown = ordered[-_MOST_ROWS:]
    rows = tuple(map(_row, reversed(shown)))
    blocks: list[Block] = [Table("Latest first", columns, rows)]
    if len(shown) < len(ordered):
        blocks.insert(0, Paragraph(f"The latest {_MOST_ROWS:,} of {len(ordered):,}."))
    return tuple(blocks)


def _row(linked: LinkedReport) -> tuple[Cell, ...]:
    report = linked.report
    name: Cell = Link(report.window.name, linked.href) if linked.href else report.window.name
    largest = next((metric.text for metric in leading(report, 1) if metric.severity != Severity.NONE), "")
    return (
        name,
        day_and_time(report.window.last_time or report.created),
        Number(f"{report.window.images:,}"),
        Grade(report.severity),
        Number(f"{report.effect:.2f}"),
        Number(p_value(report.p_value)),
        largest,
    )
