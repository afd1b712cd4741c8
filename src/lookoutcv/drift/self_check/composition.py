"""What a baseline is made of: which cameras, sizes and formats, how many of each label, frames of a video, black."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lookoutcv.drift.describe.metadata_changes import nearly_black
from lookoutcv.drift.variation.autocorrelation import declared_sequence
from lookoutcv.profiles.counts import OTHER
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.schema import metric_names

# A kind of image with a smaller share is a stray, not a part of the baseline.
_PART = 0.05
# Labels differ so much that a change of the rarest is hardly seen.
_IMBALANCE = 10
_Field = Literal["camera", "size", "format"]
_FIELDS: tuple[_Field, ...] = ("camera", "size", "format")


@dataclass(frozen=True)
class Kind:
    """Images of several kinds: the values of a field that are no strays, with their shares, the largest first."""

    field: _Field
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class LabelImbalance:
    """One label is far more frequent than another."""

    commonest: str
    most: int
    rarest: str
    least: int


@dataclass(frozen=True)
class Composition:
    """What a baseline is made of.

    Args:
        measured: Whether any metric of its images was measured.
        sequence: What its images are frames of, by their source; None where it says nothing.
        kinds: Fields of which it holds several kinds.
        labels: Where labels differ much in frequency; None elsewhere.
        blackness: The greatest brightness where it is nearly black; None elsewhere.
    """

    measured: bool
    sequence: str | None
    kinds: tuple[Kind, ...]
    labels: LabelImbalance | None
    blackness: float | None


def composition_of(profile: Profile) -> Composition:
    """What a baseline is made of.

    Args:
        profile: Of the baseline.
    Example:
        >>> composition_of(Profile()).measured
        False
    """
    kinds = (_kind(field, profile) for field in _FIELDS)
    return Composition(
        measured=bool(metric_names(profile.sample.schema)),
        sequence=declared_sequence(profile.sample),
        kinds=tuple(kind for kind in kinds if len(kind.values) > 1),
        labels=_imbalance(profile.counts["label"]),
        blackness=nearly_black(profile),
    )


def _kind(field: _Field, profile: Profile) -> Kind:
    # Of all images: four that name their camera among a hundred that do not are no four cameras.
    counts, total = profile.counts[field], profile.count
    values = [name for name, images in Counter(counts).most_common() if images >= _PART * total and name != OTHER]
    return Kind(field, tuple((name, counts[name] / total) for name in values))


def _imbalance(counts: Mapping[str, int]) -> LabelImbalance | None:
    known = {name: images for name, images in counts.items() if name != OTHER}
    if len(known) < 2 or max(known.values()) <= _IMBALANCE * min(known.values()):
        return None
    rarest, commonest = (choose(known, key=lambda name: (known[name], name)) for choose in (min, max))
    return LabelImbalance(commonest, known[commonest], rarest, known[rarest])
