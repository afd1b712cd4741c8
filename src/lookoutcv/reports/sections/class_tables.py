"""Tables of classes: how each was predicted, and which was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.reports.parts.numbers import number, percent
from lookoutcv.reports.parts.tables import Cell, Column, Number, Table
from lookoutcv.results.accuracy.true_accuracy import ClassScores, Mistake


def classes_table(caption: str, classes: Sequence[ClassScores], note: str = "") -> Table:
    """Precision, recall and F1 of each class, in the order given."""
    columns = (Column("Class"), *(Column(name, True) for name in ("Images", "Precision", "Recall", "F1")))
    return Table(caption=caption, columns=columns, rows=tuple(map(_class_row, classes)), note=note)


def mistakes_table(mistakes: Sequence[Mistake]) -> Table:
    """Which class was taken for which, in the order given."""
    columns = (Column("Label"), Column("Prediction"), Column("Images", True))
    rows = tuple((mistake.label, mistake.prediction, Number(f"{mistake.images:,}")) for mistake in mistakes)
    return Table(caption="Largest mistakes", columns=columns, rows=rows)


def _class_row(scores: ClassScores) -> tuple[Cell, ...]:
    shares = (Number(percent(share)) for share in (scores.precision, scores.recall))
    return (scores.label, Number(f"{scores.support:,}"), *shares, Number(number(scores.f1)))
