"""Tables of a document: rows of cells under headings. A cell says what it is, so that each format can draw it."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class Number:
    """A table cell whose text is a number, set flush right."""

    text: str


@dataclass(frozen=True)
class Names:
    """A table cell of file names. `more` counts those left out."""

    names: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class Grade:
    """A table cell that names a severity, coloured by it."""

    level: Severity


@dataclass(frozen=True)
class Share:
    """A table cell with a share of a whole.

    Args:
        text: The share in words, "12.3%".
        value: The share, in [0, 1], for a bar.
    """

    text: str
    value: float


@dataclass(frozen=True)
class Link:
    """A table cell that leads to another page.

    Args:
        text: What is read.
        href: A relative URL that we made ourselves, never text from data.
    """

    text: str
    href: str


Cell = str | Number | Names | Grade | Share | Link


@dataclass(frozen=True)
class Column:
    """One column of a table; `numeric` sets its heading flush right too."""

    heading: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under headings; the first cell of a row names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether a telephone has no room for its columns beside one another: many, or sentences in several."""
        sentences = {place for row in self.rows for place, cell in enumerate(row) if _is_sentence(cell)}
        return len(self.columns) > _MOST_BESIDE or (bool(sentences) and len(self.columns) > _MOST_WITH_SENTENCES)


# On a screen of 390 px five columns of numbers, or a name and a sentence.
_MOST_BESIDE, _MOST_WITH_SENTENCES, _SENTENCE = 5, 2, 40


def _is_sentence(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) > _SENTENCE
