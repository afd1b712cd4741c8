"""A Python function of one image as a model: scores or a prediction out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lookoutcv.errors import InferenceFailed, WrongCard
from lookoutcv.models.cards.card import Card
from lookoutcv.models.choose_head import choose_head, probe_of
from lookoutcv.models.input.framing import Framing, Pixels
from lookoutcv.models.predictor import Predictor
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task

_TASKS: dict[type[Any], Task] = {
    Classification: "classification",
    Detections: "detection",
    Segmentation: "segmentation",
    Embedding: "embedding",
}
_NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


class ImageFunction(Predictor):
    """A function that gets one image, (H, W, 3) uint8 upright RGB, and does the rest itself.

    Args:
        name: What messages call it.
        function: Returns a `Prediction`, or one output or a list of them for this image, which the card's head reads.
        user_card: The card as the user has it.
        sha256: Of the file it is in, in hexadecimal.
    Raises:
        WrongCard: The card does not fit.
        InferenceFailed: It fails on a picture of noise.
    """

    def __init__(self, name: str, function: Callable[[Pixels], Any], user_card: Card, sha256: str | None) -> None:
        super().__init__(name, sha256)
        self._function = function
        first = self._call(_NOISE)
        self._chosen_head = None
        self.notes = ()
        if type(first) in _TASKS:
            self.task, self.labels = _TASKS[type(first)], user_card.names or ()
            if user_card.task not in (None, self.task):
                raise self._unfit(first)
            self.card = replace(user_card, task=self.task)
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

    def _predicted(self, images: Sequence[Pixels]) -> list[Prediction]:
        return [self._of(pixels) for pixels in images]

    def _of(self, pixels: Pixels) -> Prediction:
        output = self._call(pixels)
        if self._chosen_head is None:
            if _TASKS.get(type(output)) != self.task:
                raise self._unfit(output)
            return output  # type: ignore[no-any-return]  # one of the four, as was just seen
        if not isinstance(output, list):
            raise self._unfit(output)
        size = (int(pixels.shape[0]), int(pixels.shape[1]))
        framing = Framing(size, size, 1.0, 1.0, 0.0, 0.0)
        try:
            return self._chosen_head.head.read(
                [tensor[None] for tensor in output], [framing], self.labels, self._chosen_head.settings
            )[0]
        except (ValueError, IndexError) as reason:
            raise self._unfit(output) from reason

    def _call(self, pixels: Pixels) -> Any:
        try:
            returned = self._function(pixels)
            if type(returned) in _TASKS:
                return returned
            many = isinstance(returned, tuple | list) and len(returned) > 0 and not np.isscalar(returned[0])
            return [_array(output) for output in (returned if many else [returned]) if output is not None]
        except Exception as reason:  # a user's function: anything may happen
            raise InferenceFailed(
                f"{self.name} failed on an image of shape {pixels.shape} ({type(reason).__name__}: {reason})",
                "Correct the function; it gets one image, (H, W, 3) uint8 RGB.",
                model=self.name,
                reason=str(reason),
            ) from reason

    def _unfit(self, output: Any) -> WrongCard:
        returned = type(output).__name__ if type(output) in _TASKS else "arrays"
        return WrongCard(
            f"{self.name} returned {returned} that do not fit the task {getattr(self, 'task', None) or 'of its card'}",
            "Return the same kind of prediction for every image, the one that the card says.",
            model=self.name,
            key="task",
        )


def _array(output: Any) -> Any:
    """Real numbers; a map of whole numbers stays one, for that it says of itself what it is."""
    array = np.asarray(output)
    whole = array.ndim > 1 and array.dtype.kind in "iub"
    return array.astype(np.int64 if whole else np.float32)
