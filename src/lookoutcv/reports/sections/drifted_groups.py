"""The groups of a window, each against its own, in one table."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Items
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.numbers import p_value
from lookoutcv.reports.parts.tables import Cell, Column, Grade, Number, Table
from lookoutcv.reports.sections.small_multiples import group_charts
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.severity import DRIFTED

_AGAINST = {"group": "its own", "baseline": "all of the baseline"}


def groups_sections(report: DriftReport) -> tuple[Section, ...]:
    """A section with a row for each group, the worst first; none where the window was not divided."""
    if not report.groups:
        return ()
    ranked = sorted(report.groups, key=lambda group: group.severity, reverse=True)
    table = Table(
        caption="Each group of the window against the baseline",
        columns=(
            Column("Group"),
            Column("Severity"),
            Column("Images", True),
            Column("Effect", True),
            Column("p-value", True),
            Column("Against"),
        ),
        rows=tuple(map(_row, ranked)),
        note="p-values are corrected for the number of groups (Holm) and for the window as a whole.",
    )
    changed = tuple(f"{group.name}: {group.text}" for group in ranked if group.severity in DRIFTED)
    heading = "Groups" if report.policy.group_by is None else f"Groups by {report.policy.group_by}"
    sentences = (Items(changed),) if changed else ()
    return (Section(heading, (table, *sentences, *group_charts(report))),)


def drifted_groups(report: DriftReport) -> list[GroupDrift]:
    """The groups that drifted, the worst first."""
    drifted = (group for group in report.groups if group.severity in DRIFTED)
    return sorted(drifted, key=lambda group: (group.severity, group.effect), reverse=True)


def only_groups_drifted(report: DriftReport) -> bool:
    """Whether groups drifted, but not the window as a whole."""
    return any(group.severity in DRIFTED for group in report.groups) and not any(
        metric.severity in DRIFTED for metric in report.metrics
    )


def _row(group: GroupDrift) -> tuple[Cell, ...]:
    return (
        group.name,
        Grade(group.severity),
        Number(f"{group.images:,}"),
        Number(f"{group.effect:.2f}"),
        Number(p_value(group.adjusted_p_value)),
        _AGAINST[group.against],
    )
