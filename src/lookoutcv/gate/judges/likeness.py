"""Whether an image looks like those of the baseline at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.metrics import Metric, registry
from lookoutcv.pixels.view import ImageView
from lookoutcv.plain_text import joined

# With 200 rows .4 to .6% of good images were refused where .1% is meant, with 1,000 .2%; more than two thousand would
# only make the gate's file large.
_LEAST_ROWS, _MOST_ROWS = 1000, 2000
_LEVEL = 0.001
# The file and the shape say nothing of how a picture looks; and few pictures are clipped at all, so that most shares of
# clipping are one number and the rest far from it.
_NOT_OF_LOOKS = ("file.", "geometry.", "identity.", "compression.", "exposure.dark_clip", "exposure.bright_clip")
_KNOTS = 41
# The outer tenth of the calibrating rows carries the tail.
_TAIL_SHARE, _LEAST_IN_TAIL = 0.1, 10
# Robust z beyond what any baseline has; a metric cannot say more than this.
_MOST_Z = 12.0
_NAMED, _LEAST_TOLD = 3, 2.0
_SHRINKAGE = 0.1


def _learn(baseline: Any) -> dict[str, Any]:
    """From a baseline's rows: the distribution of each metric, how they go together, and how far good rows lie.

    One half of the rows gives the distribution, the other half the distances, which nothing was fitted on.
    """
    sample = baseline.profile.sample
    metrics = [one for one in registry if _of_looks(one) and one.name in sample.column_names]
    values = {one.name: np.asarray(sample.column(one.name).to_numpy(), float)[:_MOST_ROWS] for one in metrics}
    values = {name: column for name, column in values.items() if _varies(column)}
    rows = sample.num_rows
    if rows < _LEAST_ROWS or len(values) < 2:
        few = f"it has {rows:,} images, and {_LEAST_ROWS:,} are needed"
        why = few if rows < _LEAST_ROWS else "fewer than two metrics vary among its images"
        return {"note": f"Whether an image looks like the baseline is not judged: {why}."}
    # The sample is in the order of a hash: any half is drawn at random.
    fitted = {name: column[::2] for name, column in values.items()}
    state: dict[str, Any] = {
        "metrics": list(values),
        "knots": [np.quantile(_known(column), np.linspace(0, 1, _KNOTS)).tolist() for column in fitted.values()],
    }
    scores = _scores(np.column_stack(list(fitted.values())), state)
    together = np.atleast_2d(np.corrcoef(scores.T))
    together = (1 - _SHRINKAGE) * together + _SHRINKAGE * np.eye(len(values))
    state["inverse"] = np.linalg.inv(together).tolist()
    others = _scores(np.column_stack([column[1::2] for column in values.values()]), state)
    state["distances"] = np.sort([_distance(row, state) for row in others]).tolist()
    return state


@judge(
    "likeness",
    Limit(
        "p",
        low=_LEVEL,
        below="it does not look like the baseline (p {value}, at least {limit} is fit):",
        form=".1g",
        own=False,
    ),
    learn=_learn,
    needs="baseline",
)
def likeness(view: ImageView, learnt: Mapping[str, Any]) -> Numbers:
    """Whether it looks like the baseline at all: how often a baseline's own image lies as far from its middle.

    Distance: that of Mahalanobis over the metrics of looks, each made normal by its ranks, with correlations shrunk by
    a tenth. p is the share of held-out rows that lie as far (conformal; Vovk et al., "Algorithmic Learning in a Random
    World", 2005); beyond what so few rows can show, an exponential tail fitted to the outer tenth of them.
    """
    if "distances" not in learnt:
        return Numbers({"p": math.nan})
    values = np.array([[_value(name, view) for name in learnt["metrics"]]])
    scores = _scores(values, learnt)[0]
    p = _share_beyond(_distance(scores, learnt), learnt["distances"])
    return Numbers({"p": p}, details={"p": _told(scores, learnt["metrics"])} if p < _LEVEL else {})


def _of_looks(one: Metric) -> bool:
    return one.default and one.grid is not None and not one.name.startswith(_NOT_OF_LOOKS)


def _value(name: str, view: ImageView) -> float:
    return registry.get(name)(view) if name in registry else math.nan


def _varies(column: Any) -> bool:
    known = _known(column)
    return bool(known.size > column.size / 2 and np.ptp(known) > 0 and np.ptp(known[::2]) > 0)


def _known(column: Any) -> Any:
    return column[np.isfinite(column)]


def _scores(values: Any, state: Mapping[str, Any]) -> Any:
    """Normal scores of values by their ranks, (images, metrics); a value that does not exist is an ordinary one.

    Beyond the outermost ranks they go on in the slope of the outer tenth, so that farther stays farther.
    """
    levels = np.clip(np.linspace(0, 1, _KNOTS), 0.25 / _KNOTS, 1 - 0.25 / _KNOTS)
    normal = np.array([NormalDist().inv_cdf(level) for level in levels])
    scores = np.zeros(values.shape)
    for column, knots in enumerate(np.asarray(state["knots"], float)):
        value = values[:, column]
        # Where many rows have one value, its middle rank stands for it.
        low, high = np.searchsorted(knots, value, "left"), np.searchsorted(knots, value, "right")
        score = np.interp(value, knots, normal)
        tied = high - low > 1
        score[tied] = (normal[low[tied]] + normal[high[tied] - 1]) / 2
        spread = max(float(knots[-1] - knots[0]), 1e-12) / (normal[-1] - normal[0])
        score += (np.minimum(value - knots[0], 0) + np.maximum(value - knots[-1], 0)) / spread
        scores[:, column] = np.where(np.isfinite(value), np.clip(score, -_MOST_Z, _MOST_Z), 0)
    return scores


def _distance(scores: Any, state: Mapping[str, Any]) -> float:
    return float(math.sqrt(max(scores @ np.asarray(state["inverse"]) @ scores, 0.0)))


def _share_beyond(distance: float, calibrating: list[float]) -> float:
    """The share of images of the baseline's kind that lie at least as far."""
    known = np.asarray(calibrating)
    as_far = int(known.size - np.searchsorted(known, distance, "left"))
    if as_far >= _LEAST_IN_TAIL:
        return (as_far + 1) / (known.size + 1)
    outer = max(int(_TAIL_SHARE * known.size), _LEAST_IN_TAIL)
    start = float(known[-outer])
    mean_excess = max(float((known[-outer:] - start).sum()) / (outer - 1), 1e-9)
    return outer / known.size * math.exp(-(distance - start) / mean_excess)


def _told(scores: Any, names: list[str]) -> str:
    """The most unusual metrics in words, of one family each once: "darker, less sharp"."""
    words: list[str] = []
    for index in np.argsort(-np.abs(scores), kind="stable").tolist():
        metric = registry.get(names[index])
        word = metric.rises if scores[index] > 0 else metric.falls
        if metric.headline and word not in words and abs(scores[index]) >= _LEAST_TOLD:
            words.append(word)
    if not words:
        return "what it shows does not go together as it does there"
    return "it is " + joined(words[:_NAMED])
