"""Marked objects and a detector's in the same words: the model's."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from lookoutcv.inference.labelled_images import LabelledImage
from lookoutcv.predictions import Detections
from lookoutcv.predictions.label_names import LabelPlaces


class NamedObjects:
    """Objects by the names of a model's classes.

    Args:
        places: Where people's names stand among the model's.
    Fields:
        unknown: How many marked objects have a name that is none of the model's, by name.
    """

    def __init__(self, places: LabelPlaces) -> None:
        self.unknown: Counter[str] = Counter()
        self._places = places

    def predicted(self, detections: Detections) -> Detections:
        """What a detector found."""
        return replace(detections, labels=tuple(map(self._places.predicted, detections.labels)))

    def truth(self, image: LabelledImage) -> Detections:
        """The marked objects of an image that has marks; those of unknown names are counted and left out."""
        assert image.objects is not None
        height, width = image.pixels.shape[:2]
        true = image.objects.in_pixels(width, height)
        places = [self._places.of(label) for label in true.labels]
        known = [index for index, place in enumerate(places) if place is not None]
        self.unknown.update(label for label, place in zip(true.labels, places, strict=True) if place is None)
        names = tuple(self._places.names[place] for place in places if place is not None)
        return Detections(true.boxes[known], names, true.confidences[known])
