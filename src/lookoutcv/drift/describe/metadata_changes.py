"""What the records themselves say has changed: camera, file format, size, orientation, colour. Read, not guessed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lookoutcv.drift.statistics.samples import metric_values
from lookoutcv.profiles.profile import Profile

# A swap changes nearly all images at once; mixtures that merely vary stay well below.
_SWAPPED = 0.5
_FACTS = {"camera": "camera", "format": "file format", "size": "image size"}
_ORIENTATION = "geometry.orientation"
_SIZE = "geometry.size"
_TYPICAL_RATIO = 1.5
_SATURATION, _BRIGHTNESS = "colour.saturation", "exposure.brightness"
# Grey pictures have none at all; one level of 255 in one channel is rounding.
_COLOURLESS = 1 / 255
# What 12 bits fill of 16.
_BLACK = 1 / 16


def metadata_changes(baseline: Profile, window: Profile) -> list[str]:
    """Sentences on what changed for at least half of the images.

    Args:
        baseline, window: Their counts are compared; images without a recorded value are left out.
    Example:
        >>> old = Profile(counts={"camera": {"Acme 3": 90}, "format": {}, "size": {}, "label": {}})
        >>> new = Profile(counts={"camera": {"Acme 5": 40, "Acme 3": 2}, "format": {}, "size": {}, "label": {}})
        >>> metadata_changes(old, new)
        ["The camera changed: 'Acme 3' before (100%), 'Acme 5' now (95%)."]
    """
    found = [_swapped(words, baseline.counts.get(key, {}), window.counts.get(key, {})) for key, words in _FACTS.items()]
    if found[-1] is None:
        found[-1] = _resized(baseline, window)
    found.append(_turned(baseline, window))
    found.append(colour_change(baseline, window))
    return [sentence for sentence in found if sentence]


def colour_change(baseline: Profile, window: Profile) -> str | None:
    """That images lost their colour, or gained some: a sentence, or None.

    Args:
        baseline, window: Their samples are compared.
    """
    before, after = (_grey(side) for side in (baseline, window))
    if before is None or after is None or abs(after - before) < _SWAPPED:
        return None
    if after > before:
        return f"The colour is gone: {after:.0%} of the images are grey now, {before:.0%} before."
    return f"The images are in colour now: {after:.0%} are grey, {before:.0%} before."


def nearly_black(profile: Profile, what: str) -> list[str]:
    """That a profile holds hardly anything but black, and a common reason.

    Args:
        profile: Of a baseline or a window.
        what: What it is called: "the window".
    Returns:
        A sentence or two; empty where even one image in a hundred is brighter than 12 bits are in 16.
    """
    if _BRIGHTNESS not in profile.sample.column_names or not profile.sample.num_rows:
        return []
    levels = metric_values(profile.sample, _BRIGHTNESS)
    levels = levels[np.isfinite(levels)]
    if not len(levels) or float(np.quantile(levels, 0.99)) > _BLACK:
        return []
    return [
        f"Nearly black: brightness in {what} is at most {float(levels.max()):.2g} of 1, where hardly anything can be "
        "measured. Frames of a 10- or 12-bit camera that are stored in 16 bits as they are look like that, since the "
        "high 8 bits are read: multiply them by 64 or 16 before they are saved."
    ]


def _grey(profile: Profile) -> float | None:
    """The share of images without colour; None where it is not known."""
    if _SATURATION not in profile.sample.column_names:
        return None
    values = metric_values(profile.sample, _SATURATION)
    known = values[np.isfinite(values)]
    return float(np.mean(known < _COLOURLESS)) if len(known) else None


def _swapped(words: str, before: Mapping[str, int], after: Mapping[str, int]) -> str | None:
    totals = sum(before.values()), sum(after.values())
    if not all(totals):
        return None
    rise = {value: count / totals[1] - before.get(value, 0) / totals[0] for value, count in after.items()}
    fall = {value: count / totals[0] - after.get(value, 0) / totals[1] for value, count in before.items()}
    new, old = (max(sorted(shares), key=lambda value: shares[value]) for shares in (rise, fall))
    if max(rise[new], fall[old]) < _SWAPPED:
        return None
    shares = before.get(old, 0) / totals[0], after.get(new, 0) / totals[1]
    return f"The {words} changed: {_quoted(old)} before ({shares[0]:.0%}), {_quoted(new)} now ({shares[1]:.0%})."


def _resized(baseline: Profile, window: Profile) -> str | None:
    """Where no single size prevails, the mean size."""
    means = [side.histograms[_SIZE].mean if _SIZE in side.histograms else None for side in (baseline, window)]
    if not means[0] or not means[1]:
        return None
    ratio = means[1] / means[0]
    if 1 / _TYPICAL_RATIO < ratio < _TYPICAL_RATIO:
        return None
    return f"The image size changed: images have {ratio:.2g} times as many pixels on average."


def _turned(baseline: Profile, window: Profile) -> str | None:
    sides = (baseline, window)
    means = [side.histograms[_ORIENTATION].mean if _ORIENTATION in side.histograms else None for side in sides]
    if means[0] is None or means[1] is None or abs(means[1] - means[0]) < _SWAPPED:
        return None
    return f"The orientation changed: {means[0]:.0%} of files stored turned or mirrored before, {means[1]:.0%} now."


def _quoted(value: str) -> str:
    return f"'{value}'"
