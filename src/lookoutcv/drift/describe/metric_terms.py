"""What a metric is called: its title, its noun and its directions, of which sentences and tables are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookoutcv.metrics import Metric, registry
from lookoutcv.metrics.base import Change

# Families that only sort their metrics; in the others the family says what is measured ("Noise (sigma)").
_SORTING_FAMILIES = ("exposure", "colour", "geometry")


# What measurers of ours fill: title, noun, both directions, after "images are", and how a change is put.
_MEASURED: dict[str, tuple[str, str, str, str, Change]] = {
    "attention.border": (
        "Attention: at the edges",
        "attention at the edges",
        "looked at more at their edges",
        "looked at less at their edges",
        "points",
    ),
    "attention.inside": (
        "Attention: inside the box",
        "attention inside the box",
        "looked at more inside the box",
        "looked at less inside the box",
        "points",
    ),
    "attention.spread": (
        "Attention: spread",
        "spread of attention",
        "looked at more evenly",
        "looked at in fewer places",
        "direction",
    ),
}


@dataclass(frozen=True)
class MetricTerms:
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

    def direction(self, *, up: bool) -> str:
        """One image's or one window's direction: "brighter", "less sharp"."""
        return self.rises if up else self.falls


def metric_terms(name: str, metric: Metric | None) -> MetricTerms:
    """How to speak of the metric `name`.

    Args:
        name: Of the metric.
        metric: What is known of it; None where its plugin is not installed.
    Example:
        >>> metric_terms("smoke.density", None).rises
        'higher in smoke density'
        >>> metric_terms("attention.border", None).rises
        'looked at more at their edges'
    """
    if name in _MEASURED:
        title, noun, rises, falls, change = _MEASURED[name]
        return MetricTerms(title, noun, "1", rises, falls, change)
    family, _, rest = name.replace("_", " ").partition(".")
    if metric is not None:
        noun = rest if family in _SORTING_FAMILIES else f"{family} ({rest})"
        if family == "output":
            noun = f"{rest} of the answers"
        return MetricTerms(metric.title, noun, metric.unit, metric.rises, metric.falls, metric.change, metric.headline)
    words = f"{family} {rest}".replace(".", " ").strip()
    title = f"{family.capitalize()}: {rest}" if rest else words.capitalize()
    return MetricTerms(title, words, "", f"higher in {words}", f"lower in {words}", "absolute")


def terms_of(name: str, extra: Sequence[Metric] = ()) -> MetricTerms:
    """How to speak of the metric `name`, be it one of those `extra`, a plugin's, or unknown."""
    own = next((metric for metric in extra if metric.name == name), None)
    return metric_terms(name, own or (registry.get(name) if name in registry else None))
