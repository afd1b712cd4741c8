"""What probably caused a drift, told from the pattern in which the metrics moved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from lookoutcv.drift.describe.metadata_changes import colour_change, metadata_changes
from lookoutcv.drift.wording.cause_sentences import (
    UNCLEAR,
    guess_text,
    like_nothing_known,
    not_measured,
    speaking,
    undecided,
)
from lookoutcv.drift.wording.image_sentences import change_sentence
from lookoutcv.grids import FloatArray
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.findings.probable_cause import CauseCandidate, ProbableCause

_REASONS = 3


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
        least_probability: Below this the answer is "unclear".
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


def probable_cause(
    baseline: Profile, window: Profile, names: Sequence[str], scores: FloatArray, *, drifted: bool | None
) -> ProbableCause | None:
    """The probable cause of a drift, as the report holds it.

    Args:
        baseline, window: Both sides; their sizes, formats and cameras are read, not guessed.
        names: The m metrics of both sides.
        scores: (N, m) normal scores of the window.
        drifted: Whether there is a drift to explain.
    Returns:
        None where there is none.
    """
    if not drifted:
        return None
    recorded = [change_sentence(change) for change in metadata_changes(baseline, window)]
    shifts = dict(zip(names, mean_shifts(scores), strict=True))
    if colour_change(baseline, window) is not None:
        # Which way colours lean cannot be compared with pictures that have none: no cast, and no fault.
        shifts.update({name: 0.0 for name in shifts if name.startswith("colour.")})
    return guess(shifts, recorded)


def guess(shifts: Mapping[str, float], recorded: Sequence[str] = (), model: CauseModel | None = None) -> ProbableCause:
    """The family whose pattern the shifts fit.

    A multinomial logistic regression on the pattern of the shifts. Its ninth class, "unclear", was trained on windows
    of other content and on repaired images; it is also the answer where no family is likely enough.

    Args:
        shifts: Metric name -> shift, from `mean_shifts`.
        recorded: Sentences on what else is known to have changed.
        model: The weights; the shipped ones unless given.
    Example:
        >>> still = dict.fromkeys(fitted().metrics, 0.0)
        >>> guess(still).family, guess({**still, "compression.blockiness": 4.0}).family
        ('unclear', 'jpeg')
    """
    model = model or fitted()
    missing = [name for name in model.metrics if name not in shifts]
    if missing:
        return _answer(UNCLEAR, None, [], not_measured(missing), recorded)
    features = model.features(np.array([shifts[name] for name in model.metrics], dtype=np.float64))
    shares = model.probabilities(features)
    order = [int(i) for i in np.argsort(-shares, kind="stable")]
    candidates = [(model.families[i], float(shares[i])) for i in order]
    best, probability = candidates[0]
    if best == UNCLEAR:
        return _answer(UNCLEAR, probability, candidates, like_nothing_known(candidates), recorded)
    if probability < model.least_probability:
        return _answer(UNCLEAR, dict(candidates)[UNCLEAR], candidates, undecided(candidates), recorded)
    return _answer(best, probability, candidates, speaking(_evidence(model, order[0], features)), recorded)


def _evidence(model: CauseModel, family: int, features: FloatArray) -> list[tuple[str, bool]]:
    """The metrics that speak most for a family against the others: name, and whether it rose."""
    gains = (model.weights[family] - model.weights.mean(axis=0)) * features
    k = len(model.metrics)
    by_metric = gains[:k].copy()
    for name, gain in zip(model.either_way, gains[k:], strict=True):
        by_metric[model.metrics.index(name)] += gain
    strongest = [int(j) for j in np.argsort(-by_metric, kind="stable")[:_REASONS] if by_metric[j] > 0]
    return [(model.metrics[j], bool(features[j] > 0)) for j in strongest]


def _answer(
    family: str,
    probability: float | None,
    candidates: Sequence[tuple[str, float]],
    reason: str,
    recorded: Sequence[str],
) -> ProbableCause:
    return ProbableCause(
        family=family,
        text=guess_text(family, probability, recorded),
        probability=None if probability is None else round(probability, 4),
        candidates=[CauseCandidate(name, round(share, 4)) for name, share in candidates],
        reason=reason,
        metadata_changes=list(recorded),
    )
