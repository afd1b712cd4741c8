"""What a model looked at, image by image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lookoutcv.reports.parts.content_blocks import Gallery, Items, Paragraph, Picture, Pictures
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Section, Verdict
from lookoutcv.reports.parts.numbers import number, percent
from lookoutcv.reports.parts.tables import Cell, Column, Names, Number, Table
from lookoutcv.reports.sections.left_out_images import skipped_table
from lookoutcv.results.explanation_sheet import ExplainedClass, ExplanationSheet


def sheet_verdict(sheet: ExplanationSheet) -> Verdict:
    """What a map shows, and what it does not."""
    every = [one for image in sheet.images for one in image.classes]
    methods = ", ".join(dict.fromkeys(one.how for one in every))
    empty = sum(not one.usable for one in every)
    without = f" For {counted(empty, 'map')} there is nothing to draw; why stands beside the image." if empty else ""
    drawn = any(one.thumbnail for one in every)
    colours = (
        "Yellow counts most for the class under the picture, dark blue least; what is dark was cut off before the "
        "model saw it. "
    )
    return Verdict(
        None,
        f"What the model looked at in {counted(len(sheet.images), 'image')}",
        f"{counted(len(every), 'map')}, by {methods}. {colours if drawn else ''}A map says where an answer comes from, "
        f"not whether it is right.{without}",
    )


def image_sections(sheet: ExplanationSheet) -> Iterator[Section]:
    """A section an image."""
    for image in sheet.images:
        blocks: list[Block] = []
        if image.thumbnail or any(one.thumbnail for one in image.classes):
            pictures = [Picture(image.id, image.thumbnail, "the image")]
            pictures += [Picture(one.label, one.thumbnail, _words(one)) for one in image.classes if one.usable]
            blocks.append(Gallery((Pictures("The image, and what counts for each", tuple(pictures)),), large=True))
        else:
            blocks.append(_table(image.classes))
        said = [*image.notes, *(f"{one.label}: {note}" for one in image.classes for note in one.notes)]
        if said:
            blocks.append(Items(tuple(said)))
        yield Section(image.id, tuple(blocks))


def numbers_section(sheet: ExplanationSheet) -> Section:
    """Where the maps lie, in numbers."""
    every = [(image, one) for image in sheet.images for one in image.classes]
    compared = any(one.faithfulness for _, one in every)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Names((image.id,)),
            one.label,
            Number(_score(one)),
            Number(number(one.spread, 2)),
            Number(percent(one.border)),
            *((Number(one.faithfulness.figures if one.faithfulness else "–"),) if compared else ()),
        )
        for image, one in every
    )
    words = (
        "The spread goes from 0, all of a map in one place, to 1, the same everywhere. Of an even map 36% lie in the "
        "outer tenth of what the model sees; much more may mean that it looks at the background."
    )
    columns = (
        Column("Image"),
        Column("Class"),
        Column("Score", numeric=True),
        Column("Spread", numeric=True),
        Column("In the outer tenth", numeric=True),
        *((Column("Against random maps", numeric=True),) if compared else ()),
    )
    return Section("In numbers", (Paragraph(words), Table("Where the maps lie", columns, rows)))


def left_out_sections(sheet: ExplanationSheet) -> tuple[Section, ...]:
    """Images that were not explained, and the notes; nothing where there is nothing to say."""
    more = sheet.count - len(sheet.images) - sheet.skipped_count
    said = [*([f"{more:,} of {sheet.count:,} images were not asked about."] if more > 0 else []), *sheet.notes]
    blocks: list[Block] = [Items(tuple(said))] if said else []
    if sheet.skipped:
        blocks.append(skipped_table("Images that could not be read", sheet.skipped, sheet.skipped_count))
    return (Section("Left out, and notes", tuple(blocks)),) if blocks else ()


def _table(classes: Sequence[ExplainedClass]) -> Table:
    rows = tuple((one.label, Number(_score(one)), one.how) for one in classes)
    return Table(
        "By name, since there are no pictures", (Column("Class"), Column("Score", numeric=True), Column("How")), rows
    )


def _words(one: ExplainedClass) -> str:
    against = "" if one.faithfulness is None else f"; {one.faithfulness.words}"
    return f"score {_score(one)}, {one.how}{against}"


def _score(one: ExplainedClass) -> str:
    return number(one.score, 2)
