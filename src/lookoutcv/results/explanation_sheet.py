"""What a model looked at in some images; `explanation_sheet.schema.json` beside this file describes its JSON form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.result import Result, StoredResult


@dataclass(frozen=True)
class MapFaithfulness(Result):
    """Whether what a map marks is what the score follows from (Petsiuk et al., RISE, BMVC 2018).

    Args:
        deletion: Mean score while pixels are removed, the marked ones first; low is good.
        insertion: Mean score while pixels are put back on a blurred image, the marked ones first; high is good.
        better_by: How much better than random maps, the mean of both; in the unit of the score.
        low: Lower end of its 95% interval.
        high: Upper end.
    """

    deletion: float
    insertion: float
    better_by: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """How it fares, for a line or a picture.

        Example:
            >>> MapFaithfulness(0.2, 0.5, 0.25, -0.05, 0.55).words
            '+0.25 against random maps (95% interval -0.05 to +0.55)'
        """
        gain, low, high = map(_signed, (self.better_by, self.low, self.high))
        return f"{gain} against random maps (95% interval {low} to {high})"

    @property
    def figures(self) -> str:
        """The same for a column that says what it is: "+0.25 (-0.05 to +0.55)"."""
        return "{} ({} to {})".format(*map(_signed, (self.better_by, self.low, self.high)))


def _signed(gain: float) -> str:
    return f"{round(gain, 2) + 0.0:+.2f}"  # nothing is +0.00, not -0.00


@dataclass(frozen=True)
class ExplainedClass(Result):
    """What a model looked at for one class, or for one object that it found.

    Args:
        label: The class.
        score: What the model gave it, 0 to 1.
        method: How it was found out: "grad_cam".
        layer: The layer that was looked at; "" where the method asks about variants of the image.
        usable: Whether there is a map to look at.
        spread: Where there is: from 0, all of it in one place, to 1, the same everywhere.
        border: Where there is: its share in the outer tenth of what the model saw, 0 to 1.
        notes: What is to be said of the map, in sentences.
        thumbnail: The map over the image, a JPEG in base64; None where there is no map or pictures were not wanted.
        faithfulness: Whether the score follows from what it marks; None where that was not asked.
    """

    label: str
    score: float | None
    method: str
    layer: str
    usable: bool
    spread: float | None = None
    border: float | None = None
    notes: list[str] = field(default_factory=list)
    thumbnail: str | None = field(default=None, repr=False)
    faithfulness: MapFaithfulness | None = None

    @property
    def how(self) -> str:
        """The method, and where it looked."""
        return f"{self.method} at {self.layer}" if self.layer else self.method


@dataclass(frozen=True)
class ExplainedPicture(Result):
    """One image, and what the model looked at for each class that was explained.

    Args:
        id: Its name in its source.
        width: In pixels.
        height: In pixels.
        classes: Those that were explained, in the order in which they were asked for or are probable.
        notes: What else is to be said, in sentences.
        thumbnail: The image itself, a JPEG in base64; None where pictures were not wanted.
    """

    id: str
    width: int
    height: int
    classes: list[ExplainedClass]
    notes: list[str] = field(default_factory=list)
    thumbnail: str | None = field(default=None, repr=False)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class ExplanationSheet(StoredResult):
    """What a model looked at in some images.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        images: Those that were explained.
        count: How many images the sources hold.
        skipped: The first thousand images that could not be read.
        skipped_count: How many there were.
        notes: What of the card was assumed or guessed, how the images' source was read, what is covered on pictures.
    """

    FORMAT: ClassVar[str] = "lookoutcv.explanation_sheet"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "sheet of explanations"
    REMEDY: ClassVar[str] = "Give the JSON that `lookout explain -o` wrote."

    model: str
    sha256: str | None
    images: list[ExplainedPicture] = field(repr=False)
    count: int
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)
