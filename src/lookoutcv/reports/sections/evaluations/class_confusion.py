"""Which class was taken for which, and how each was predicted."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Paragraph
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.drawings import Matrix
from lookoutcv.reports.sections.class_tables import classes_table, mistakes_table
from lookoutcv.results.evaluation import Evaluation

MOST_CLASSES = 50
_MOST_MISTAKES, _MOST_ROWS = 10, 200


def confusion_section(evaluation: Evaluation) -> Section:
    """The matrix and the most frequent mistakes."""
    blocks: list[Block] = []
    if len(evaluation.labels) > 1 and evaluation.confusion:
        blocks.append(_matrix(evaluation))
    mistakes = evaluation.mistakes[:_MOST_MISTAKES]
    blocks.append(mistakes_table(mistakes) if mistakes else Paragraph("There are no mistakes."))
    return Section("Which class is taken for which", tuple(blocks))


def classes_section(evaluation: Evaluation) -> Section:
    """Every class, the worst first."""
    ranked = sorted(evaluation.classes, key=lambda row: (row.f1, -row.support))
    left = len(ranked) - _MOST_ROWS
    note = f"The {_MOST_ROWS} with the lowest F1, of {len(ranked):,}; all of them are in the JSON." if left > 0 else ""
    words = (
        "Precision: of the images called so, the share that are. Recall: of the images that are, the share called so. "
        "F1: the harmonic mean of both."
    )
    table = classes_table("The lowest F1 first", ranked[:_MOST_ROWS], note)
    return Section("Class by class", (Paragraph(words), table), folded=len(ranked) > MOST_CLASSES)


def _matrix(evaluation: Evaluation) -> Matrix:
    """Of many classes those with the most mistakes; the others would not fit on a page."""
    labels, counts = evaluation.labels, evaluation.confusion
    shown = list(range(len(labels)))
    note = "A row is a true class, a column a predicted one. Blue is right, orange is wrong."
    if len(labels) > MOST_CLASSES:
        wrong = [sum(row) - row[i] + sum(other[i] for other in counts) - row[i] for i, row in enumerate(counts)]
        shown = sorted(sorted(shown, key=lambda i: -wrong[i])[:MOST_CLASSES])
        note += f" These are the {MOST_CLASSES} of {len(labels):,} classes that most mistakes are made with."
    names = tuple(labels[i] for i in shown)
    rows = tuple(tuple(counts[i][j] for j in shown) for i in shown)
    return Matrix("Images by true and predicted class", names, names, rows, note)
