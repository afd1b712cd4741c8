"""Samples as a source of images: what is measured of a part is what a model learns from, objects cut out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.predictions import TrueObjects
from lookoutcv.sources import ImageRef
from lookoutcv.sources.decoded_images import SkippedImages, decoded, decoded_images
from lookoutcv.sources.kinds.base import BoundedRef, loaded
from lookoutcv.training.data.division import Pixels, Sample
from lookoutcv.training.data.object_samples import cut_out


@dataclass(frozen=True, slots=True)
class _SampleRef(BoundedRef):
    """A sample as a reference to an image, under the name and the label of the sample."""

    sample: Sample

    @property
    def id(self) -> str:
        return self.sample.id

    @property
    def label(self) -> str | None:
        return self.sample.label

    @property
    def objects(self) -> TrueObjects | None:
        return None

    @property
    def time(self) -> datetime | None:
        return self.sample.ref.time

    @property
    def tags(self) -> Mapping[str, str]:
        return self.sample.ref.tags

    def load(self, limits: Limits = DEFAULT_LIMITS) -> Any:
        """As of `BoundedRef`."""
        if self.sample.box is None:
            return loaded(self.sample.ref, limits)
        return cut_out(decoded(self.sample.ref, limits).pixels, self.sample.box)


class SampleImages:
    """Samples as a source.

    Args:
        name: What a person calls them.
        samples: In their order.
    """

    def __init__(self, name: str, samples: Sequence[Sample]) -> None:
        self.name = name
        self._samples = samples

    def __iter__(self) -> Iterator[ImageRef]:
        return (_SampleRef(sample) for sample in self._samples)

    def count(self) -> int:
        """How many there are."""
        return len(self._samples)


def batches_of(
    samples: Sequence[Sample], most: int, batch: int, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[list[str], list[Pixels]]]:
    """Labels and pixels of some samples, evenly spread, a batch at a time; what cannot be read any more is left out.

    Args:
        samples: In any order.
        most: How many at most.
        batch: How many are in memory at once.
        limits: Images beyond them are left out.
    """
    chosen = samples if len(samples) <= most else [samples[index * len(samples) // most] for index in range(most)]
    refs = ((sample.id, _SampleRef(sample)) for sample in chosen)
    images = decoded_images(refs, limits=limits, skipped=SkippedImages())
    while some := list(islice(images, batch)):
        yield [str(one.ref.label) for one in some], [one.image.pixels for one in some]
