"""Example images: typical ones of both sides, the window's that are shifted most, and what measurers show of some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lookoutcv.reports.parts.content_blocks import Gallery, Paragraph, Picture, Pictures
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.tables import Cell, Column, Names, Table
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.measured_examples import MeasuredExample, MeasuredExamples

_MOST_TYPICAL = 8
_ONLY_NOW = "The baseline holds no such pictures to compare with; made again with this measurer it does."


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


def measured_sections(report: DriftReport) -> Iterator[Section]:
    """What measurers show of images where what they measured has moved: where a model looks; a section for each."""
    for examples in report.measured_examples:
        if examples.window:
            yield _measured(examples)


def _measured(examples: MeasuredExamples) -> Section:
    before = Pictures("Before: typical of the baseline", tuple(map(_drawn, examples.baseline)), "before")
    after = Pictures("Now: most unlike the baseline", tuple(map(_drawn, examples.window)), "after")
    groups = tuple(group for group in (before, after) if group.items)
    words = "It has changed since the baseline; of the window, these images show that best."
    if not any(picture.jpeg for group in groups for picture in group.items):
        said = f"{words} The report was made without thumbnails."
        return Section(examples.title, (Paragraph(said), _listed(groups)))
    missing = "" if examples.baseline else f" {_ONLY_NOW}"
    galleries = tuple(Gallery((group,), large=True) for group in groups)
    return Section(examples.title, (Paragraph(f"{words} {examples.legend}{missing}"), *galleries))


def _drawn(one: MeasuredExample) -> Picture:
    return Picture(one.id, one.thumbnail, "; ".join(filter(None, (one.caption, ", ".join(one.reasons)))))


def _pictured(groups: Sequence[Pictures]) -> bool:
    return any(group.items for group in groups)


def _picture(example: ImageExample) -> Picture:
    return Picture(example.id, example.thumbnail, ", ".join(example.reasons))


def _listed(groups: Sequence[Pictures]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (Names((picture.name,)), group.heading, picture.words) for group in groups for picture in group.items
    ]
    return Table("Example images", (Column("Image"), Column("Group"), Column("What is unusual")), tuple(rows))
