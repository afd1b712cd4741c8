"""What happened to a metric, in a sentence that needs no statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lookoutcv.drift.describe.metric_terms import MetricTerms
from lookoutcv.drift.describe.rows import MetricRow
from lookoutcv.drift.describe.strongest import moved_metrics, told_metrics
from lookoutcv.results.findings.metric_drift import MetricDrift

# A change below half a percent would be printed as 0%.
_SLIGHT = 0.005
# Beyond this factor percentages confuse, and two numbers are clearer.
_HUGE = 10.0
# Beyond these a power of ten is read more easily than zeros are counted.
_SMALLEST, _LARGEST = 1e-6, 1e12
# A ratio of spreads nearer to 1 than this is not worth a number.
_SAME_SPREAD = 0.05


def metric_in_words(row: MetricRow) -> MetricDrift:
    """A metric as a report holds it: figures and a sentence.

    Args:
        row: The figures.
    """
    effects, decision, centre = row.effects, row.decision, row.centre
    return MetricDrift(
        name=row.name,
        title=row.terms.title,
        unit=row.terms.unit,
        effect=effects.strongest,
        location_effect=effects.location,
        dispersion_effect=effects.dispersion,
        p_value=decision.p_value,
        significant=decision.significant,
        before=_rounded(centre.before),
        after=_rounded(centre.after),
        statistic=centre.statistic,
        severity=decision.severity,
        text=_sentence(row),
        missing_before=row.missing[0],
        missing_after=row.missing[1],
        related=list(row.related),
        distribution=row.distribution,
    )


def _sentence(row: MetricRow) -> str:
    before, after = row.centre.before, row.centre.after
    if row.change == "missing":
        return missing_sentence(row.terms, *row.missing)
    if row.change == "dispersion":
        return dispersion_sentence(row.terms, row.spread_ratio, row.effects.dispersion)
    if row.change == "none" or before is None or after is None:
        return still_sentence(row.terms)
    return location_sentence(row.terms, before, after, row.effects.location, row.centre.statistic)


def _rounded(value: float | None) -> float | None:
    """Six digits: what a float32 is worth."""
    return None if value is None else float(f"{value:.6g}")


def metrics_summary(metrics: Sequence[MetricDrift]) -> str:
    """What moved, in a few sentences.

    Args:
        metrics: Ranked by size of effect.
    """
    told, further = told_metrics(moved_metrics(metrics))
    sentences = [metric.text for metric in told]
    if further:
        sentences.append(f"{further} further {'metric' if further == 1 else 'metrics'} moved.")
    return " ".join(sentences) or "The share of the model's answers changed."


def location_sentence(terms: MetricTerms, before: float, after: float, effect: float, statistic: str) -> str:
    """How the values moved.

    Args:
        terms: Of the metric.
        before, after: Typical value on each side.
        effect: Cliff's delta, not 0; its sign says which way the sentence goes.
        statistic: "median" or "mean": what `before` and `after` are.
    Returns:
        A true sentence also where the typical value moved against the effect, which heavy tails can do.
    Example:
        >>> from lookoutcv.drift.describe.metric_terms import terms_of
        >>> terms = terms_of("exposure.brightness")
        >>> location_sentence(terms, 0.5, 0.41, -0.6, "median")
        'Images are 18% darker.'
    """
    phrase = terms.direction(up=effect > 0)
    if after == before or (after > before) != (effect > 0):
        share = f"{50 * (1 + abs(effect)):.0f}%"
        return f"Of one new and one old image, the new one is {phrase} {share} of the time; the {statistic} is not."
    average = " on average" if statistic == "mean" else ""
    if terms.change in ("percent", "log"):
        return f"Images are {_relative(terms, before, after, phrase)}{average}."
    if terms.change == "points":
        return f"Images are {phrase}{average}, by {_number(100 * abs(after - before))} percentage points."
    if terms.change == "direction":
        return f"Images are {phrase}{average}."
    return f"Images are {phrase}{average}, by {_quantity(abs(after - before), terms.unit)}."


def dispersion_sentence(terms: MetricTerms, ratio: float | None, effect: float) -> str:
    """How the spread of the values changed.

    Args:
        terms: Of the metric.
        ratio: Spread in the window over that in the baseline: 0 where the window has one value only, infinite where
            the baseline had; None where unknown.
        effect: Of dispersion, not 0.
    Example:
        >>> from lookoutcv.drift.describe.metric_terms import terms_of
        >>> dispersion_sentence(terms_of("exposure.brightness"), 2.04, 0.3)
        'Brightness varies twice as much.'
    """
    noun = terms.noun[:1].upper() + terms.noun[1:]
    wider = effect > 0
    if ratio == 0 and not wider:
        return f"{noun} is the same on every image; it varied before."
    if ratio == math.inf and wider:
        return f"{noun} varies; it was the same on every image before."
    if ratio is None or (ratio > 1) != wider or abs(ratio - 1) < _SAME_SPREAD:
        return f"{noun} is more often {'far from' if wider else 'near'} its usual level."
    return f"{noun} varies {_times(ratio)}."


def missing_sentence(terms: MetricTerms, before: float, after: float) -> str:
    """How the share of images without a value changed.

    Example:
        >>> from lookoutcv.drift.describe.metric_terms import terms_of
        >>> missing_sentence(terms_of("smoke.density"), 0.0, 0.41)
        'For 41% of images there is no smoke density (0% before).'
    """
    return f"For {_percent(after)} of images there is no {terms.noun} ({_percent(before)} before)."


def still_sentence(terms: MetricTerms) -> str:
    """That nothing can be said to have moved.

    Example:
        >>> from lookoutcv.drift.describe.metric_terms import terms_of
        >>> still_sentence(terms_of("smoke.density"))
        'No clear change in smoke density.'
    """
    return f"No clear change in {terms.noun}."


def _relative(terms: MetricTerms, before: float, after: float, phrase: str) -> str:
    ratio = math.inf
    if terms.change == "log":
        ratio = math.exp(min(after - before, math.log(2 * _HUGE)))
    elif before > 0 and after >= 0:
        ratio = after / before
    if ratio > _HUGE:
        return f"far {phrase} (from {_number(before)} to {_quantity(after, terms.unit)})"
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
