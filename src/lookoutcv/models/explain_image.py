"""What a model looked at in one image: a map for each class, over the image as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import cv2
import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ExplanationError, MissingExtra
from lookoutcv.explanation.attribution import Attribution
from lookoutcv.explanation.drawing.heatmap import Explanation, Heatmap
from lookoutcv.explanation.explain_network import explain_network
from lookoutcv.explanation.explain_scores import explain_scores
from lookoutcv.explanation.faithfulness import measure_faithfulness
from lookoutcv.explanation.methods.base import registry
from lookoutcv.models.explained_subjects import Subject, overlap, subjects_of
from lookoutcv.models.input.framing import Framing, Pixels
from lookoutcv.models.sight import Sight
from lookoutcv.predictions import Classification, Detections, Prediction
from lookoutcv.progress import Progress

AUTO = "auto"
# The longer side of an image as it is shown.
SHOWN_PX = 640
_OF_A_NETWORK, _OF_SCORES = "grad_cam", "occlusion"


class Explainable(Protocol):
    """What is asked of a model here."""

    name: str
    labels: tuple[str, ...]

    def network(self) -> Any | None:
        """Its network as torch holds it; None where there is none.

        Raises:
            MissingExtra: There is one, and torch or timm is not installed.
        """
        ...

    def sight(self, pixels: Pixels) -> Sight:
        """What it sees of an image."""
        ...


@dataclass(frozen=True)
class Asked:
    """What is to be explained, and how.

    Args:
        classes: Names, or numbers in the order of the scores; None for the `top` most probable. Of a detector: numbers
            of objects in the order of the predictions, or names of classes.
        top: How many.
        method: A name from `lookout plugins`, or "auto": Grad-CAM where there is a network, else occlusion.
        layer: Of a network, by its name in `named_modules()`; None for the one that suits.
        layout: How that layer lies on the image, where that cannot be known.
        samples: Of a method that asks about variants of the image: how many.
        seed: Of what it draws at random.
        faithfulness: Also see whether removing what a map marks moves the score more than random maps do: some 300
            inferences for each.
    """

    classes: Sequence[str | int] | None = None
    top: int = 1
    method: str = AUTO
    layer: str | None = None
    layout: str | None = None
    samples: int | None = None
    seed: int = 0
    faithfulness: bool = False

    @property
    def of_a_layer(self) -> bool:
        """Whether something is said of a layer, which only networks have."""
        return self.layer is not None or self.layout is not None


def explain_image(
    model: Explainable, pixels: Pixels, prediction: Prediction, asked: Asked, progress: Progress | None = None
) -> Explanation:
    """What a model looked at when it predicted.

    Args:
        model: It.
        pixels: (H, W, 3) uint8 RGB.
        prediction: What it said of them.
        asked: What is to be explained.
        progress: Called as `progress(done, total)` of the inferences for a map.
    Raises:
        ExplanationError: The model gives no classes, there is no such class, object, method or layer, or the method
            needs a network that the model does not have.
        UnknownPlugin: There is no such method.
        MissingExtra: The method needs torch.
    """
    if asked.classes is not None and asked.top != 1:
        raise ExplanationError(
            f"{option('classes')} names what is explained, and {option('top')} would choose it",
            "Give one of them.",
            reason="chosen twice",
        )
    subjects = subjects_of(model.name, model.labels, prediction, asked.classes, asked.top)
    picture = shown(pixels)
    method, network, note = _method(model, prediction, asked)
    asked, sight = replace(asked, method=method), model.sight(pixels)
    if network is None:
        found = [_by_scores(sight, subject, asked, progress) for subject in subjects]
    else:
        found = _by_network(network, sight.tensor, subjects, asked)
    if asked.faithfulness:
        found = [
            measure_faithfulness(
                _scores(sight, subject), sight.pixels, one, class_index=_index(subject), seed=asked.seed
            )
            if one.usable
            else one
            for subject, one in zip(subjects, found, strict=True)
        ]
    maps = [
        _heatmap(one, attribution, sight.framing, picture) for one, attribution in zip(subjects, found, strict=True)
    ]
    return Explanation(picture, (pixels.shape[0], pixels.shape[1]), prediction, tuple(maps), note)


def _method(model: Explainable, prediction: Prediction, asked: Asked) -> tuple[str, Any | None, tuple[str, ...]]:
    """Its name, the network that it looks at (None where it asks), and what is to be said of the choice."""
    if asked.method != AUTO and registry.get(asked.method).needs == "scores":
        if asked.of_a_layer:
            unheard = option("layer" if asked.layer is not None else "layout")
            raise ExplanationError(
                f"{asked.method} looks at no layer", f"Leave {unheard} out.", reason="no layer is looked at"
            )
        return asked.method, None, ()
    try:
        network = None if isinstance(prediction, Detections) else model.network()
    except MissingExtra as missing:
        if asked.method != AUTO or asked.of_a_layer:
            raise
        return _OF_SCORES, None, (f"Occlusion was taken, since Grad-CAM needs more: {missing.problem}.",)
    if network is not None:
        chosen = _OF_A_NETWORK if asked.method == AUTO else asked.method
        if asked.samples is not None:
            raise ExplanationError(
                f"{option('samples')} is how many variants of an image are asked about, and {chosen} looks at a layer",
                f"Leave it out, or give {option('method', _OF_SCORES)}.",
                reason="no variants are asked about",
            )
        return chosen, network, ()
    if asked.method == AUTO and not asked.of_a_layer:
        return _OF_SCORES, None, ()
    usable = " or ".join(one.name for one in registry if one.needs == "scores")
    wanted = f"{asked.method} looks at layers" if asked.method != AUTO else "layers can be chosen of a network only"
    kind = "a detector" if isinstance(prediction, Detections) else "a model of which only the answers are known"
    raise ExplanationError(
        f"{wanted}, and {model.name} is {kind}",
        f"Take {usable}; of classifiers, packages of `lookout train` and networks of torch have layers.",
        reason="no network",
    )


def _by_network(network: Any, tensor: Any, subjects: Sequence[Subject], asked: Asked) -> list[Attribution]:
    import torch  # noqa: PLC0415

    place = next((one.device for one in network.parameters()), torch.device("cpu"))
    batch = torch.as_tensor(np.ascontiguousarray(tensor)).to(place).repeat(len(subjects), 1, 1, 1)
    numbers = [one.number for one in subjects]
    names = [one.label for one in subjects]
    return explain_network(
        network, batch, numbers, method=asked.method, layer=asked.layer, layout=asked.layout, names=names
    )


def _by_scores(sight: Sight, subject: Subject, asked: Asked, progress: Progress | None) -> Attribution:
    return explain_scores(
        _scores(sight, subject),
        sight.pixels,
        _index(subject),
        method=asked.method,
        seed=asked.seed,
        samples=asked.samples,
        progress=progress,
        name=subject.label,
    )


def _scores(sight: Sight, subject: Subject) -> Callable[[Any], Any]:
    return _scores_of_classes(sight) if subject.box is None else _scores_of(subject, sight)


def _index(subject: Subject) -> int:
    """Which of those scores is its own."""
    return subject.number if subject.box is None else 0


def _scores_of_classes(sight: Sight) -> Callable[[Any], Any]:
    def scores(variants: Any) -> Any:
        found = [one.scores for one in sight.predict(variants) if isinstance(one, Classification)]
        return np.stack([scores for scores in found if scores is not None])

    return scores


def _scores_of(subject: Subject, sight: Sight) -> Callable[[Any], Any]:
    """How much of an object is still found: the largest overlap times confidence of its class.

    Source: Petsiuk et al. 2021, Black-box explanation of object detectors via saliency maps (D-RISE), there with the
    similarity of all classes' probabilities, which not all detectors give.
    """
    framing = sight.framing
    corner = np.array([framing.left, framing.top] * 2)
    box = np.asarray(subject.box, np.float64) * np.array([framing.sx, framing.sy] * 2) + corner

    def score(one: Prediction) -> float:
        assert isinstance(one, Detections)
        same = np.array([label == subject.label for label in one.labels], bool)
        overlaps = overlap(np.asarray(one.boxes, np.float64).reshape(-1, 4), box)
        return float((overlaps * np.nan_to_num(one.confidences) * same).max(initial=0.0))

    return lambda variants: np.array([[score(one)] for one in sight.predict(variants)])


def _heatmap(subject: Subject, attribution: Attribution, framing: Framing, shown: Pixels) -> Heatmap:
    values = framing.plane_in_image(attribution.values, (shown.shape[0], shown.shape[1]))
    return Heatmap(subject.label, subject.score, values, attribution, subject.number)


def shown(pixels: Pixels) -> Pixels:
    """An image as it is shown: no larger than `SHOWN_PX` on a side.

    Args:
        pixels: (H, W, 3) uint8 RGB.
    """
    factor = SHOWN_PX / max(pixels.shape[:2])
    if factor >= 1:
        return pixels.copy()
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
