"""What the records themselves say has changed: camera, file format, size, orientation, colour. Read, not guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.drift.statistics.samples import metric_values
from lookoutcv.profiles.profile import Profile

# A swap changes nearly all images at once; mixtures that merely vary stay well below.
_SWAPPED = 0.5
Field = Literal["camera", "format", "size"]
_FIELDS: tuple[Field, ...] = ("camera", "format", "size")
_ORIENTATION = "geometry.orientation"
_SIZE = "geometry.size"
_TYPICAL_RATIO = 1.5
_SATURATION, _BRIGHTNESS = "colour.saturation", "exposure.brightness"
# Grey pictures have none at all; one level of 255 in one channel is rounding.
_COLOURLESS = 1 / 255
# What 12 bits fill of 16.
_BLACK = 1 / 16


@dataclass(frozen=True)
class ValueChanged:
    """Most images have another value now.

    Args:
        field: Whose value.
        before, after: The value that most images lost, and the one that they have now.
        share_before, share_after: Share of the baseline's images that had `before`, of the window's that have `after`.
    """

    field: Field
    before: str
    share_before: float
    after: str
    share_after: float


@dataclass(frozen=True)
class SizeChanged:
    """No single size prevails, but images have `ratio` times as many pixels on average."""

    ratio: float


@dataclass(frozen=True)
class OrientationChanged:
    """Share of files that are stored turned or mirrored, on each side."""

    before: float
    after: float


@dataclass(frozen=True)
class ColourChanged:
    """Share of images without any colour, on each side."""

    before: float
    after: float


MetadataChange = ValueChanged | SizeChanged | OrientationChanged | ColourChanged


def metadata_changes(baseline: Profile, window: Profile) -> list[MetadataChange]:
    """What changed for at least half of the images.

    Args:
        baseline, window: Their counts are compared; images without a recorded value are left out.
    Example:
        >>> old = Profile(counts={"camera": {"Acme 3": 90}, "format": {}, "size": {}, "label": {}})
        >>> new = Profile(counts={"camera": {"Acme 5": 30, "Acme 3": 10}, "format": {}, "size": {}, "label": {}})
        >>> metadata_changes(old, new)
        [ValueChanged(field='camera', before='Acme 3', share_before=1.0, after='Acme 5', share_after=0.75)]
    """
    values = [_value_changed(field, baseline, window) for field in _FIELDS]
    size = None if any(change and change.field == "size" for change in values) else _size_changed(baseline, window)
    changes = [*values, size, _orientation_changed(baseline, window), colour_change(baseline, window)]
    return [change for change in changes if change is not None]


def colour_change(baseline: Profile, window: Profile) -> ColourChanged | None:
    """That images lost their colour, or gained some; None where neither is so.

    Args:
        baseline, window: Their samples are compared.
    """
    before, after = (_grey(side) for side in (baseline, window))
    if before is None or after is None or abs(after - before) < _SWAPPED:
        return None
    return ColourChanged(before, after)


def nearly_black(profile: Profile) -> float | None:
    """The greatest brightness of a profile that holds hardly anything but black.

    Args:
        profile: Of a baseline or a window.
    Returns:
        In [0, 1]; None where even one image in a hundred is brighter than 12 bits are in 16.
    """
    if _BRIGHTNESS not in profile.sample.column_names or not profile.sample.num_rows:
        return None
    levels = metric_values(profile.sample, _BRIGHTNESS)
    levels = levels[np.isfinite(levels)]
    if not len(levels) or float(np.quantile(levels, 0.99)) > _BLACK:
        return None
    return float(levels.max())


def _grey(profile: Profile) -> float | None:
    """The share of images without colour; None where it is not known."""
    if _SATURATION not in profile.sample.column_names:
        return None
    values = metric_values(profile.sample, _SATURATION)
    known = values[np.isfinite(values)]
    return float(np.mean(known < _COLOURLESS)) if len(known) else None


def _value_changed(field: Field, baseline: Profile, window: Profile) -> ValueChanged | None:
    before, after = baseline.counts.get(field, {}), window.counts.get(field, {})
    totals = sum(before.values()), sum(after.values())
    if not all(totals):
        return None
    rise = {value: count / totals[1] - before.get(value, 0) / totals[0] for value, count in after.items()}
    fall = {value: count / totals[0] - after.get(value, 0) / totals[1] for value, count in before.items()}
    new, old = (max(sorted(shares), key=lambda value: shares[value]) for shares in (rise, fall))
    if max(rise[new], fall[old]) < _SWAPPED:
        return None
    return ValueChanged(field, old, before.get(old, 0) / totals[0], new, after.get(new, 0) / totals[1])


def _size_changed(baseline: Profile, window: Profile) -> SizeChanged | None:
    """Where no single size prevails, the mean size."""
    before, after = _mean(baseline, _SIZE), _mean(window, _SIZE)
    if not before or not after or 1 / _TYPICAL_RATIO < after / before < _TYPICAL_RATIO:
        return None
    return SizeChanged(after / before)


def _orientation_changed(baseline: Profile, window: Profile) -> OrientationChanged | None:
    before, after = _mean(baseline, _ORIENTATION), _mean(window, _ORIENTATION)
    if before is None or after is None or abs(after - before) < _SWAPPED:
        return None
    return OrientationChanged(before, after)


def _mean(profile: Profile, name: str) -> float | None:
    return profile.histograms[name].mean if name in profile.histograms else None
