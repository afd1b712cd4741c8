"""What probably caused a drift, from the pattern in which the metrics moved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from lookoutcv.drift.cause.families import UNCLEAR
from lookoutcv.drift.describe.metadata_changes import colour_change
from lookoutcv.grids import FloatArray
from lookoutcv.profiles.profile import Profile

_MOST_EVIDENCE = 3


@dataclass(frozen=True)
class CauseClassification:
    """The family of causes whose pattern a shift fits.

    Args:
        family: One of `FAMILIES`; "unclear" where none is likely enough.
        probability: Of the family; None where metrics are missing.
        candidates: Every family with its probability, the likeliest first; empty where metrics are missing.
        evidence: The metrics that speak most for the family, each with whether it rose, strongest first.
        missing: Metrics that the classification needs and that were not measured on both sides.
    """

    family: str
    probability: float | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    evidence: tuple[tuple[str, bool], ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CauseModel:
    """The fitted weights; `docs/cards/cause.md` says from what.

    Args:
        metrics: The k metrics that take part.
        either_way: Those of them whose size counts too, whichever way they move: a cast is red or green.
        families: The 8 families of causes and "unclear".
        weights: (families, k + len(either_way)).
        intercepts: (families,).
        clip: Shifts beyond so many standard deviations count as that many.
        softening: Added to the length of the shift, so that a short one, which is mostly chance, stays short.
        least_probability: Below this the family is "unclear".
    """

    metrics: tuple[str, ...]
    either_way: tuple[str, ...]
    families: tuple[str, ...]
    weights: FloatArray
    intercepts: FloatArray
    clip: float
    softening: float
    least_probability: float

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CauseModel:
        """The model that `cause.json` holds."""
        metrics, either_way = tuple(data["metrics"]), tuple(data["either_way"])
        columns = [*metrics, *(f"|{name}|" for name in either_way)]
        families = data["weights"]
        return cls(
            metrics,
            either_way,
            tuple(families),
            np.array([[weights[name] for name in columns] for weights in families.values()]),
            np.array([weights["intercept"] for weights in families.values()]),
            float(data["clip"]),
            float(data["softening"]),
            float(data["least_probability"]),
        )

    def features(self, shifts: FloatArray) -> FloatArray:
        """The pattern of a shift, whatever its strength: d / (|d| + softening), d the clipped shifts.

        Args:
            shifts: (k,) of `metrics`: means of the window's normal scores; NaN = unknown, taken for unmoved.
        Returns:
            (k + len(either_way),), of length below 1.
        """
        signed = np.clip(np.nan_to_num(shifts), -self.clip, self.clip)
        sizes = np.abs(signed[[self.metrics.index(name) for name in self.either_way]])
        pattern = np.concatenate([signed, sizes])
        unit: FloatArray = pattern / (np.linalg.norm(pattern) + self.softening)
        return unit

    def probabilities(self, features: FloatArray) -> FloatArray:
        """The probability of each family, (families,)."""
        logits = self.weights @ features + self.intercepts
        odds = np.exp(logits - logits.max())
        shares: FloatArray = odds / odds.sum()
        return shares


@cache
def fitted() -> CauseModel:
    """The model that is shipped."""
    text = files("lookoutcv.drift.cause").joinpath("cause.json").read_text("utf-8")
    return CauseModel.from_dict(json.loads(text))


def mean_shifts(scores: FloatArray) -> FloatArray:
    """How far the window moved, metric by metric, in standard deviations of the baseline's normal scores.

    Args:
        scores: (N, m) of the window, from `shifted.normal_scores`; NaN = missing.
    Returns:
        (m,); NaN where no image has a value.
    Example:
        >>> mean_shifts(np.array([[1.0, np.nan], [2.0, np.nan]])).tolist()
        [1.5, nan]
    """
    known = ~np.isnan(scores)
    counts = known.sum(axis=0)
    sums = np.where(known, scores, 0.0).sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def classify_drift(baseline: Profile, window: Profile, names: Sequence[str], scores: FloatArray) -> CauseClassification:
    """The family of causes that a drift fits.

    Args:
        baseline, window: Both sides, of which it is read whether one is without colour.
        names: The m metrics of both sides.
        scores: (N, m) normal scores of the window.
    """
    shifts = dict(zip(names, mean_shifts(scores), strict=True))
    if colour_change(baseline, window) is not None:
        # Which way colours lean cannot be compared with pictures that have none: no cast, and no fault.
        shifts.update({name: 0.0 for name in shifts if name.startswith("colour.")})
    return classify(shifts)


def classify(shifts: Mapping[str, float], model: CauseModel | None = None) -> CauseClassification:
    """The family whose pattern the shifts fit.

    A multinomial logistic regression on the pattern of the shifts. Its ninth class, "unclear", was trained on windows
    of other content and on repaired images; it is also the outcome where no family is likely enough.

    Args:
        shifts: Metric name -> shift, from `mean_shifts`.
        model: The weights; the shipped ones unless given.
    Example:
        >>> still = dict.fromkeys(fitted().metrics, 0.0)
        >>> classify(still).family, classify({**still, "compression.blockiness": 4.0}).family
        ('unclear', 'jpeg')
    """
    model = model or fitted()
    missing = tuple(name for name in model.metrics if name not in shifts)
    if missing:
        return CauseClassification(UNCLEAR, missing=missing)
    features = model.features(np.array([shifts[name] for name in model.metrics], dtype=np.float64))
    probabilities = model.probabilities(features)
    order = [int(i) for i in np.argsort(-probabilities, kind="stable")]
    candidates = tuple((model.families[i], float(probabilities[i])) for i in order)
    family, probability = candidates[0]
    if family == UNCLEAR or probability < model.least_probability:
        return CauseClassification(UNCLEAR, dict(candidates)[UNCLEAR], candidates)
    return CauseClassification(family, probability, candidates, _evidence(model, order[0], features))


def _evidence(model: CauseModel, family: int, features: FloatArray) -> tuple[tuple[str, bool], ...]:
    """The metrics that speak most for a family against the others: name, and whether it rose."""
    gains = (model.weights[family] - model.weights.mean(axis=0)) * features
    k = len(model.metrics)
    by_metric = gains[:k].copy()
    for name, gain in zip(model.either_way, gains[k:], strict=True):
        by_metric[model.metrics.index(name)] += gain
    strongest = [int(j) for j in np.argsort(-by_metric, kind="stable")[:_MOST_EVIDENCE] if by_metric[j] > 0]
    return tuple((model.metrics[j], bool(features[j] > 0)) for j in strongest)
