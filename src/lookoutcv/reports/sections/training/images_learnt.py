"""What a run learnt from: what was seen in the images, and into which parts they were divided."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.reports.parts.content_blocks import Gallery, Items, Paragraph, Picture, Pictures
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import number
from lookoutcv.reports.parts.tables import Cell, Column, Grade, Names, Number, Table
from lookoutcv.reports.sections.left_out_images import skipped_table
from lookoutcv.results.data_check import DataCheck, DataFinding
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.severity import Severity
from lookoutcv.results.training_run import TrainingRun

_MOST_CLASSES, _MOST_EXAMPLES = 200, 12
_FOLDED = 20
# Of a data check: 0, .05, .5, .95 and 1.
_QUANTILES = 5


def data_sections(run: TrainingRun) -> tuple[Section, ...]:
    """The findings, then the parts."""
    return (*(() if run.check is None else _check_sections(run.check)), _parts_section(run))


def _check_sections(check: DataCheck) -> tuple[Section, ...]:
    said = f"{counted(check.images, 'image')} of {counted(len(check.classes), 'class', 'classes')} in {check.source}."
    blocks: list[Block] = [Paragraph(said if check.findings else f"{said} Nothing in them needs to be told.")]
    if check.findings:
        columns = (Column("What was seen"), Column("What to do"), Column("Severity"))
        blocks.append(Table("Most severe first", columns, tuple(map(_finding, check.findings))))
    blocks += _examples("Labels to look at", check.suspicious)
    blocks += _examples("Unlike all others", check.unusual)
    notes = (*check.notes, *_unlabelled(check))
    if notes:
        blocks.append(Items(notes))
    if check.skipped:
        blocks.append(skipped_table("Images that could not be read", check.skipped, check.skipped_count))
    return (Section("The images", tuple(blocks)), *_measured(check))


def _measured(check: DataCheck) -> tuple[Section, ...]:
    """How large the images are, and how their metrics are spread."""
    sides = {f"{side}er side in px": ends for side, ends in check.sizes.items()}
    spread = [(name, ends) for name, ends in (*sides.items(), *check.quality.items()) if len(ends) == _QUANTILES]
    if not spread:
        return ()
    columns = (Column("Measured"), *(Column(name, True) for name in ("5%", "Median", "95%")))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(Number(number(end)) for end in ends[1:4])) for name, ends in spread
    )
    note = "Of 5% of the images it is less than the first number, of 5% more than the last."
    return (Section("Sizes and quality", (Table("Of all images", columns, rows, note),), folded=True),)


def _finding(finding: DataFinding) -> tuple[Cell, ...]:
    known = finding.severity in [one.value for one in Severity]
    level: Cell = Grade(Severity(finding.severity)) if known else finding.severity
    return (finding.problem, finding.remedy, level)


def _examples(heading: str, examples: Sequence[ImageExample]) -> list[Block]:
    shown = [Picture(one.id, one.thumbnail, ", ".join(one.reasons)) for one in examples[:_MOST_EXAMPLES]]
    if not shown:
        return []
    if len(examples) > len(shown):
        heading = f"{heading}, the first {len(shown)} of {len(examples):,}"
    if any(picture.jpeg for picture in shown):
        return [Gallery((Pictures(heading, tuple(shown)),))]
    rows: tuple[tuple[Cell, ...], ...] = tuple((Names((one.name,)), one.words) for one in shown)
    return [Table(heading, (Column("Image"), Column("Why")), rows)]


def _unlabelled(check: DataCheck) -> list[str]:
    return [f"Left out: {counted(check.unlabelled, 'image')} without a label."] if check.unlabelled else []


def _parts_section(run: TrainingRun) -> Section:
    blocks: list[Block] = [Items(tuple(run.division))] if run.division else []
    names = [part.name for part in run.parts]
    columns = (Column("Class"), *(Column(name.capitalize(), True) for name in names))
    counts = [part.classes for part in run.parts]
    total: tuple[Cell, ...] = ("all images", *(Number(f"{part.images:,}") for part in run.parts))
    groups: tuple[Cell, ...] = ("groups that belong together", *(Number(f"{part.groups:,}") for part in run.parts))
    shown = run.classes[:_MOST_CLASSES]
    rows: list[tuple[Cell, ...]] = [(name, *(Number(f"{count.get(name, 0):,}") for count in counts)) for name in shown]
    left = len(run.classes) - len(shown)
    note = f"{counted(left, 'more class is', 'more classes are')} in the JSON." if left else ""
    blocks.append(Table("Images of each part", columns, (total, groups, *rows), note))
    return Section("How they were divided", tuple(blocks), folded=len(shown) > _FOLDED)
