"""Search how a detector wants its images: by marked objects, else by what it finds in mirror images, too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Literal, Protocol

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
# Shorter ones are not announced.
_LONG_SECONDS = 120.0
_log = logging.getLogger(__name__)


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
        KeyboardInterrupt: It was stopped before two inputs could be compared; later, what was found by then is given.
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
    later = min(len(inputs), FINALISTS + 1) * images.expected if images.expected > few.expected else 0
    first = _Round(predictor, score, progress, f"Trying {len(inputs)} inputs", later=later)
    found = first.run(inputs, few)
    if not found:  # stopped before two could be compared
        raise KeyboardInterrupt
    trials = ranked(found)
    untried = len(inputs) - len(trials) - len(first.failed)
    last, finalists = first, trials
    others: tuple[InputTrial, ...] = ()
    if not first.stopped and (not varied or later):
        best = {trial.name: trial.input for trial in trials[: FINALISTS + 1]}
        last = _Round(predictor, score, progress, f"Trying the best {len(best)} inputs", first.failed)
        if final := last.run(best, images):
            finalists = ranked(final)
            tried = {trial.name for trial in finalists}
            others = tuple(trial for trial in trials if trial.name not in tried | last.failed.keys())
        else:
            first.stopped, last = True, first
    if last is first:
        images.skipped, images.marked = few.skipped, few.marked
    marks = last.objects if names else 0
    classes = bool(names) and _known(predictor, names)
    failed = tuple(last.failed.items())
    compared = trials if others else ()
    by: Literal["map", "agreement"] = "map" if names else "agreement"
    search = InputSearch(by, marks, classes, finalists, others, failed, compared, untried, last.stopped)
    return search, first.examples


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
        *,
        later: int | None = None,
    ) -> None:
        self.objects = 0
        self.stopped = False
        self._later = later
        self.examples: list[LabelledImage] = []
        self.failed = dict(failed or {})
        self._predictor, self._score, self._progress, self._stage = predictor, score, progress, stage

    def run(self, inputs: Mapping[str, Input], source: LabelledImages) -> list[InputTrial]:
        """What came out under each; where Ctrl-C stops it, of those that were tried on as many images as the card, and
        nothing where that is the card alone.
        """
        begin_stage(self._progress, self._stage)
        scores = {name: self._score() for name in inputs}
        try:
            self._try_all(inputs, source, scores)
        except KeyboardInterrupt:
            self.stopped = True
        trials = [scores[name].trial(name, how) for name, how in inputs.items() if name not in self.failed]
        if self.stopped:
            trials = [trial for trial in trials if trial.images == trials[0].images > 0]
        return trials if len(trials) > 1 or not self.stopped else []

    def _try_all(self, inputs: Mapping[str, Input], source: LabelledImages, scores: Mapping[str, _Score]) -> None:
        done, total, start = 0, len(inputs) * source.expected, monotonic()
        for images in _held(source):
            self.examples = self.examples or images
            self.objects += sum(len(image.objects.labels) for image in images if image.objects is not None)
            for name, card_input in inputs.items():
                if name not in self.failed:
                    self._ask(name, card_input, scores[name], images)
                if self._later is not None and not done:
                    self._tell((monotonic() - start) / len(images) * (total + self._later - len(images)))
                done += len(images)
                if self._progress is not None:
                    self._progress(done, total)

    def _tell(self, left: float) -> None:
        if left >= _LONG_SECONDS:
            _log.warning(
                "trying the model under other inputs will take about %.0f minutes; Ctrl-C stops it, and what was found "
                "by then is kept",
                left / 60,
            )

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
