"""Text, lists, figures, changes and pictures of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Note:
    """A remark that stands apart; `level` colours it."""

    text: str
    level: Severity = Severity.NONE


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
    level: Severity | None = None


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
    level: Severity
    remark: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """Changes, largest first."""

    items: tuple[Change, ...]


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
    """Groups of images, shown side by side where there is room.

    Args:
        groups: Of images.
        large: There is something to see in each: they are larger, and fewer stand in a row.
    """

    groups: tuple[Pictures, ...]
    large: bool = False
