"""Images that are not compared, or that are there twice: skipped files and duplicates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.tables import Cell, Column, Names, Number, Table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.skipped import Skipped

MOST_NAMES = 200
_MOST_GROUPS = 12
_MOST_REASONS = 20


def skipped_section(report: DriftReport) -> Section:
    """Files that could not be read, by reason."""
    if not report.skipped and not report.window.skipped:
        return Section("Skipped files", (Paragraph("Every image of the window could be read."),))
    if not report.skipped:
        words = f"{counted(report.window.skipped, 'file')} could not be read; their names are not in the report."
        return Section("Skipped files", (Paragraph(words),))
    table = skipped_table("Left out of the comparison", report.skipped, report.window.skipped)
    return Section("Skipped files", (table,))


def skipped_table(caption: str, skipped: Sequence[Skipped], count: int) -> Table:
    """Files that could not be read, by reason, and how many of `count` are not listed."""
    left = max(0, count - len(skipped))
    note = f"{counted(left, 'more file was', 'more files were')} skipped and {'is' if left == 1 else 'are'} not listed."
    return Table(
        caption=caption,
        columns=(Column("Reason"), Column("Files", True), Column("Names")),
        rows=tuple(_reasons(skipped)),
        note=note if left else "",
    )


def duplicates_section(report: DriftReport) -> Section:
    """Copies within the window, and between it and the baseline."""
    duplicates = report.duplicates
    if duplicates is None:
        return Section("Duplicates", (Paragraph("Duplicates were not searched for."),))
    searched = counted(duplicates.searched, "image")
    if not (duplicates.exact or duplicates.near or duplicates.in_baseline):
        return Section("Duplicates", (Paragraph(f"None among the {searched} searched."),))
    copies = counted(duplicates.images, "image")
    remedy = f"Keeping each image once would remove {copies} of {duplicates.searched:,} searched."
    return Section("Duplicates", (Paragraph(remedy), _duplicates(duplicates)))


def _reasons(skipped: Sequence[Skipped]) -> list[tuple[Cell, ...]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for image in skipped:
        grouped[image.reason].append(image.id)
    ranked = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    if len(ranked) > _MOST_REASONS:
        rest = [name for _, names in ranked[_MOST_REASONS - 1 :] for name in names]
        ranked = [*ranked[: _MOST_REASONS - 1], ("other reasons", rest)]
    each = MOST_NAMES // len(ranked)
    return [(reason, Number(f"{len(names):,}"), _first(names, each)) for reason, names in ranked]


def _duplicates(duplicates: Duplicates) -> Table:
    rows = [*_groups("Exact copies", duplicates.exact), *_groups("Nearly the same", duplicates.near)]
    if duplicates.in_baseline:
        rows += _groups("Also in the baseline", [duplicates.in_baseline])
    left = max(0, len(duplicates.exact) - _MOST_GROUPS) + max(0, len(duplicates.near) - _MOST_GROUPS)
    return Table(
        caption="Groups of images",
        columns=(Column("Kind"), Column("Images", True), Column("Names")),
        rows=tuple(rows),
        note=f"{counted(left, 'more group is', 'more groups are')} in the JSON report." if left else "",
    )


def _groups(kind: str, groups: Sequence[Sequence[str]]) -> list[tuple[Cell, ...]]:
    largest = sorted(groups, key=lambda names: -len(names))[:_MOST_GROUPS]
    each = MOST_NAMES // max(len(largest), 1)
    return [(kind, Number(f"{len(names):,}"), _first(names, each)) for names in largest]


def _first(names: Sequence[str], most: int) -> Names:
    return Names(tuple(names[:most]), max(0, len(names) - most))
