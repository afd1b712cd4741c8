"""What happened to a metric, in a sentence that needs no statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lookoutcv.metrics import Metric, registry
from lookoutcv.metrics.base import Change

# Families that only sort their metrics; in the others the family says what is measured ("Noise (sigma)").
_SORTING_FAMILIES = ("exposure", "colour", "geometry")
# A change below half a percent would be printed as 0%.
_SLIGHT = 0.005
# Beyond this factor percentages confuse, and two numbers are clearer.
_HUGE = 10.0
# Beyond these a power of ten is read more easily than zeros are counted.
_SMALLEST, _LARGEST = 1e-6, 1e12
# A ratio of spreads nearer to 1 than this is not worth a number.
_SAME_SPREAD = 0.05


@dataclass(frozen=True)
class Wording:
    """How to speak of one metric.

    Args:
        title: For headings: "Sharpness: laplacian".
        noun: In a sentence: "sharpness (laplacian)".
        unit, rises, falls, change, headline: As in `Metric`.
        averaged: Its mean is told, for most values are nearly 0 and so is the median: the score of one of many classes.
    """

    title: str
    noun: str
    unit: str
    rises: str
    falls: str
    change: Change
    headline: bool = True
    averaged: bool = False


def wording(name: str, metric: Metric | None) -> Wording:
    """How to speak of the metric `name`.

    Args:
        name: Of the metric.
        metric: What is known of it; None where its plugin is not installed.
    Example:
        >>> wording("smoke.density", None).rises
        'higher in smoke density'
    """
    family, _, rest = name.replace("_", " ").partition(".")
    if metric is not None:
        noun = rest if family in _SORTING_FAMILIES else f"{family} ({rest})"
        if family == "output":
            noun = f"{rest} of the answers"
        return Wording(metric.title, noun, metric.unit, metric.rises, metric.falls, metric.change, metric.headline)
    words = f"{family} {rest}".replace(".", " ").strip()
    title = f"{family.capitalize()}: {rest}" if rest else words.capitalize()
    return Wording(title, words, "", f"higher in {words}", f"lower in {words}", "absolute")


def wording_of(name: str, given: Sequence[Metric] = ()) -> Wording:
    """How to speak of the metric `name`, be it among those given, a plugin's, or unknown."""
    own = next((metric for metric in given if metric.name == name), None)
    return wording(name, own or (registry.get(name) if name in registry else None))


def direction(words: Wording, up: bool) -> str:
    """One image's or one window's direction: "brighter", "less sharp"."""
    return words.rises if up else words.falls


def location_sentence(words: Wording, before: float, after: float, effect: float, statistic: str) -> str:
    """How the values moved.

    Args:
        words: Of the metric.
        before, after: Typical value on each side.
        effect: Cliff's delta, not 0; its sign says which way the sentence goes.
        statistic: "median" or "mean": what `before` and `after` are.
    Returns:
        A true sentence also where the typical value moved against the effect, which heavy tails can do.
    Example:
        >>> from lookoutcv.metrics import registry
        >>> words = wording("exposure.brightness", registry.get("exposure.brightness"))
        >>> location_sentence(words, 0.5, 0.41, -0.6, "median")
        'Images are 18% darker.'
    """
    phrase = direction(words, effect > 0)
    if after == before or (after > before) != (effect > 0):
        share = f"{50 * (1 + abs(effect)):.0f}%"
        return f"Of one new and one old image, the new one is {phrase} {share} of the time; the {statistic} is not."
    average = " on average" if statistic == "mean" else ""
    if words.change in ("percent", "log"):
        return f"Images are {_relative(words, before, after, phrase)}{average}."
    if words.change == "points":
        return f"Images are {phrase}{average}, by {_number(100 * abs(after - before))} percentage points."
    if words.change == "direction":
        return f"Images are {phrase}{average}."
    return f"Images are {phrase}{average}, by {_quantity(abs(after - before), words.unit)}."


def dispersion_sentence(words: Wording, ratio: float | None, effect: float) -> str:
    """How the spread of the values changed.

    Args:
        words: Of the metric.
        ratio: Spread in the window over that in the baseline: 0 where the window has one value only, infinite where
            the baseline had; None where unknown.
        effect: Of dispersion, not 0.
    Example:
        >>> from lookoutcv.metrics import registry
        >>> dispersion_sentence(wording("exposure.brightness", registry.get("exposure.brightness")), 2.04, 0.3)
        'Brightness varies twice as much.'
    """
    noun = words.noun[:1].upper() + words.noun[1:]
    wider = effect > 0
    if ratio == 0 and not wider:
        return f"{noun} is the same on every image; it varied before."
    if ratio == math.inf and wider:
        return f"{noun} varies; it was the same on every image before."
    if ratio is None or (ratio > 1) != wider or abs(ratio - 1) < _SAME_SPREAD:
        return f"{noun} is more often {'far from' if wider else 'near'} its usual level."
    return f"{noun} varies {_times(ratio)}."


def missing_sentence(words: Wording, before: float, after: float) -> str:
    """How the share of images without a value changed.

    Example:
        >>> missing_sentence(wording("smoke.density", None), 0.0, 0.41)
        'For 41% of images there is no smoke density (0% before).'
    """
    return f"For {_percent(after)} of images there is no {words.noun} ({_percent(before)} before)."


def still_sentence(words: Wording) -> str:
    """That nothing can be said to have moved.

    Example:
        >>> still_sentence(wording("smoke.density", None))
        'No clear change in smoke density.'
    """
    return f"No clear change in {words.noun}."


def _relative(words: Wording, before: float, after: float, phrase: str) -> str:
    ratio = math.inf
    if words.change == "log":
        ratio = math.exp(min(after - before, math.log(2 * _HUGE)))
    elif before > 0 and after >= 0:
        ratio = after / before
    if ratio > _HUGE:
        return f"far {phrase} (from {_number(before)} to {_quantity(after, words.unit)})"
    size = abs(ratio - 1)
    if size < _SLIGHT:
        return f"slightly {phrase}"
    return f"{'over 99%' if ratio <= _SLIGHT else f'{100 * size:.0f}%'} {phrase}"


def _times(ratio: float) -> str:
    if ratio > _HUGE:
        return "far more"
    for low, high, name in ((0.45, 0.55, "half"), (1.9, 2.1, "twice")):
        if low <= ratio <= high:
            return f"{name} as much"
    if ratio > 2:
        return f"{ratio:.1f} times as much"
    return f"{100 * abs(ratio - 1):.0f}% {'more' if ratio > 1 else 'less'}"


def _percent(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{100 * share:.0f}%"


def _number(value: float) -> str:
    """Three significant digits, and thousands apart."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if not _SMALLEST <= abs(value) < _LARGEST:
        return f"{value:.3g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(value: float, unit: str) -> str:
    return _number(value) if unit in ("", "1") else f"{_number(value)} {unit}"
