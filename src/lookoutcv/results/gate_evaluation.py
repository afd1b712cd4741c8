"""How good a gate is on images that are known to be sharp or blurred; JSON: `gate_evaluation.schema.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.result import Result, StoredResult


@dataclass(frozen=True)
class GateShare(Result):
    """How many of some images were told rightly.

    Args:
        by: What they have in common: "all", "kind" (how they were blurred), "kind and strength", "nuisance", "scene".
        name: Which of those: "gaussian", "gaussian 2", "jpeg".
        sharp: Whether they are sharp.
        images: How many.
        right: Of them, told rightly.
        untold: Of them, neither: "cannot tell".
        low, high: Ends of the 95% interval of the share that is told rightly, of those that are told (Wilson); None
            where none is told.
    """

    by: str
    name: str
    sharp: bool
    images: int
    right: int
    untold: int
    low: float | None = None
    high: float | None = None

    @property
    def told(self) -> int:
        """Images with an answer."""
        return self.images - self.untold

    @property
    def share(self) -> float | None:
        """The share of those with an answer that is told rightly."""
        return self.right / self.told if self.told else None


@dataclass(frozen=True)
class CurvePoint(Result):
    """A point of a curve.

    Args:
        x: Along, 0 to 1.
        y: Upright, 0 to 1.
    """

    x: float
    y: float


@dataclass(frozen=True)
class WrongVerdict(Result):
    """An image that a gate told wrongly.

    Args:
        id: Its name in its source.
        sharp: Whether it is.
        score: Of sharpness.
        confidence: In the wrong label, .5 to 1.
        about: How it was blurred and what else was done to it, as its source says.
        thumbnail: JPEG bytes in base64; None where thumbnails were not wanted.
    """

    id: str
    sharp: bool
    score: float
    confidence: float
    about: str = ""
    thumbnail: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class RefusedBy(Result):
    """Sharp images that another judge than that of sharpness finds unfit.

    Args:
        judge: Its name.
        images: How many.
        reason: The first reason that it gave.
    """

    judge: str
    images: int
    reason: str


@only_known_keywords(types=False)
@dataclass(frozen=True)
class GateEvaluation(StoredResult):
    """How good a gate is.

    Args:
        gate: Its folder, or its variant's name.
        variant: What scores sharpness.
        data: What it was judged on.
        sharp, blurred: Images of each that were read.
        cut: The score at which sharp begins.
        cut_words: What the cut means for good images, in a sentence.
        accuracy: Share of right labels of images with one; None where there is none.
        answered: Share of images with a label, 0 to 1.
        auc: The chance that a sharp image scores higher than a blurred one; None without images of both.
        auc_low, auc_high: Ends of its 95% interval (DeLong).
        shares: How many were told rightly: of all sharp ones and all blurred ones first, then by what is known of them.
        roc: Shares of sharp images called blurred (x) and of blurred ones found (y).
        precision_recall: Share of blurred images found (x), and of images called blurred that are (y).
        refused: Sharp images that other judges find unfit.
        wrong: The wrong labels that the gate was surest of, the surest first.
        seen: Whether the gate was fitted on the same images, so that its figures are too good.
        chose_cut: Whether the same images chose its cut, so that the share of sharp ones that is refused is what was
            asked for; `cut_words` tells what it means for others.
        unlabelled: Images that nothing labels; they were left out.
        skipped: The first thousand images that could not be read.
        skipped_count: How many there were.
        notes: How the source was read, in sentences.
    """

    FORMAT: ClassVar[str] = "lookoutcv.gate_evaluation"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "evaluation of a gate"
    REMEDY: ClassVar[str] = "Give the JSON that `lookout gate evaluate -o` wrote."

    gate: str
    variant: str
    data: str
    sharp: int
    blurred: int
    cut: float
    cut_words: str
    accuracy: float | None
    answered: float
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    shares: list[GateShare] = field(repr=False)
    roc: list[CurvePoint] = field(default_factory=list, repr=False)
    precision_recall: list[CurvePoint] = field(default_factory=list, repr=False)
    refused: list[RefusedBy] = field(default_factory=list)
    wrong: list[WrongVerdict] = field(default_factory=list, repr=False)
    seen: bool = False
    chose_cut: bool = False
    unlabelled: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)

    def of_all(self, *, sharp: bool) -> GateShare | None:
        """All sharp or all blurred images; None where there are none."""
        return next((one for one in self.shares if one.by == "all" and one.sharp is sharp), None)
