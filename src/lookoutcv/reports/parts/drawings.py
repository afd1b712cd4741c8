"""What is drawn from numbers: histograms, trends from report to report, and time lines."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class TrendPoint:
    """One value of a trend.

    Args:
        name: Of the report it is from.
        at: Where it stands on the axis: seconds since 1970, or a running number.
        value: None leaves a gap.
        text: The value in words.
        level: Severity, for its colour.
        day: The day, for the ends of the axis; empty where it is not known.
        low, high: Ends of its interval; None for none.
    """

    name: str
    at: float
    value: float | None
    text: str
    level: Severity = Severity.NONE
    day: str = ""
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
    level: Severity | None = None
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
class Curve:
    """Two lines on the same axes.

    Args:
        title: What is drawn.
        unit: Of the upright axis, as in `numbers.quantity`; "%" for shares as percentages.
        along: What the other axis is, in a word.
        before, after: The points of each line, by rising place; either may be empty.
        mark: A place to mark; None for none.
        caption: One line under the title.
        range: Which values there can be; None for any.
    """

    title: str
    unit: str
    along: str
    before: tuple[tuple[float, float], ...]
    after: tuple[tuple[float, float], ...]
    mark: float | None = None
    caption: str = ""
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Curves:
    """Small multiples of curves.

    Args:
        items: At least one.
        names: What the lines `before` and `after` are.
        mark: What the mark is, in words; empty where none has one.
    """

    items: tuple[Curve, ...]
    names: tuple[str, str]
    mark: str = ""


@dataclass(frozen=True)
class Matrix:
    """Which class was taken for which: a row a true class, a column a predicted one.

    Args:
        caption: What it shows.
        rows, columns: Names.
        counts: As many as rows times columns, >= 0, row by row. Where row and column are of one name, it is right.
        note: What the reader must know; may be empty.
    """

    caption: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    note: str = ""
