"""Search how a detector wants its images: by marked objects, else by what it finds in mirror images, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from lookoutcv.errors import ModelError
from lookoutcv.inference.input_search import InputSearch, InputTrial, ranked
from lookoutcv.inference.labelled_images import LabelledImage, LabelledImages
from lookoutcv.inference.mirror_agreement import agreement, brought_to, mirrored
from lookoutcv.inference.named_objects import NamedObjects
from lookoutcv.models import Predictor
from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.input_variants import detector_variants
from lookoutcv.predictions import Detections
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.progress import Progress, begin_stage
from lookoutcv.scores import DetectionAccumulator, score_detections
from lookoutcv.sources import ImageRef

# All inputs are tried on a few images, and the best few of them on all: with 30 inputs and 200 images 2,120 predictions
# instead of 6,000. Chosen on 60 webcam images and a YOLOX: the input that is best on all of them is among the best 6 on
# 24 of them in 99 of 100 draws, on 12 in 94.
FEW, FINALISTS = 24, 6
# Images are held decoded, so that each is decoded once for all inputs: 24 photographs of 3.5 megapixels.
_MOST_BYTES = 256 * 2**20
_ANY = "object"


class _Score(Protocol):
    """What counts, over images as they come."""

    def add(self, images: Sequence[LabelledImage], model: Predictor) -> None:
        """Count more images."""

    def trial(self, name: str, card_input: Input) -> InputTrial:
        """What came out."""


def search_input(
    predictor: Predictor, images: LabelledImages, progress: Progress | None = None
) -> tuple[InputSearch, list[LabelledImage]]:
    """Try a detector under inputs that people mix up.

    Args:
        predictor: The detector under its card.
        images: At most so many as the best inputs are to be tried on. Where objects are marked, only those that
            somebody looked at count.
        progress: Called as `progress(done, total)` with how many predictions were made.
    Returns:
        What came out, and some of the images.
    Raises:
        ModelError: It fails under its card.
        NoImages: There is no image.
    """
    names = images.marked_names
    score = _score_of(predictor, names)
    if names:
        images.only = _looked_at
    # A model of its own preparation, a function of one image, has no input to vary.
    varied = predictor.card.input.size is not None
    assumed = any(note.startswith("input.layout ") for note in predictor.notes)
    variants = detector_variants(predictor.card.input, layout=assumed) if varied else []
    inputs = {"the card": predictor.card.input, **dict(variants)}
    few = replace(images, most=FEW, only=_with_objects if names else None)
    first = _Round(predictor, score, progress, f"Trying {len(inputs)} inputs")
    trials = ranked(first.run(inputs, few))
    if not varied or images.expected > few.expected:
        inputs = {trial.name: trial.input for trial in trials[: FINALISTS + 1]}
        last = _Round(predictor, score, progress, f"Trying the best {len(inputs)} inputs", first.failed)
        finalists, others = ranked(last.run(inputs, images)), trials[FINALISTS + 1 :]
    else:
        last, finalists, others = first, trials, ()
        images.skipped, images.marked = few.skipped, few.marked
    marks = last.objects if names else 0
    classes = bool(names) and _known(predictor, names)
    failed = tuple(last.failed.items())
    return InputSearch("map" if names else "agreement", marks, classes, finalists, others, failed), first.examples


def _looked_at(ref: ImageRef) -> bool:
    return ref.objects is not None


def _with_objects(ref: ImageRef) -> bool:
    return ref.objects is not None and len(ref.objects.labels) > 0


def _known(predictor: Predictor, names: Iterable[str]) -> bool:
    places = LabelPlaces(predictor.labels)
    return any(places.of(name) is not None for name in names)


def _score_of(predictor: Predictor, names: frozenset[str]) -> Callable[[], _Score]:
    if not names:
        return _Agreement
    known = _known(predictor, names)
    return lambda: _Precision(NamedObjects(LabelPlaces(predictor.labels)) if known else None)


class _Round:
    """Inputs tried on the same images."""

    def __init__(
        self,
        predictor: Predictor,
        score: Callable[[], _Score],
        progress: Progress | None,
        stage: str,
        failed: Mapping[str, str] | None = None,
    ) -> None:
        self.objects = 0
        self.examples: list[LabelledImage] = []
        self.failed = dict(failed or {})
        self._predictor, self._score, self._progress, self._stage = predictor, score, progress, stage

    def run(self, inputs: Mapping[str, Input], source: LabelledImages) -> list[InputTrial]:
        begin_stage(self._progress, self._stage)
        scores = {name: self._score() for name in inputs}
        done, total = 0, len(inputs) * source.expected
        for images in _held(source):
            self.examples = self.examples or images
            self.objects += sum(len(image.objects.labels) for image in images if image.objects is not None)
            for name, card_input in inputs.items():
                if name not in self.failed:
                    self._ask(name, card_input, scores[name], images)
                done += len(images)
                if self._progress is not None:
                    self._progress(done, total)
        return [scores[name].trial(name, how) for name, how in inputs.items() if name not in self.failed]

    def _ask(self, name: str, card_input: Input, score: _Score, images: Sequence[LabelledImage]) -> None:
        card = self._predictor.card
        if card_input == card.input:
            score.add(images, self._predictor)
            return
        try:
            # Opened for a while only: each holds room for a batch.
            score.add(images, self._predictor.with_card(replace(card, input=card_input)))
        except ModelError as error:
            self.failed[name] = str(error)


def _held(source: LabelledImages) -> Iterator[list[LabelledImage]]:
    """Images in lists of at most `_MOST_BYTES`."""
    held: list[LabelledImage] = []
    room = _MOST_BYTES
    for (image,) in source.batches(1):
        if held and image.pixels.nbytes > room:
            yield held
            held, room = [], _MOST_BYTES
        held.append(image)
        room -= image.pixels.nbytes
    yield held


class _Precision:
    """By marked objects."""

    def __init__(self, names: NamedObjects | None) -> None:
        self._names = names
        self._all = DetectionAccumulator()
        self._each: list[float] = []

    def add(self, images: Sequence[LabelledImage], model: Predictor) -> None:
        for image, found in zip(images, model.predict([image.pixels for image in images]), strict=True):
            assert isinstance(found, Detections)
            truth, predicted = self._named(image, found)
            self._all.add(truth, predicted)
            self._each.append(score_detections([truth], [predicted]).map)

    def trial(self, name: str, card_input: Input) -> InputTrial:
        score = self._all.scores().map
        return InputTrial(name, card_input, len(self._each), 0.0 if np.isnan(score) else score, np.array(self._each))

    def _named(self, image: LabelledImage, found: Detections) -> tuple[Detections, Detections]:
        if self._names is not None:
            return self._names.truth(image), self._names.predicted(found)
        assert image.objects is not None
        height, width = image.pixels.shape[:2]
        true = image.objects.in_pixels(width, height)
        return (
            Detections(true.boxes, (_ANY,) * len(true.labels), true.confidences),
            Detections(found.boxes, (_ANY,) * len(found), found.confidences),
        )


class _Agreement:
    """By what is found in a picture and in its mirror image, less what is found in the picture before, too.

    A model under a wrong input may find the same at the same place of every picture: that is no agreement.
    """

    def __init__(self) -> None:
        self._each: list[float] = []
        self._before: tuple[Detections, tuple[int, int]] | None = None

    def add(self, images: Sequence[LabelledImage], model: Predictor) -> None:
        found = model.predict([image.pixels for image in images])
        again = model.predict([np.ascontiguousarray(image.pixels[:, ::-1]) for image in images])
        for image, one, turned in zip(images, found, again, strict=True):
            assert isinstance(one, Detections)
            assert isinstance(turned, Detections)
            size = (int(image.pixels.shape[0]), int(image.pixels.shape[1]))
            of_any = 0.0 if self._before is None else agreement(one, brought_to(*self._before, size))
            back = mirrored(turned, size[1])
            self._each.append(agreement(one, back) - of_any)
            self._before = (back, size)

    def trial(self, name: str, card_input: Input) -> InputTrial:
        score = float(np.mean(self._each)) if self._each else 0.0
        return InputTrial(name, card_input, len(self._each), score, np.array(self._each))
