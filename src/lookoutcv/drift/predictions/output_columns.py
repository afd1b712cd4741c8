"""What is compared of a model's predictions: output metrics, and a number an image for each of a few classes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.drift.describe.metric_terms import MetricTerms, metric_terms
from lookoutcv.drift.predictions.score_drift import MOST_SCORES
from lookoutcv.drift.predictions.score_storage import ScoreSide
from lookoutcv.outputs import registry as outputs
from lookoutcv.predictions import Task
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.prediction_columns import embedding_matrix, object_counts
from lookoutcv.records.schema import FIXED, metric_names

OF_PREDICTIONS = "output."
# Labels of objects that are too rare in the baseline for a number of their own.
OTHER_CLASSES = "other classes"
# Coordinates and images that principal directions are found in: a decomposition of more takes seconds.
_MOST_COORDINATES, _MOST_ROWS = 512, 1000

Numbers = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class OutputColumns:
    """Both sides with nothing but predictions as metrics.

    Args:
        baseline, window: Their samples hold output metrics and the chosen columns.
        terms: How to speak of the chosen columns.
    """

    baseline: Profile
    window: Profile
    terms: dict[str, MetricTerms] = field(default_factory=dict)

    def wording(self, name: str) -> MetricTerms:
        """How to speak of a column."""
        return self.terms.get(name) or metric_terms(name, outputs.get(name) if name in outputs else None)


@dataclass(frozen=True, eq=False)
class _ChosenColumns:
    """Names with their wording, and both sides as matrices with as many columns."""

    terms: dict[str, MetricTerms]
    sides: tuple[Numbers, Numbers]


def images_only(profile: Profile) -> Profile:
    """The profile without output metrics and scores, and without rows whose image nobody measured.

    A log holds such predictions: of an image that there was no time for, or that was not given. They say nothing of
    images; counted as images without a value they would be drift in every metric.
    """
    names = [name for name in profile.sample.column_names if name.startswith(OF_PREDICTIONS)]
    if not names:
        return profile
    histograms = {
        name: histogram for name, histogram in profile.histograms.items() if not name.startswith(OF_PREDICTIONS)
    }
    return _measured(replace(profile, sample=profile.sample.drop_columns(names), histograms=histograms))


def _measured(profile: Profile) -> Profile:
    metrics = metric_names(profile.sample.schema)
    valid = [profile.sample.column(name).is_valid() for name in (*metrics, "width_px") if metrics]
    measured_rows = functools.reduce(pc.or_, valid) if valid else None
    if measured_rows is None or pc.all(measured_rows).as_py() is not False:
        return profile
    # Exact as long as one metric has a value for every image: an image without all of them lacks this one too.
    unseen = min((histogram.missing for histogram in profile.histograms.values()), default=0)
    fewer = {
        name: replace(histogram, missing=histogram.missing - unseen) for name, histogram in profile.histograms.items()
    }
    return replace(
        profile,
        count=profile.count - unseen,
        sample=profile.sample.filter(measured_rows).combine_chunks(),
        histograms=fewer,
    )


def has_predictions(profile: Profile) -> bool:
    """Whether it holds predictions."""
    names = profile.sample.column_names
    return "embedding" in names or any(name.startswith(OF_PREDICTIONS) for name in names)


def output_columns(baseline: Profile, window: Profile, labels: Sequence[str], task: Task | None) -> OutputColumns:
    """What is compared of the predictions of both sides.

    Of a classifier the probabilities of at most 15 classes, of a segmentation their shares of the image, of a detector
    how many objects of each; the classes are those that the baseline has most of. Of embeddings the positions along the
    baseline's principal directions.

    Args:
        baseline, window: Profiles of records with predictions.
        labels: Of the model, in the order of its scores; empty where they are not known.
        task: Of the model; None where it is not known.
    """
    tables = baseline.sample, window.sample
    chosen = _directions(*tables) or _objects(baseline, window) or _scores(tables, labels, task)
    sides = [_predictions_only(profile) for profile in (baseline, window)]
    if chosen is not None:
        sides = [_with(side, chosen, values) for side, values in zip(sides, chosen.sides, strict=True)]
    return OutputColumns(sides[0], sides[1], chosen.terms if chosen is not None else {})


def _predictions_only(profile: Profile) -> Profile:
    names = [name for name in profile.sample.column_names if name in FIXED.names or name.startswith(OF_PREDICTIONS)]
    histograms = {name: histogram for name, histogram in profile.histograms.items() if name.startswith(OF_PREDICTIONS)}
    return replace(profile, sample=profile.sample.select(names), histograms=histograms)


def _with(profile: Profile, chosen: _ChosenColumns, values: Numbers) -> Profile:
    table = profile.sample
    for name, column in zip(chosen.terms, values.T, strict=True):
        table = table.append_column(name, pa.array(column, pa.float32(), from_pandas=True))
    return replace(profile, sample=table)


def _scores(tables: tuple[pa.Table, pa.Table], labels: Sequence[str], task: Task | None) -> _ChosenColumns | None:
    sides = [ScoreSide.of(table, len(labels)) for table in tables]
    if sides[0] is None or sides[1] is None:
        return None
    chosen = [place for place in sides[0].tested_places() if sides[1].knows(place)]
    if not chosen:
        return None
    of_class = _share_words if task == "segmentation" else _score_words
    terms = _distinct([(index, *of_class(labels[index])) for index in chosen])
    return _ChosenColumns(terms, (sides[0].columns(chosen), sides[1].columns(chosen)))


def _objects(before: Profile, after: Profile) -> _ChosenColumns | None:
    chosen = list(before.counts["prediction"])[: MOST_SCORES - 1]
    sides = [object_counts(side.sample, chosen) for side in (before, after)]
    if sides[0] is None or sides[1] is None:
        return None
    terms = _distinct([(place, *_count_words(label)) for place, label in enumerate([*chosen, OTHER_CLASSES])])
    return _ChosenColumns(terms, (sides[0], sides[1]))


def _directions(before: pa.Table, after: pa.Table) -> _ChosenColumns | None:
    sides = [embedding_matrix(table) for table in (before, after)]
    if sides[0] is None or sides[1] is None or sides[0].shape[1] != sides[1].shape[1]:
        return None
    width = sides[0].shape[1]
    if width > _MOST_COORDINATES:
        drawn = np.sort(np.random.default_rng(width).permutation(width)[:_MOST_COORDINATES])
        sides = [side[:, drawn] for side in sides]
    finite = sides[0][np.isfinite(sides[0]).all(axis=1)][:_MOST_ROWS].astype(np.float64)
    if len(finite) < 2:
        return None
    centre = finite.mean(axis=0)
    directions = np.linalg.svd(finite - centre, full_matrices=False)[2][:MOST_SCORES].T
    # A sign of its own for each: which way a decomposition points is chance.
    directions *= np.where(directions[np.abs(directions).argmax(axis=0), range(directions.shape[1])] < 0, -1, 1)
    terms = _distinct([(place, *_direction_words(place + 1)) for place in range(directions.shape[1])])
    along = [np.asarray((side - centre) @ directions, np.float32) for side in sides]
    return _ChosenColumns(terms, (along[0], along[1]))


def _distinct(columns: Sequence[tuple[int, str, MetricTerms]]) -> dict[str, MetricTerms]:
    """Labels may come twice: the second gets its number."""
    terms: dict[str, MetricTerms] = {}
    for index, name, meaning in columns:
        terms[name if name not in terms else f"{name} [{index}]"] = meaning
    return terms


def _score_words(label: str) -> tuple[str, MetricTerms]:
    meaning = f"scored higher for {label}", f"scored lower for {label}"
    return f"score.{label}", MetricTerms(
        f"Score: {label}", f"the score of {label}", "1", *meaning, "points", headline=False, averaged=True
    )


def _share_words(label: str) -> tuple[str, MetricTerms]:
    meaning = f"covered more by {label}", f"covered less by {label}"
    return f"share.{label}", MetricTerms(
        f"Area: {label}", f"the area of {label}", "1", *meaning, "points", headline=False, averaged=True
    )


def _count_words(label: str) -> tuple[str, MetricTerms]:
    meaning = f"richer in objects called {label}", f"poorer in objects called {label}"
    noun = f"the number of objects called {label}"
    return f"count.{label}", MetricTerms(f"Objects: {label}", noun, "1", *meaning, "absolute", headline=False)


def _direction_words(number: int) -> tuple[str, MetricTerms]:
    meaning = [f"{where} along direction {number} of the embedding" for where in ("farther on", "farther back")]
    noun = f"direction {number} of the embedding"
    return f"direction.{number}", MetricTerms(
        f"Embedding: direction {number}", noun, "1", meaning[0], meaning[1], "absolute", headline=False
    )
