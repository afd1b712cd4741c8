"""The images that a model is most wrong about, as pictures."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.reports.parts.content_blocks import Gallery, Paragraph, Picture, Pictures
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Section
from lookoutcv.reports.parts.numbers import percent
from lookoutcv.reports.parts.tables import Cell, Column, Names, Table
from lookoutcv.results.detection_evaluation import DetectionEvaluation, ImageErrors
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.results.images.wrong_image import WrongImage


def confident_errors_sections(evaluation: Evaluation) -> tuple[Section, ...]:
    """What a classifier was surest of and wrong about; nothing where nothing is."""
    if not evaluation.confident_errors:
        return ()
    words = "The wrong predictions that the model was surest of. Some of them may be wrong labels."
    pictures = [Picture(one.id, one.thumbnail, _taken(one)) for one in evaluation.confident_errors]
    return (_section("Surest mistakes", words, pictures, ("The surest first", "What it says")),)


def worst_images_sections(evaluation: DetectionEvaluation) -> tuple[Section, ...]:
    """Where a detector misses and invents most; nothing where nothing is."""
    wrong = [image for image in evaluation.worst if image.missed or image.false]
    if not wrong:
        return ()
    pictures = [Picture(one.id, one.thumbnail, _errors(one)) for one in wrong]
    return (_section("Worst images", "The images with the most errors.", pictures, ("The worst first", "Errors")),)


def _section(heading: str, words: str, pictures: Sequence[Picture], names: tuple[str, str]) -> Section:
    """As pictures, or as a table where there are none.

    Args:
        names: What heads the pictures, and the second column of the table.
    """
    if any(picture.jpeg for picture in pictures):
        return Section(heading, (Paragraph(words), Gallery((Pictures(names[0], tuple(pictures)),))))
    rows: tuple[tuple[Cell, ...], ...] = tuple((Names((picture.name,)), picture.words) for picture in pictures)
    table = Table("By name, since there are no thumbnails", (Column("Image"), Column(names[1])), rows)
    return Section(heading, (Paragraph(words), table))


def _taken(one: WrongImage) -> str:
    return f"{one.label}, taken for {one.prediction} ({percent(one.confidence)} sure)"


def _errors(one: ImageErrors) -> str:
    missed = f"{one.missed:,} of {counted(one.objects, 'object')} missed" if one.missed else ""
    false = f"{counted(one.false, 'false box', 'false boxes')}" if one.false else ""
    return ", ".join(filter(None, (missed, false)))
