"""A model that is ready: images in, predictions out."""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import RuntimeDied, UsageError
from lookoutcv.images import read
from lookoutcv.models.cards.card import Card
from lookoutcv.models.input.framing import Pixels
from lookoutcv.models.sight import Sight
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Task
from lookoutcv.progress import Progress

if TYPE_CHECKING:
    from lookoutcv.explanation.drawing.heatmap import Explanation


@only_known_keywords()
class Predictor(ABC):
    """A model with its card. Made by `open_model`. Threads may share a model of tensors: they take turns.

    Args:
        name: What messages call it: its path.
        sha256: Of the model's file, in hexadecimal; None for a function.
    """

    card: Card
    """The card, complete but for labels that the file holds."""
    task: Task
    """What the model is for."""
    labels: tuple[str, ...]
    """One name a class; empty for embeddings."""
    notes: tuple[str, ...]
    """What was assumed or guessed, in sentences; empty where the card says it all."""

    def __init__(self, name: str, sha256: str | None) -> None:
        self.name = name
        self.sha256 = sha256
        self.undefined = 0

    @property
    @abstractmethod
    def batch(self) -> int:
        """How many images are run at once."""

    @abstractmethod
    def with_card(self, card: Card) -> Predictor:
        """The same opened model under another card.

        Raises:
            WrongCard: It does not fit.
        """

    @abstractmethod
    def _predicted(self, images: Sequence[Pixels]) -> list[Prediction]:
        """Predictions of at most `batch` images."""

    @abstractmethod
    def sight(self, pixels: Pixels) -> Sight:
        """What the model sees of an image."""

    def network(self) -> Any | None:
        """The same model as a network of torch, in eval mode; None where there is none.

        Raises:
            MissingExtra: There is one, and torch or timm is not installed.
        """
        return None

    @overload
    def predict(self, images: Any, *, top: int = 1, explain: Literal[False] = False) -> list[Prediction]: ...

    @overload
    def predict(self, images: Any, *, top: int = 1, explain: Literal[True]) -> list[Explanation]: ...

    def predict(self, images: Any, *, top: int = 1, explain: bool = False) -> list[Prediction] | list[Explanation]:
        """What the model says of images.

        Args:
            images: Any number of them, in a list or as a generator gives them, or one alone. Each is an array,
                (H, W, 3) uint8 upright RGB, of any size; or what `lookoutcv.images.read` takes: a path or a PIL image,
                which is turned upright.
            top: With `explain`, of how many of the most probable classes.
            explain: Also what it looked at: see `explain`, which can be told more.
        Returns:
            One prediction an image, in order. Where scores are not numbers, the confidence is NaN; `undefined` counts
            such images. With `explain` an `Explanation` an image, which holds its prediction.
        Raises:
            ShapeMismatch: One is no image.
            ImageError, SourceError: One cannot be read.
            InferenceFailed: The runtime failed.
            WrongCard: The outputs are not what the card says.
            ExplanationError: There is nothing to explain.
        """
        if explain:
            return self.explain(images, top=top)
        if top != 1:
            raise UsageError(
                f"top={top} is how many classes are explained, and nothing is to be",
                "Give explain=True; all scores of a prediction are in `scores`, the best of them in `top(k, labels)`.",
                key="top",
            )
        return self._all_predicted(images)

    def explain(
        self,
        images: Any,
        *,
        classes: Sequence[str | int] | str | int | None = None,
        top: int = 1,
        method: str = "auto",
        layer: str | None = None,
        layout: str | None = None,
        samples: int | None = None,
        seed: int = 0,
        faithfulness: bool = False,
        progress: Progress | None = None,
    ) -> list[Explanation]:
        """What the model looked at in images: a map for each class, over the image.

        Args:
            images: As for `predict`.
            classes: Names, or numbers in the order of the scores; None for the `top` most probable. Of a detector:
                numbers of objects in the order of its predictions, or names of classes, each for its surest object.
            top: How many.
            method: A name from `lookout plugins`; "auto" takes Grad-CAM where the model has a network of torch, as
                packages of `lookout train` do, and occlusion elsewhere, which asks the model some 200 times.
            layer: Of the network, by its name in `named_modules()`; None for the one that suits.
            layout: How that layer lies on the image, where that cannot be known: "NCHW", "NHWC", "tokens:1".
            samples: Of a method that asks about variants of the image: how many of them.
            seed: Of what such a method draws at random.
            faithfulness: Also see whether removing what a map marks moves the score more than random maps do: some 300
                inferences for each, told in `heatmap.attribution.faithfulness` and in its notes.
            progress: Called as `progress(done, total)` of those variants, for each map.
        Returns:
            An `Explanation` an image, in order: `prediction`, `heatmaps`, `pixels` as they are shown.
        Raises:
            ExplanationError: It gives no scores of classes; or there is no such class, object or layer; or the method
                needs a network, and the model has none.
            UnknownPlugin: There is no such method.
            MissingExtra: The method needs torch or timm, which is not installed.
        Example:
            >>> import numpy as np
            >>> import lookoutcv as lo
            >>> def bright_left(pixels):
            ...     share = pixels[:, :16].mean() / 255
            ...     return [share, 1 - share]
            >>> model = lo.open_model(bright_left, {"labels": ["left", "right"], "head": "softmax"})
            >>> picture = np.zeros((32, 32, 3), np.uint8)
            >>> picture[8:24, 2:12] = 255
            >>> found = model.explain(picture, classes="left")[0].heatmap
            >>> found.label, bool(found.values[:, :16].mean() > 5 * found.values[:, 20:].mean())
            ('left', True)
        """
        # Whoever only predicts need not wait for what explains to be imported.
        from lookoutcv.models.explain_image import Asked, explain_image  # noqa: PLC0415

        if isinstance(classes, str | int):
            classes = [classes]
        asked = Asked(classes, top, method, layer, layout, samples, seed, faithfulness)
        # One at a time: no image is held longer than its map takes.
        return [
            explain_image(self, pixels, self._all_predicted([pixels])[0], asked, progress)
            for pixels in map(_pixels, _each(images))
        ]

    def _all_predicted(self, images: Any) -> list[Prediction]:
        waiting = iter(_each(images))
        predictions: list[Prediction] = []
        while batch := [_pixels(image) for image in islice(waiting, self.batch)]:
            predictions += self._predicted(batch)
        self.undefined += sum(map(is_undefined, predictions))
        return predictions

    def predict_each(self, images: Sequence[Pixels]) -> list[Prediction | RuntimeDied]:
        """What the model says of images, where some may be its end: in their place stands what happened.

        Args:
            images: As for `predict`. Where its runtime dies of them, they are asked again one by one.
        Raises:
            ModelError: As `predict`; also where it died too often.
        """
        try:
            return list(self.predict(images))
        except RuntimeDied as death:
            return [death] if len(images) == 1 else [one for image in images for one in self.predict_each([image])]


def _each(images: Any) -> Iterable[Any]:
    """Several images, or one alone as several."""
    # An array of four axes is several images, too.
    alone = (images.ndim in (2, 3)) if isinstance(images, np.ndarray) else not isinstance(images, Iterable)
    return [images] if alone or isinstance(images, str | bytes | os.PathLike) else images


def _pixels(image: Any) -> Pixels:
    """Arrays are taken as they are: whoever has one knows how it was read."""
    return image if isinstance(image, np.ndarray) else read(image).pixels


def is_undefined(prediction: Prediction) -> bool:
    """Whether a model gave no numbers for an image: a confidence or its embedding is NaN or infinite.

    Example:
        >>> is_undefined(Classification("cat", float("nan"))), is_undefined(Classification("cat", 0.5))
        (True, False)
    """
    if isinstance(prediction, Classification):
        return math.isnan(prediction.confidence)
    if isinstance(prediction, Detections):
        return bool(np.isnan(prediction.confidences).any())
    return isinstance(prediction, Embedding) and not bool(np.isfinite(prediction.vector).all())
