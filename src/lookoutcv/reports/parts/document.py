"""A report as plain parts: what every format draws, whatever it is a report of.

Views make a `Document` from a result; formats turn it into HTML, text, PDF. A part holds finished words and numbers,
never markup: text from data stands in it as it is, and each format makes it safe where it writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lookoutcv.results.severity import Severity

Level = Severity | Literal["none", "low", "medium", "high", "insufficient"]


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Note:
    """A remark that stands apart; `level` colours it."""

    text: str
    level: Level = "none"


@dataclass(frozen=True)
class Items:
    """An unordered list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One question of a reader who has a minute, and its answer.

    Args:
        question: "Does it hurt?"
        answer: A few words or one sentence.
        text: What stands behind it; may be empty.
        level: How bad that is; None where it is no matter of bad or good.
    """

    question: str
    answer: str
    text: str = ""
    level: Level | None = None


@dataclass(frozen=True)
class Summary:
    """The answers that an executive reads, in order."""

    items: tuple[Answer, ...]


@dataclass(frozen=True)
class KeyFigure:
    """One number with what it means to someone who is not a statistician."""

    label: str
    value: str
    meaning: str


@dataclass(frozen=True)
class KeyFigures:
    """The few numbers that sum the report up."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Facts:
    """Labels and values, for provenance and settings."""

    items: tuple[tuple[str, str], ...]
    caption: str = ""


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

    level: Level


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
class TrendPoint:
    """One value of a trend.

    Args:
        name: Of the report it is from.
        at: Where it stands on the axis: seconds since 1970, or a running number.
        value: None leaves a gap.
        text: The value in words.
        level: Severity, for its colour.
        when: The day, for the ends of the axis; empty where it is not known.
        low, high: Ends of its interval; None for none.
    """

    name: str
    at: float
    value: float | None
    text: str
    level: Level = "none"
    when: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Trend:
    """One value from report to report.

    Args:
        title: What it is.
        unit: Of the axis, as in `numbers.quantity`.
        points: In the order of time; at least one.
        reference: A value to compare with; None for none.
        caption: One line under the title.
        range: Which values there can be; None for any.
    """

    title: str
    unit: str
    points: tuple[TrendPoint, ...]
    reference: float | None = None
    caption: str = ""
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Trends:
    """Trends side by side, on one axis of time."""

    items: tuple[Trend, ...]


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


@dataclass(frozen=True)
class Change:
    """One thing that changed, in plain words, with the figures behind it.

    Args:
        text: The sentence: "Images are 18% darker".
        metric: The metric's title.
        before, after: Typical values, ready to read; empty where there are none.
        statistic: What the typical value is: "median" or "mean".
        effect: Signed, in [-1, 1], for a bar.
        effect_text: The same, ready to read.
        level: Severity.
        remark: What the figures leave open: "mostly in its spread". May be empty.
        also: Titles of related metrics that moved along.
    """

    text: str
    metric: str
    before: str
    after: str
    statistic: str
    effect: float
    effect_text: str
    level: Level
    remark: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """Changes, largest first."""

    items: tuple[Change, ...]


@dataclass(frozen=True)
class Histogram:
    """Two histograms on one axis: the definition behind every drawn form of the chart.

    Args:
        title: What is measured.
        unit: Of the axis, as in `numbers.quantity`.
        edges: k + 1 rising edges; all positive where `log`.
        before, after: Share of images in each of the k cells, >= 0.
        log: Logarithmic axis.
        before_mark, after_mark: A typical value to mark on the axis; None for no mark.
        caption: One line under the title.
        names: What the two sides are called.
        low, high: The baseline's band: between which shares each cell would lie if nothing had changed; empty for none.
        level: Severity of what the chart shows; None where that was not judged.
        small: One of many of a kind, to be compared with each other: all of its edges are drawn, smaller.
    """

    title: str
    unit: str
    edges: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    log: bool = False
    before_mark: float | None = None
    after_mark: float | None = None
    caption: str = ""
    names: tuple[str, str] = ("baseline", "window")
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    level: Level | None = None
    small: bool = False


@dataclass(frozen=True)
class Charts:
    """Small multiples.

    Args:
        items: At least one.
        caption: What they show together; may be empty.
        band: What the band of the charts is, in words; empty where none has one.
    """

    items: tuple[Histogram, ...]
    caption: str = ""
    band: str = ""


@dataclass(frozen=True)
class TimelinePeriod:
    """One period on a time line: its name, a value in [-1, 1], the same in words, and whether it stands out."""

    name: str
    value: float
    text: str
    stands_out: bool


@dataclass(frozen=True)
class Timeline:
    """Values in the order of time, as bars."""

    caption: str
    items: tuple[TimelinePeriod, ...]
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """One image: its name, a JPEG in base64 (None where there is none) and a few words under it."""

    name: str
    jpeg: str | None
    words: str = ""


@dataclass(frozen=True)
class Pictures:
    """Images under one heading; `side` says which side of the comparison they are from, where that matters."""

    heading: str
    items: tuple[Picture, ...]
    side: Literal["before", "after", ""] = ""


@dataclass(frozen=True)
class Gallery:
    """Groups of images, shown side by side where there is room."""

    groups: tuple[Pictures, ...]


Block = Paragraph | Note | Items | Summary | KeyFigures | Facts | Table | Changes | Charts | Timeline | Trends | Gallery


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
    """The answer: a severity, a headline of a few words, and two or three sentences."""

    level: Level
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
