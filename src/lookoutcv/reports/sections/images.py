"""The two sides themselves: example images, composition, skipped files and duplicates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lookoutcv.reports.parts.document import (
    Block,
    Cell,
    Column,
    Gallery,
    Names,
    Number,
    Paragraph,
    Picture,
    Pictures,
    Section,
    Share,
    Table,
)
from lookoutcv.reports.parts.numbers import DASH, MINUS, percent
from lookoutcv.reports.parts.text import counted
from lookoutcv.results.drift_report import DriftReport, Duplicates, ImageExample, Side, Skipped

MOST_NAMES = 200
_MOST_GROUPS = 12
_MOST_TYPICAL = 8
_MOST_REASONS = 20
_MOST_KINDS = 12
_FEW_KINDS = 4
_NOTHING = 0.0005  # a share that is printed as 0%


def images_section(report: DriftReport) -> Section:
    """Before and now side by side, then the images that are shifted most."""
    before, after = (tuple(map(_picture, side[:_MOST_TYPICAL])) for side in (report.baseline_typical, report.typical))
    pairs = (
        Pictures("Before: typical of the baseline", before, "before"),
        Pictures("Now: typical of the window", after, "after"),
    )
    shifted = Pictures("Most shifted", tuple(map(_picture, report.most_shifted)), "after")
    held = tuple(group for group in (*pairs, shifted) if group.items)
    if not held:
        return Section("Images", (Paragraph("The report holds no example images."),))
    words = "Typical images of both sides."
    if report.most_shifted:
        words = "Typical images of both sides, then the window's that lie furthest in the direction in which it moved."
    if any(picture.jpeg for group in held for picture in group.items):
        galleries = tuple(
            Gallery(part) for part in (held[: -1 if shifted.items else None], (shifted,)) if _pictured(part)
        )
        return Section("Images", (Paragraph(words), *galleries))
    return Section("Images", (Paragraph(f"{words} The report was made without thumbnails."), _listed(held)))


def composition_section(report: DriftReport) -> Section:
    """Formats, sizes and cameras: what the two sides are made of."""
    parts = ("formats", "File formats"), ("sizes", "Image sizes"), ("cameras", "Cameras")
    same, blocks = [], list[Block]()
    for part, caption in parts:
        before, after = getattr(report.baseline, part), getattr(report.window, part)
        if not before and not after:
            continue
        if len(before) == 1 and set(before) == set(after) and _whole(report.baseline, before) == sum(before.values()):
            same.append(f"{caption}: {next(iter(before))} throughout.")
        else:
            blocks.append(shares_table(caption, report, before, after))
    if same:
        blocks.insert(0, Paragraph(" ".join(same)))
    if not blocks:
        blocks.append(Paragraph("Formats, sizes and cameras are not known."))
    return Section("Composition", tuple(blocks), side_by_side=True)


def skipped_section(report: DriftReport) -> Section:
    """Files that could not be read, by reason."""
    if not report.skipped and not report.window.skipped:
        return Section("Skipped files", (Paragraph("Every image of the window could be read."),))
    if not report.skipped:
        words = f"{counted(report.window.skipped, 'file')} could not be read; their names are not in the report."
        return Section("Skipped files", (Paragraph(words),))
    left = max(0, report.window.skipped - len(report.skipped))
    note = f"{counted(left, 'more file was', 'more files were')} skipped and {'is' if left == 1 else 'are'} not listed."
    table = Table(
        caption="Left out of the comparison",
        columns=(Column("Reason"), Column("Files", True), Column("Names")),
        rows=tuple(_reasons(report.skipped)),
        note=note if left else "",
    )
    return Section("Skipped files", (table,))


def duplicates_section(report: DriftReport) -> Section:
    """Copies within the window, and between it and the baseline."""
    found = report.duplicates
    if found is None:
        return Section("Duplicates", (Paragraph("Duplicates were not searched for."),))
    searched = counted(found.searched, "image")
    if not (found.exact or found.near or found.in_baseline):
        return Section("Duplicates", (Paragraph(f"None among the {searched} searched."),))
    kept = f"Keeping each image once would remove {counted(found.images, 'image')} of {found.searched:,} searched."
    return Section("Duplicates", (Paragraph(kept), _duplicates(found)))


def _pictured(groups: Sequence[Pictures]) -> bool:
    return any(group.items for group in groups)


def _picture(example: ImageExample) -> Picture:
    return Picture(example.id, example.thumbnail, ", ".join(example.reasons))


def _listed(groups: Sequence[Pictures]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (Names((picture.name,)), group.heading, picture.words) for group in groups for picture in group.items
    ]
    return Table("Example images", (Column("Image"), Column("Group"), Column("What is unusual")), tuple(rows))


def _whole(side: Side, counts: dict[str, int]) -> int:
    return max(side.images, sum(counts.values()))


def shares_table(caption: str, report: DriftReport, before: dict[str, int], after: dict[str, int]) -> Table:
    """Shares of the kinds of something on both sides, those that changed most first.

    Args:
        caption: Of the table.
        report: Its sides say how many images there are in all.
        before, after: Images of each kind.
    """
    sides = _Shares(report.baseline, before), _Shares(report.window, after)

    def change(kind: str) -> float:
        return sides[1].of(kind) - sides[0].of(kind)

    kinds = sorted(before.keys() | after.keys(), key=lambda kind: (-max(side.of(kind) for side in sides), kind))
    if len(kinds) > _FEW_KINDS:  # of many kinds, those that changed most say most
        kinds.sort(key=lambda kind: -abs(change(kind)))
    shown = kinds[:_MOST_KINDS]
    rows: list[tuple[Cell, ...]] = []
    for kind in shown:
        rows.append((kind, *(side.cell(side.of(kind)) for side in sides), _points(sides, change(kind))))
    rests = [max(0.0, 1 - sum(map(side.of, shown))) if side.known else 0.0 for side in sides]
    if max(rests) > _NOTHING:
        cells = (side.cell(rest) for side, rest in zip(sides, rests, strict=True))
        rows.append(("all others", *cells, _points(sides, rests[1] - rests[0])))
    left = len(kinds) - len(shown)
    others = f"{left:,} more {'is' if left == 1 else 'are'} in 'all others'."
    note = f"The {_MOST_KINDS} kinds whose share changed most; {others}" if left else ""
    columns = Column(""), Column("Baseline", True), Column("Window", True), Column("Points", True)
    return Table(caption, columns, tuple(rows), note)


class _Shares:
    """One side's shares of the kinds of something; all 0 where nothing is known."""

    def __init__(self, side: Side, counts: dict[str, int]) -> None:
        self.known = bool(counts)
        self._counts = counts
        self._whole = max(_whole(side, counts), 1)

    def of(self, kind: str) -> float:
        return self._counts.get(kind, 0) / self._whole

    def cell(self, share: float) -> Share | Number:
        return Share(percent(share), share) if self.known else Number(DASH)


def _points(sides: tuple[_Shares, _Shares], change: float) -> Number:
    if not all(side.known for side in sides):
        return Number(DASH)
    text = f"{change * 100:+.1f}"
    return Number("0" if text in ("+0.0", "-0.0") else text.replace("-", MINUS))


def _reasons(skipped: Sequence[Skipped]) -> list[tuple[Cell, ...]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for one in skipped:
        grouped[one.reason].append(one.id)
    ranked = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    if len(ranked) > _MOST_REASONS:
        rest = [name for _, names in ranked[_MOST_REASONS - 1 :] for name in names]
        ranked = [*ranked[: _MOST_REASONS - 1], ("other reasons", rest)]
    each = MOST_NAMES // len(ranked)
    return [(reason, Number(f"{len(names):,}"), _first(names, each)) for reason, names in ranked]


def _duplicates(found: Duplicates) -> Table:
    rows = [*_groups("Exact copies", found.exact), *_groups("Nearly the same", found.near)]
    if found.in_baseline:
        rows += _groups("Also in the baseline", [found.in_baseline])
    left = max(0, len(found.exact) - _MOST_GROUPS) + max(0, len(found.near) - _MOST_GROUPS)
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
