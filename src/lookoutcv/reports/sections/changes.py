"""What changed: the ranked effects, their histograms, and the table of every metric."""

from __future__ import annotations

from lookoutcv.drift.describe.strongest import leading_metrics, moved_metrics
from lookoutcv.reports.charts.histogram_layout import drawable
from lookoutcv.reports.parts.content_blocks import Change, Changes, Paragraph
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.drawings import Charts, Histogram
from lookoutcv.reports.parts.numbers import p_value, pair, percent, signed, step
from lookoutcv.reports.parts.tables import Cell, Column, Grade, Number, Table
from lookoutcv.reports.sections.drifted_groups import only_groups_drifted
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.severity import Severity

MOST_CHANGES, MOST_CHARTS = 8, 8
_FEW = 3  # shown where nothing drifted


def leading(report: DriftReport, most: int = MOST_CHANGES) -> list[MetricDrift]:
    """The metrics worth a line of their own, largest effect first.

    A metric that another one speaks for is folded into that one. Where the window drifted, only metrics
    with a severity count, if there are any.
    """
    pool = report.metrics
    drifted = report.overall_drift_detected and not only_groups_drifted(report)
    if drifted:
        pool = moved_metrics(pool) or pool
    return leading_metrics(pool)[: most if drifted else min(most, _FEW)]


def changes_section(report: DriftReport, most: int = MOST_CHANGES) -> Section:
    """The ranked effects in plain words."""
    if not report.metrics:
        return Section("What changed", (Paragraph("No metric was measured on both sides."),))
    return Section("What changed", (Paragraph(_introduction(report)), changes(report, most)))


def changes(report: DriftReport, most: int = MOST_CHANGES) -> Changes:
    """The `leading` metrics as changes."""
    titles = {m.name: m.title for m in report.metrics}
    return Changes(tuple(_change(m, titles) for m in leading(report, most)))


def charts_section(report: DriftReport) -> Section:
    """Before and after of the metrics that moved most."""
    ranked = sorted(report.metrics, key=lambda m: m not in leading(report))
    drawn = [chart for chart in map(histogram, ranked) if chart is not None][:MOST_CHARTS]
    if not drawn:
        return Section("Before and after", (Paragraph("The report holds no histograms to draw."),))
    words = "How the values of the metrics that moved most are spread. Dashed lines mark each side's typical value."
    return Section("Before and after", (Paragraph(words), Charts(tuple(drawn), band=_band(report))))


def _band(report: DriftReport) -> str:
    kinds = {metric.distribution.band for metric in report.metrics if metric.distribution is not None}
    if "batches" in kinds:
        return "where 9 in 10 ordinary windows lie, by the baseline's batches"
    return "where 9 in 10 such windows of the baseline lie by chance" if "sampling" in kinds else ""


def histogram(metric: MetricDrift) -> Histogram | None:
    """A metric's chart; None where there is nothing to draw."""
    distribution = metric.distribution
    if distribution is None:
        return None
    chart = Histogram(
        title=metric.title,
        unit=metric.unit,
        edges=tuple(distribution.edges),
        before=tuple(distribution.before),
        after=tuple(distribution.after),
        log=distribution.log,
        before_mark=metric.before,
        after_mark=metric.after,
        caption=f"{metric.statistic} {step(metric.before, metric.after, metric.unit)}",
        low=tuple(distribution.low),
        high=tuple(distribution.high),
    )
    return chart if drawable(chart) else None


def metrics_section(report: DriftReport) -> Section:
    """Every metric, for those who want to look it up."""
    if not report.metrics:
        return Section("All metrics", (Paragraph("No metric was measured on both sides."),), folded=True)
    gaps = any(m.missing_before or m.missing_after for m in report.metrics)
    columns = [Column("Metric"), Column("Severity"), Column("Effect", True), Column("Baseline", True)]
    columns += [Column("Window", True), Column("Unit"), Column("p-value", True), Column("Significant")]
    if gaps:
        columns.append(Column("Without a value", True))
    table = Table(
        caption="Ranked by size of effect",
        columns=tuple(columns),
        rows=tuple(_row(metric, gaps) for metric in report.metrics),
        note="Typical values are medians; † marks a mean, taken where the medians "
        "are equal. Significant: still so after correcting for the number of metrics tested (Holm).",
    )
    return Section(f"All metrics ({len(report.metrics)})", (table,), folded=True)


def _introduction(report: DriftReport) -> str:
    if only_groups_drifted(report):
        return "Of the window as a whole, which did not drift. The largest differences were these."
    if report.overall_drift_detected:
        if report.p_value is None or any(m.severity != Severity.NONE for m in report.metrics):
            return "Largest first. Metrics that move together are told once."
        return "No metric stands out by itself; their changes taken together are beyond chance. Largest first."
    if report.overall_drift_detected is None:
        return "Description only: with so few images, differences like these may well be chance."
    return "Nothing that counts. The largest differences were these."


def _change(metric: MetricDrift, titles: dict[str, str]) -> Change:
    before, after, unit = pair(metric.before, metric.after, metric.unit)
    return Change(
        text=metric.text,
        metric=metric.title,
        before=before,
        after=f"{after} {unit}".rstrip(),
        statistic=metric.statistic,
        effect=metric.effect,
        effect_text=signed(metric.effect),
        level=metric.severity,
        remark=_remark(metric),
        also=tuple(titles.get(name, name) for name in metric.related),
    )


def _remark(metric: MetricDrift) -> str:
    remarks = []
    if metric.severity != Severity.NONE and abs(metric.dispersion_effect) > abs(metric.location_effect):
        remarks.append("the effect is that of the spread of the values")
    if abs(metric.missing_after - metric.missing_before) >= 0.01:
        gaps = f"{percent(metric.missing_before)} → {percent(metric.missing_after)}"
        remarks.append(f"images without a value: {gaps}")
    return "; ".join(remarks)


def _row(metric: MetricDrift, gaps: bool) -> tuple[Cell, ...]:
    before, after, unit = pair(metric.before, metric.after, metric.unit)
    dagger = "†" if metric.statistic == "mean" else ""
    row: tuple[Cell, ...] = (
        metric.title,
        Grade(metric.severity),
        Number(signed(metric.effect)),
        Number(before + dagger),
        Number(after + dagger),
        unit,
        Number(p_value(metric.p_value)),
        "yes" if metric.significant else "no",
    )
    if gaps:
        shares = f"{percent(metric.missing_before)} → {percent(metric.missing_after)}"
        row += (Number(shares if metric.missing_before or metric.missing_after else "none"),)
    return row
