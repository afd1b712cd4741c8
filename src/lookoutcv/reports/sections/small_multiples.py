"""Groups and classes as small multiples, the classes of both sides as a table, and the time line of a drift."""

from __future__ import annotations

from lookoutcv.reports.charts.histogram_layout import drawable
from lookoutcv.reports.parts.date_words import dates_in_words
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.drawings import Charts, Histogram, Timeline, TimelinePeriod
from lookoutcv.reports.parts.numbers import signed
from lookoutcv.reports.sections.composition import shares_table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.multiples import LEAST_IN_PART, Multiples, Part
from lookoutcv.results.severity import Severity

_CLASSES = ("label", "prediction")
_NOUNS = {"label": "label", "prediction": "answer"}


def group_charts(report: DriftReport) -> tuple[Charts, ...]:
    """One metric in every group, on one axis."""
    levels: dict[str, Severity] = {group.name: group.severity for group in report.groups}
    found = (one for one in report.multiples if one.by not in _CLASSES or one.by == report.policy.get("group_by"))
    return tuple(filter(None, (_charts(one, levels) for one in found)))


def classes_sections(report: DriftReport) -> tuple[Section, ...]:
    """How often each class is there on both sides, and what the metric that moved most does in each."""
    blocks: list[Block] = []
    for key in _CLASSES:
        before, after = (side.labels if key == "label" else {} for side in (report.baseline, report.window))
        if len(before | after) > 1:
            blocks.append(shares_table("Labels", report, before, after))
    drawn = [one for one in report.multiples if one.by in _CLASSES and one.by != report.policy.get("group_by")]
    for one in drawn:
        charts = _charts(one, {})
        blocks += [charts] if charts else []
    return (Section("Classes", tuple(blocks)),) if blocks else ()


def timeline(report: DriftReport) -> tuple[Timeline, ...]:
    """When the window moved; nothing where fewer than two periods are known."""
    since = report.onset
    if since is None or len(since.periods) < 2:
        return ()
    moments = tuple(
        TimelinePeriod(
            dates_in_words(one.name), one.effect, f"{signed(one.effect)}, {counted(one.images, 'image')}", one.shifted
        )
        for one in since.periods
    )
    note = f"How far the images of each {since.by} (UTC) lie in the direction in which the window moved."
    return (Timeline(f"By {since.by}", moments, note),)


def _charts(one: Multiples, levels: dict[str, Severity]) -> Charts | None:
    items = [chart for part in one.parts if (chart := _chart(one, part, levels.get(part.name))) is not None]
    if len(items) < 2:
        return None
    noun = _NOUNS.get(one.by, one.by)
    caption = f"{one.title}, {noun} by {noun}: the window against the baseline's images of the same {noun}."
    return Charts(tuple(items), caption)


def _chart(one: Multiples, part: Part, level: Severity | None) -> Histogram | None:
    drawn = part.distribution
    if drawn is None:
        return None
    counts = f"{part.before:,} → {counted(part.after, 'image')}"
    if part.before < LEAST_IN_PART:
        known = f"{part.before:,} in the baseline" if part.before else "new"
        counts = f"{counted(part.after, 'image')}; {known}, so all of it is drawn"
    effect = "" if part.effect is None else f"effect {signed(part.effect)}; "
    chart = Histogram(
        title=part.name,
        unit=one.unit,
        edges=tuple(drawn.edges),
        before=tuple(drawn.before),
        after=tuple(drawn.after),
        log=drawn.log,
        caption=f"{effect}{counts}",
        level=level if level is not None and level >= Severity.LOW else None,
        small=True,
    )
    return chart if drawable(chart) else None
