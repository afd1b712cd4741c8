"""Example images: typical ones of both sides, and the window's that are shifted most."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.reports.parts.content_blocks import Gallery, Paragraph, Picture, Pictures
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.tables import Cell, Column, Names, Table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.images.image_example import ImageExample

_MOST_TYPICAL = 8


def images_section(report: DriftReport) -> Section:
    """Before and now side by side, then the images that are shifted most."""
    before, after = (tuple(map(_picture, side[:_MOST_TYPICAL])) for side in (report.baseline_typical, report.typical))
    pairs = (
        Pictures("Before: typical of the baseline", before, "before"),
        Pictures("Now: typical of the window", after, "after"),
    )
    shifted = Pictures("Most shifted", tuple(map(_picture, report.most_shifted)), "after")
    groups = tuple(group for group in (*pairs, shifted) if group.items)
    if not groups:
        return Section("Images", (Paragraph("The report holds no example images."),))
    words = "Typical images of both sides."
    if report.most_shifted:
        words = "Typical images of both sides, then the window's that lie furthest in the direction in which it moved."
    if any(picture.jpeg for group in groups for picture in group.items):
        galleries = tuple(
            Gallery(part) for part in (groups[: -1 if shifted.items else None], (shifted,)) if _pictured(part)
        )
        return Section("Images", (Paragraph(words), *galleries))
    return Section("Images", (Paragraph(f"{words} The report was made without thumbnails."), _listed(groups)))


def _pictured(groups: Sequence[Pictures]) -> bool:
    return any(group.items for group in groups)


def _picture(example: ImageExample) -> Picture:
    return Picture(example.id, example.thumbnail, ", ".join(example.reasons))


def _listed(groups: Sequence[Pictures]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (Names((picture.name,)), group.heading, picture.words) for group in groups for picture in group.items
    ]
    return Table("Example images", (Column("Image"), Column("Group"), Column("What is unusual")), tuple(rows))
