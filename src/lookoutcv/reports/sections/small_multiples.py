"""Groups and classes as small multiples, and the classes of both sides as a table."""

from __future__ import annotations

from collections.abc import Mapping

from lookoutcv.reports.charts.histogram_layout import drawable
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.drawings import Charts, Histogram
from lookoutcv.reports.parts.numbers import signed
from lookoutcv.reports.sections.image_composition import shares_table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.multiples import LEAST_IN_PART, Multiples, Part
from lookoutcv.results.severity import Severity

# What a reader calls the classes that multiples are drawn of.
_CLASS_NOUNS = {"label": "label", "prediction": "answer"}


def group_charts(report: DriftReport) -> tuple[Charts, ...]:
    """One metric in every group, on one axis."""
    severities = {group.name: group.severity for group in report.groups}
    charts = (_charts(multiples, severities) for multiples in report.multiples if not _by_class(multiples, report))
    return tuple(filter(None, charts))


def classes_sections(report: DriftReport) -> tuple[Section, ...]:
    """How often each class is there on both sides, and what the metric that moved most does in each."""
    blocks: list[Block] = []
    before, after = report.baseline.labels, report.window.labels
    if len(before | after) > 1:
        blocks.append(shares_table("Labels", report, before, after))
    charts = (_charts(multiples, {}) for multiples in report.multiples if _by_class(multiples, report))
    blocks += filter(None, charts)
    return (Section("Classes", tuple(blocks)),) if blocks else ()


def _by_class(multiples: Multiples, report: DriftReport) -> bool:
    """Whether its parts are classes, and not the groups that the window was divided into."""
    return multiples.by in _CLASS_NOUNS and multiples.by != report.policy.group_by


def _charts(multiples: Multiples, severities: Mapping[str, Severity]) -> Charts | None:
    charts = (_chart(multiples, part, severities.get(part.name)) for part in multiples.parts)
    items = tuple(filter(None, charts))
    if len(items) < 2:
        return None
    noun = _CLASS_NOUNS.get(multiples.by, multiples.by)
    caption = f"{multiples.title}, {noun} by {noun}: the window against the baseline's images of the same {noun}."
    return Charts(items, caption)


def _chart(multiples: Multiples, part: Part, severity: Severity | None) -> Histogram | None:
    distribution = part.distribution
    if distribution is None:
        return None
    counts = f"{part.before:,} → {counted(part.after, 'image')}"
    if part.before < LEAST_IN_PART:
        known = f"{part.before:,} in the baseline" if part.before else "new"
        counts = f"{counted(part.after, 'image')}; {known}, so all of it is drawn"
    effect = "" if part.effect is None else f"effect {signed(part.effect)}; "
    chart = Histogram(
        title=part.name,
        unit=multiples.unit,
        edges=tuple(distribution.edges),
        before=tuple(distribution.before),
        after=tuple(distribution.after),
        log=distribution.log,
        caption=f"{effect}{counts}",
        level=severity if severity is not None and severity >= Severity.LOW else None,
        small=True,
    )
    return chart if drawable(chart) else None
