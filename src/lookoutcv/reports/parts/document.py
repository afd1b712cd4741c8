"""A report as plain parts: what every format draws, whatever it is a report of.

Views make a `Document` from a result; formats turn it into HTML, text, PDF. A part holds finished words and numbers,
never markup: text from data stands in it as it is, and each format makes it safe where it writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.reports.parts.content_blocks import Changes, Facts, Gallery, Items, KeyFigures, Note, Paragraph, Summary
from lookoutcv.reports.parts.drawings import Charts, Curves, Matrix, Timeline, Trends
from lookoutcv.reports.parts.tables import Table
from lookoutcv.results.severity import Severity

Block = (
    Paragraph
    | Note
    | Items
    | Summary
    | KeyFigures
    | Facts
    | Table
    | Changes
    | Charts
    | Timeline
    | Trends
    | Curves
    | Matrix
    | Gallery
)


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it.

    Args:
        folded: Fold it away where the format can.
        side_by_side: Its tables may stand beside each other where there is room.
    """

    heading: str
    blocks: tuple[Block, ...]
    folded: bool = False
    side_by_side: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer: a severity, a headline of a few words, and two or three sentences.

    Args:
        level: How bad it is; None where it is no matter of bad or good.
    """

    level: Severity | None
    headline: str
    text: str


@dataclass(frozen=True)
class Document:
    """A whole report.

    Args:
        title: A few words: "Drift report".
        subject: What it is about: names of what was compared.
        date: When it was made, ready to read; may be empty.
        verdict: The answer; None where nothing was judged.
        sections: The evidence, most important first.
        footer: Provenance.
    """

    title: str
    subject: tuple[tuple[str, str], ...]
    date: str
    verdict: Verdict | None
    sections: tuple[Section, ...]
    footer: Facts = field(default_factory=lambda: Facts(()))
