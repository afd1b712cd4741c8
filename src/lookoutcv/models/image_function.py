"""A Python function of one image as a model: scores or a prediction out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lookoutcv.adapters import adapted
from lookoutcv.calls.option_names import card_settings
from lookoutcv.errors import InferenceFailed, UnknownResult, WrongCard
from lookoutcv.models.cards.card import Card
from lookoutcv.models.choose_head import choose_head, probe_of
from lookoutcv.models.input.framing import Framing, Pixels
from lookoutcv.models.predictor import Predictor
from lookoutcv.models.sight import Sight
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task

_TASKS: dict[type[Any], Task] = {
    Classification: "classification",
    Detections: "detection",
    Segmentation: "segmentation",
    Embedding: "embedding",
}
# What rounding to float32 leaves beyond 0 and 1.
_ROUNDING = 1e-4
_NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


class ImageFunction(Predictor):
    """A function that gets one image, (H, W, 3) uint8 upright RGB, and does the rest itself.

    Args:
        name: What messages call it.
        function: Returns a `Prediction`, what a library returns for an image (see `adapters`), or one output or a list
            of them for this image, which the card's head reads.
        user_card: The card as the user has it.
        sha256: Of the file it is in, in hexadecimal.
    Raises:
        WrongCard: The card does not fit.
        InferenceFailed: It fails on a picture of noise.
    """

    def __init__(self, name: str, function: Callable[[Pixels], Any], user_card: Card, sha256: str | None) -> None:
        super().__init__(name, sha256)
        self._function, self._user_card = function, user_card
        self._names = user_card.names or ()
        first = self._call(_NOISE)
        self._chosen_head = None
        self.notes = ()
        if type(first) in _TASKS:
            self.task, self.labels = _TASKS[type(first)], self._names
            if user_card.task not in (None, self.task):
                raise self._unfit(first)
            self.card = replace(user_card, task=self.task)
            self._checked(first)
            return
        names = user_card.names
        outputs = [output[None] for output in first]
        self._chosen_head = choose_head(user_card, probe_of(outputs, (), _NOISE.shape[:2], names), names, name)
        self.task, self.labels, self.notes = (
            self._chosen_head.head.task,
            self._chosen_head.labels,
            self._chosen_head.notes,
        )
        self.card = replace(user_card, task=self.task, head=self._chosen_head.as_card)

    @property
    def batch(self) -> int:
        """One: it takes one image."""
        return 1

    def with_card(self, card: Card) -> ImageFunction:
        """The same function under another card."""
        return ImageFunction(self.name, self._function, card, self.sha256)

    def sight(self, pixels: Pixels) -> Sight:
        """All of the image, as it is."""
        return Sight(pixels, _whole(pixels), None, self._predicted)

    def _predicted(self, images: Sequence[Pixels]) -> list[Prediction]:
        return [self._of(pixels) for pixels in images]

    def _of(self, pixels: Pixels) -> Prediction:
        output = self._call(pixels)
        if self._chosen_head is None:
            if _TASKS.get(type(output)) != self.task:
                raise self._unfit(output)
            return self._checked(output)
        if not isinstance(output, list):
            raise self._unfit(output)
        try:
            return self._chosen_head.head.read(
                [tensor[None] for tensor in output], [_whole(pixels)], self.labels, self._chosen_head.settings
            )[0]
        except (ValueError, IndexError) as reason:
            raise self._unfit(output) from reason

    def _call(self, pixels: Pixels) -> Any:
        try:
            returned = self._function(pixels)
        except Exception as reason:  # a user's function: anything may happen
            raise self._failed(pixels, f"{type(reason).__name__}: {reason}") from reason
        if type(returned) in _TASKS:
            return returned
        if isinstance(returned, list | tuple) and not returned:
            return self._nothing()
        if _of_a_library(returned):
            # Scores by the names of their classes name them.
            if not self._names and _scores_by_name(returned):
                self._names = tuple(returned)
            return self._adapted(returned)
        try:
            many = isinstance(returned, tuple | list) and len(returned) > 0 and not np.isscalar(returned[0])
            return [_array(output) for output in (returned if many else [returned]) if output is not None]
        except Exception as reason:  # whatever NumPy says of a stranger
            raise self._failed(pixels, f"{type(reason).__name__}: {reason}") from reason

    def _checked(self, prediction: Prediction) -> Prediction:
        """The same, where its confidences are such; NaN stands for none."""
        one = getattr(prediction, "confidence", np.nan)
        given = prediction.confidences if isinstance(prediction, Detections) else np.array([one], np.float32)
        beyond = given[(given < -_ROUNDING) | (given > 1 + _ROUNDING)]
        if len(beyond):
            reason = f"a confidence of {float(beyond[0]):g}, not within 0 to 1"
            raise InferenceFailed(
                f"{self.name} returned {reason}",
                "Return probabilities: percentages divided by 100, the sigmoid or softmax of logits.",
                model=self.name,
                reason=reason,
            )
        return prediction

    def _nothing(self) -> Prediction:
        """An empty list: of a detector, that it found nothing."""
        if "detection" in (self._user_card.task, getattr(self, "task", None)):
            return Detections.none()
        raise WrongCard(
            f"{self.name} returned an empty list, which may mean anything",
            "Where it is a detector that found nothing, write `task: detection` in the card: "
            f"{card_settings({'task': 'detection'})}.",
            model=self.name,
            key="task",
        )

    def _adapted(self, returned: Any) -> Prediction:
        try:
            return adapted(returned, self._user_card.task, self._names)
        except UnknownResult as reason:
            raise InferenceFailed(
                f"{self.name} returned what is no prediction: {reason.problem}",
                reason.remedy,
                model=self.name,
                reason=reason.problem,
            ) from reason

    def _failed(self, pixels: Pixels, why: str) -> InferenceFailed:
        return InferenceFailed(
            f"{self.name} failed on an image of shape {pixels.shape} ({why})",
            "Correct the function; it gets one image, (H, W, 3) uint8 RGB.",
            model=self.name,
            reason=why,
        )

    def _unfit(self, output: Any) -> WrongCard:
        returned = type(output).__name__ if type(output) in _TASKS else "arrays"
        return WrongCard(
            f"{self.name} returned {returned} that do not fit the task {getattr(self, 'task', None) or 'of its card'}",
            "Return the same kind of prediction for every image, the one that the card says.",
            model=self.name,
            key="task",
        )


def _whole(pixels: Pixels) -> Framing:
    size = (int(pixels.shape[0]), int(pixels.shape[1]))
    return Framing(size, size, 1.0, 1.0, 0.0, 0.0)


def _of_a_library(returned: Any) -> bool:
    """Whether an adapter may know it: mappings, lists of mappings, objects that are no arrays, words."""
    first = returned[0] if isinstance(returned, list | tuple) and len(returned) > 0 else returned
    if first is None or isinstance(first, list | tuple):
        return False
    return isinstance(first, Mapping | str) or not (np.isscalar(first) or hasattr(first, "__array__"))


def _scores_by_name(returned: Any) -> bool:
    return (
        isinstance(returned, Mapping)
        and len(returned) > 1
        and all(isinstance(name, str) and np.isscalar(score) for name, score in returned.items())
        and not any(isinstance(score, str) for score in returned.values())
    )


def _array(output: Any) -> Any:
    """Real numbers; a map of whole numbers stays one, for that it says of itself what it is."""
    array = np.asarray(output)
    whole = array.ndim > 1 and array.dtype.kind in "iub"
    return array.astype(np.int64 if whole else np.float32)
