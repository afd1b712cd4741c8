"""How a drift report came to its answer: the rule in words, the samples, the notes, the provenance."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Facts, Items, Paragraph
from lookoutcv.reports.parts.date_words import day_and_time
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import DASH, compact, percent
from lookoutcv.reports.parts.tables import Column, Number, Table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity


def decision_section(report: DriftReport) -> Section:
    """The policy, the samples and what a careful reader must know."""
    blocks: list[Block] = [Paragraph(_rule(report))]
    if report.notes:
        blocks.append(Items(tuple(report.notes)))
    blocks.append(_samples(report))
    rules = {key: value for key, value in report.policy.to_dict().items() if value is not None}
    if rules:
        settings = tuple((key.replace("_", " ").capitalize(), _plain(value)) for key, value in rules.items())
        blocks.append(Facts(settings, "Settings of the policy"))
    return Section("How this was decided", tuple(blocks))


def provenance(report: DriftReport) -> Facts:
    """Who made the report, when, and from what."""
    facts = (
        ("Made by", report.tool),
        ("Settings", report.settings_file or ""),
        ("Report made", day_and_time(report.created)),
        ("Baseline measured", day_and_time(report.baseline.created)),
        ("Window measured", day_and_time(report.window.created)),
    )
    return Facts(tuple((label, value) for label, value in facts if value))


def _rule(report: DriftReport) -> str:
    if report.severity == Severity.INSUFFICIENT:
        return "No decision was made: there were too few images for a test whose answer could be relied on."
    if report.p_value is None:
        return (
            "Fixed thresholds: drift is declared where a value moves further than the threshold set for it. "
            "Such a rule knows no chance: how often it is wrong depends on how many images there are."
        )
    return (
        f"Drift is declared where two things hold together: the p-value is at most alpha = {compact(report.alpha)}, "
        f"so that about {percent(report.alpha)} of comparisons of unchanged images are false alarms, and the largest "
        f"effect is {_enough(report.policy.min_effect)}. Severity grows with the effect that the number of images "
        "makes sure of."
    )


def _enough(least: float | None) -> str:
    return "large enough to matter" if least is None else f"at least {compact(least)}"


def _samples(report: DriftReport) -> Table:
    baseline, window = report.baseline, report.window
    rows = [
        (f"Images{' measured' if report.metrics else ''}", f"{baseline.images:,}", f"{window.images:,}"),
        ("Entered the tests", f"{baseline.tested:,}", f"{window.tested:,}"),
        ("Could not be read", f"{baseline.skipped:,}", f"{window.skipped:,}"),
        ("Earliest image", *(day_and_time(side.first_time) or DASH for side in (baseline, window))),
        ("Latest image", *(day_and_time(side.last_time) or DASH for side in (baseline, window))),
    ]
    known = [row for row in rows if set(row[1:]) != {DASH}]
    return Table(
        caption="The two samples",
        columns=(Column(""), Column("Baseline", True), Column("Window", True)),
        rows=tuple((row[0], Number(row[1]), Number(row[2])) for row in known),
    )


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else compact(value)


def side_name(side: Side) -> str:
    """What a side is called; its place where it has no name."""
    return side.name or "unnamed"
