"""What the two sides are made of: shares of formats, sizes, cameras, or of anything else that is counted."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import DASH, MINUS, percent
from lookoutcv.reports.parts.tables import Cell, Column, Number, Share, Table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side

_MOST_KINDS = 12
_FEW_KINDS = 4
_NOTHING = 0.0005  # a share that is printed as 0%


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


def _whole(side: Side, counts: dict[str, int]) -> int:
    return max(side.images, sum(counts.values()))


def shares_table(caption: str, report: DriftReport, before: dict[str, int], after: dict[str, int]) -> Table:
    """Shares of the kinds of something on both sides, those that changed most first.

    Args:
        caption: Of the table.
        report: Its sides say how many images there are in all.
        before, after: Images of each kind.
    """
    sides = _SideShares(report.baseline, before), _SideShares(report.window, after)

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


class _SideShares:
    """One side's shares of the kinds of something; all 0 where nothing is known."""

    def __init__(self, side: Side, counts: dict[str, int]) -> None:
        self.known = bool(counts)
        self._counts = counts
        self._whole = max(_whole(side, counts), 1)

    def of(self, kind: str) -> float:
        return self._counts.get(kind, 0) / self._whole

    def cell(self, share: float) -> Share | Number:
        return Share(percent(share), share) if self.known else Number(DASH)


def _points(sides: tuple[_SideShares, _SideShares], change: float) -> Number:
    if not all(side.known for side in sides):
        return Number(DASH)
    text = f"{change * 100:+.1f}"
    return Number("0" if text in ("+0.0", "-0.0") else text.replace("-", MINUS))
