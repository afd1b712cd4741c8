"""What makes predictions suspicious at once: a class that nearly every image gets, or classes that no label names."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from lookoutcv.calls.option_names import card_settings
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.records.model_identity import ModelIdentity

# A wrong input (scale, colours) gave one class to 2,491 of 2,500 images. A class can be as frequent as that, so that it
# is said of many images only, and not where their labels say the same.
CONSTANT, LEAST_IMAGES = 0.99, 30
# What to do where a model's predictions are constant, and where predictions of elsewhere are.
REMEDY = (
    "Its input may be another than in training: `lookout card MODEL --try IMAGES` searches for what fits.",
    "Check how the predictions were made.",
)
_NAMED = 3


def suspicions(model: ModelIdentity, predicted: Mapping[str, int], labels: Mapping[str, int]) -> tuple[str, ...]:
    """Sentences about predictions that look wrong.

    Args:
        model: Whose they are.
        predicted: How many images a classifier gave each class; none of another model.
        labels: How many images have each label, or how many objects each class; none where there are none.
    Example:
        >>> one = ModelIdentity("m", None, "classification", ("0", "1"))
        >>> suspicions(one, {"0": 50, "1": 50}, {"cat": 50, "dog": 50})[0].partition(":")[0]
        'No label of the images is a class of m'
    """
    return tuple(_sentences(model, predicted, labels))


def _sentences(model: ModelIdentity, predicted: Mapping[str, int], labels: Mapping[str, int]) -> Iterator[str]:
    images = sum(predicted.values())
    name, times = max(predicted.items(), key=lambda item: item[1], default=("", 0))
    if images >= LEAST_IMAGES and times >= CONSTANT * images and len(model.labels) > 1 and not _as_labelled(labels):
        of = f"all {images:,}" if times == images else f"{times:,} of {images:,}"
        yield f"Suspicious: {model.name} says {name!r} of {of} images. {REMEDY[model.imported]}"
    places = LabelPlaces(model.labels, truth=labels)
    foreign = {label: count for label, count in labels.items() if places.of(label) is None} if model.labels else {}
    if foreign and len(foreign) < len(labels) and not model.imported:
        share = f"{sum(foreign.values()):,} of {sum(labels.values()):,}"
        named = f"{len(foreign):,} of {len(labels):,} labels {_are(len(foreign))} no class of {model.name}"
        examples = _with_nearest(foreign, model.labels)
        yield f"{named}: {examples}; no prediction can be right on the {share} that have them."
    if foreign and len(foreign) == len(labels):
        same = ", as many: do they differ only in name?" if len(labels) == len(model.labels) else "."
        remedy = (
            "Give predictions with the names of the labels."
            if model.imported
            else "Name the folders as its labels, or give its labels in order: "
            f"{card_settings({'labels': 'names.txt'})}."
        )
        yield (
            f"No label of the images is a class of {model.name}: {_few(labels)} beside {_few(model.labels)}{same} "
            f"An accuracy of these says nothing. {remedy}"
        )


def _as_labelled(labels: Mapping[str, int]) -> bool:
    return bool(labels) and max(labels.values()) >= CONSTANT * sum(labels.values())


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _with_nearest(names: Mapping[str, int], labels: tuple[str, ...]) -> str:
    """The first names, each with the label that is spelled most alike, where one is."""
    nearest = {name: difflib.get_close_matches(name, labels, n=1) for name in list(names)[:_NAMED]}
    parts = [repr(name) + "".join(f" (near {near!r})" for near in found) for name, found in nearest.items()]
    return ", ".join(parts) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")


def _few(names: Mapping[str, int] | tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(repr, list(names)[:_NAMED])) + more
