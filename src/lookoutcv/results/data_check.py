"""What was seen in labelled images before anything learns from them; `data_check.schema.json` describes its form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.result import Result, StoredResult


@dataclass(frozen=True)
class ClassCount(Result):
    """A class and its images.

    Args:
        label: Its name.
        images: That can be read.
        unreadable: That cannot.
        copies: Exact or near copies of others of the class.
    """

    label: str
    images: int
    unreadable: int = 0
    copies: int = 0


@dataclass(frozen=True)
class Leak(Result):
    """Images that are in two parts of the data, or under two labels.

    Args:
        ids: The same picture, or nearly.
        parts: The parts that they are in; one where only the labels differ.
        labels: Their labels; one where only the parts differ.
    """

    ids: list[str]
    parts: list[str]
    labels: list[str]


@dataclass(frozen=True)
class DataFinding(Result):
    """Something worth telling, and what to do about it.

    Args:
        kind: "imbalance", "few images", "duplicates", "leak", "labels", "unreadable", "quality", "sizes".
        severity: "low", "medium" or "high".
        problem: In a sentence.
        remedy: In a sentence.
    """

    kind: str
    severity: str
    problem: str
    remedy: str


@only_known_keywords(types=False)
@dataclass(frozen=True)
class DataCheck(StoredResult):
    """What was seen in labelled images.

    Args:
        source: What a person calls it.
        images: That can be read and have a label.
        classes: Each with its images.
        findings: The most severe first.
        sizes: Shortest and longest sides in pixels: quantiles 0, .05, .5, .95 and 1 of each, by "short" and "long".
        quality: Of each metric the quantiles 0, .05, .5, .95 and 1.
        duplicates: Copies among the images.
        leaks: Copies across parts or labels.
        suspicious: Images whose label looks wrong, most suspicious first; empty before a model was taught.
        unusual: Images unlike all others: very dark, blurred, tiny.
        unlabelled: Images without a label; left out.
        skipped: The first thousand that cannot be read.
        skipped_count: How many there are.
        notes: How the source was read, and what of it is not used.
    """

    FORMAT: ClassVar[str] = "lookoutcv.data_check"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "data check"
    REMEDY: ClassVar[str] = "Give the data.json in a folder that `lookout train -o FOLDER` made."

    source: str
    images: int
    classes: list[ClassCount] = field(repr=False)
    findings: list[DataFinding] = field(default_factory=list)
    sizes: dict[str, list[float]] = field(default_factory=dict)
    quality: dict[str, list[float]] = field(default_factory=dict, repr=False)
    duplicates: Duplicates | None = field(default=None, repr=False)
    leaks: list[Leak] = field(default_factory=list, repr=False)
    suspicious: list[ImageExample] = field(default_factory=list, repr=False)
    unusual: list[ImageExample] = field(default_factory=list, repr=False)
    unlabelled: int = 0
    skipped: list[Skipped] = field(default_factory=list, repr=False)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)
