"""What a model looked at in images."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, ExplanationError, RuntimeDied
from lookoutcv.explanation.drawing.heatmap import Explanation, Pixels
from lookoutcv.files.outputs import check_output
from lookoutcv.images import Limits
from lookoutcv.inference.explaining.explanations import ExplainedImage, Explanations, kind_of
from lookoutcv.inference.labelled_images import LabelledImages, targets_of
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.measuring.redaction import Redaction, redaction
from lookoutcv.models import CardLike, Predictor
from lookoutcv.models.card_files import card_files
from lookoutcv.models.explain_image import AUTO, shown
from lookoutcv.models.explained_subjects import NOT_IN_THIS_IMAGE
from lookoutcv.progress import Progress
from lookoutcv.sources.input_paths import input_paths

# A sheet of more is not looked at, and a map with its picture holds megabytes.
MOST_IMAGES = 100
_UNCOVERED = "It is not shown: what is to be covered on it could not be looked for."


@only_known_keywords()
def explain(
    model: str | os.PathLike[str] | Callable[..., Any] | Predictor,
    images: Any,
    *,
    classes: Sequence[str | int] | str | int | None = None,
    top: int = 1,
    method: str = AUTO,
    layer: str | None = None,
    layout: str | None = None,
    samples: int | None = None,
    seed: int = 0,
    faithfulness: bool = False,
    sample: int = MOST_IMAGES,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    card: CardLike = None,
    device: str = "cpu",
    trust: bool = False,
    strict: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    thumbnails: bool = True,
    redact: str | Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Explanations:
    """What a model looked at in images: for each class a map of how much each place counts.

    Args:
        model: What `open_model` takes, or what it gave. Of packages of `lookout train` and of networks of torch a layer
            can be looked at; of all others only the answers are known.
        images: An image, a folder, an archive, a sequence; or several paths of such.
        classes: Names, or numbers in the order of the scores; None for the `top` most probable of each image. Of a
            detector: numbers of objects in the order of its predictions, or names of classes, each for its surest
            object.
        top: How many.
        method: A name from `lookout plugins`; "auto" takes Grad-CAM where there is a network, and occlusion elsewhere,
            which asks the model some 200 times for a map.
        layer: Of the network, by its name in `named_modules()`; None for the one that suits.
        layout: How that layer lies on the image, where that cannot be known: "NCHW", "NHWC", "tokens:1".
        samples: Of a method that asks about variants of the image: how many of them.
        seed: Of what such a method draws at random.
        faithfulness: Also see whether removing what a map marks moves the score more than random maps do: some 300
            inferences for each.
        sample: At most so many images, evenly spread over all.
        output: Write a picture of all maps (.png), or the maps (.npy, .npz), there.
        force: Replace a file that lies there and is none of these, too.
        card: As for `open_model`; means nothing for a model that is open already.
        device: "cpu", "cuda" or "cuda:1".
        trust: As for `open_model`.
        strict: Stop at the first image that cannot be read, instead of skipping and naming it.
        max_pixels, max_bytes: Skip images with more pixels and files with more bytes; None for the limits of `measure`.
        thumbnails: Keep pictures in what `sheet` gives.
        redact: Cover on pictures: as for `monitor`.
        progress: Called as `progress(done, total)`, of the images.
    Returns:
        `Explanations`: an item an image, with `save`, `picture`, `values`, and `sheet()` for `lo.render`.
    Raises:
        ModelError: The model or its card cannot be used, or it fails.
        ExplanationError: It gives no scores of classes; or there is no such class, object or layer; or the method needs
            a network, and the model has none.
        UnknownPlugin: There is no such method.
        MissingExtra: The method needs torch or timm, which is not installed.
        SourceNotFound, NoImages: There is no image.
        OutputUnwritable: The file cannot be written there.
    Example:
        >>> import numpy as np
        >>> def bright_left(pixels):
        ...     share = pixels[:, :16].mean() / 255
        ...     return [share, 1 - share]
        >>> picture = np.zeros((32, 32, 3), np.uint8)
        >>> picture[8:24, 2:12] = 255
        >>> card = {"labels": ["left", "right"], "head": "softmax"}
        >>> found = explain(bright_left, picture, classes="left", card=card)
        >>> y, x = np.unravel_index(np.nanargmax(found.values[0, 0]), (32, 32))
        >>> bool(8 <= y < 24 and 2 <= x < 12), found.picture.dtype
        (True, dtype('uint8'))
    """
    _check_counts(top=top, sample=sample)
    if output is not None:
        inputs = [*input_paths(output, model, images, card), *card_files(model, card)]
        check_output(output, kind_of(output), inputs=inputs, force=force)
    source = ModelSource(model, card, device, trust=trust)
    predictor = source.predictor
    cover = redaction(redact, source)
    labelled = LabelledImages(
        targets_of(images), strict, progress, sample, Limits.of(max_pixels, max_bytes), in_result=True
    )
    how: dict[str, Any] = {"classes": classes, "top": top, "method": method, "layer": layer, "layout": layout}
    how |= {"samples": samples, "seed": seed, "faithfulness": faithfulness}
    count = sum(1 for _ in labelled.ids)
    items = tuple(_explained(predictor, labelled, how, cover, alone=count == 1))
    made = Explanations(
        predictor.name,
        predictor.sha256,
        items,
        count,
        tuple(labelled.skipped.named),
        labelled.skipped.count,
        (*predictor.notes, *labelled.notes, *(() if cover is None else (cover.note,))),
        thumbnails,
    )
    if output is not None:
        made.save(output, force=force)
    return made


def _check_counts(**counts: int) -> None:
    for name, value in counts.items():
        if value < 1:
            raise ConfigError(f"{option(name)} is {value}", f"Give {option(name)} as 1 or more.", key=name)


def _explained(
    predictor: Predictor, labelled: LabelledImages, how: dict[str, Any], cover: Redaction | None, *, alone: bool
) -> Iterator[ExplainedImage]:
    """Each image with its maps; of several some may have none, and why is said."""
    mapped, missing = 0, None
    for image in chain.from_iterable(labelled.batches(1)):
        try:
            (found,) = predictor.explain(np.asarray(image.pixels), **how)
            mapped += 1
        except RuntimeDied as death:
            if labelled.strict:
                raise
            labelled.skipped.add(image.id, death)
            continue
        except ExplanationError as error:
            if alone or error.reason not in NOT_IN_THIS_IMAGE:
                raise
            missing = error
            found = _without_maps(predictor, image.pixels, error)
        yield ExplainedImage(image.id, _covered(found, image.id, image.pixels, cover))
    if missing is not None and not mapped:
        raise missing


def _without_maps(predictor: Predictor, pixels: Pixels, why: ExplanationError) -> Explanation:
    """Of several images one has nothing to explain: it is shown, and why is said."""
    said = predictor.predict(pixels)[0]
    return Explanation(shown(pixels), (pixels.shape[0], pixels.shape[1]), said, (), (f"{why.problem}.",))


def _covered(explanation: Explanation, name: str, pixels: Pixels, cover: Redaction | None) -> Explanation:
    """The same, with what must not be seen covered on its picture."""
    if cover is None:
        return explanation
    hidden = cover.apply(name, pixels)
    if hidden is None:
        blank = np.full_like(explanation.pixels, 128)
        return replace(explanation, pixels=blank, notes=(*explanation.notes, _UNCOVERED))
    return replace(explanation, pixels=shown(hidden))
