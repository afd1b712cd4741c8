"""The time line of a drift: period by period, how far the window lies from the baseline."""

from __future__ import annotations

from lookoutcv.reports.parts.date_words import dates_in_words
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.drawings import Timeline, TimelinePeriod
from lookoutcv.reports.parts.numbers import signed
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.onset import Period


def onset_sections(report: DriftReport) -> tuple[Section, ...]:
    """When the window moved; no section where fewer than two periods are known."""
    onset = report.onset
    if onset is None or len(onset.periods) < 2:
        return ()
    note = f"How far the images of each {onset.by} (UTC) lie in the direction in which the window moved."
    line = Timeline(f"By {onset.by}", tuple(map(_period, onset.periods)), note)
    return (Section("Since when", (line,)),)


def _period(period: Period) -> TimelinePeriod:
    text = f"{signed(period.effect)}, {counted(period.images, 'image')}"
    return TimelinePeriod(dates_in_words(period.name), period.effect, text, period.shifted)
