"""How good a detector is on images with marked objects; `detection_evaluation.schema.json` describes its JSON form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.accuracy.true_detection import ClassPrecision
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.result import Result, StoredResult


@dataclass(frozen=True)
class ImageErrors(Result):
    """What a detector did wrong on one image, at an overlap of .5.

    Args:
        id: The image within its source.
        objects: True objects.
        missed: Of these, how many no box found.
        false: Boxes that found none.
        doubt: 1 for each missed object, the confidence of each false box, and what that of each right one lacks to 1.
        thumbnail: JPEG bytes in base64; None where thumbnails were not wanted or the image is not at hand.
    """

    id: str
    objects: int
    missed: int
    false: int
    doubt: float
    thumbnail: str | None = field(default=None, repr=False)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class DetectionEvaluation(StoredResult):
    """A detector on images with marked objects, by COCO's rules.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        images: Images whose objects are marked and that have predictions: what all figures rest on.
        objects: True objects of classes that the model has, crowds not counted.
        map: Mean average precision over overlaps of .5 to .95, over the classes that have objects, 0 to 1.
        map50: The same at an overlap of .5.
        classes: Average precision, precision and recall of each class that has objects.
        worst: The images on which most is wrong, the worst first; 20 at most.
        unlabelled: Images whose objects nobody marked; these were left out.
        unpredicted: Images that imported predictions say nothing of; these were left out.
        unknown_labels: Labels that the model does not have, with their objects; these were left out.
        never_true: Classes that the model found and no image has, with their boxes: they lower no figure.
        undefined: Images for which the model gave confidences that are not numbers.
        skipped: The first thousand images that could not be read.
        skipped_count: How many there were.
        notes: What of the card was assumed or guessed, how the images' source was read, and what of it is not used.
    """

    FORMAT: ClassVar[str] = "lookoutcv.detection_evaluation"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "evaluation of a detector"
    REMEDY: ClassVar[str] = "Give the JSON that `lookout evaluate -o` wrote of a detector."

    model: str
    sha256: str | None
    images: int
    objects: int
    map: float
    map50: float
    classes: list[ClassPrecision] = field(repr=False)
    worst: list[ImageErrors] = field(default_factory=list, repr=False)
    unlabelled: int = 0
    unpredicted: int = 0
    unknown_labels: dict[str, int] = field(default_factory=dict)
    never_true: dict[str, int] = field(default_factory=dict)
    undefined: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    notes: list[str] = field(default_factory=list)
