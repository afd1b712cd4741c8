"""A baseline's own check: is it large enough, does it alarm at itself, is it one camera or several?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow.compute as pc

from lookoutcv.drift.rules.policy import DEFAULT, Policy
from lookoutcv.drift.rules.verdict import calibrated
from lookoutcv.drift.statistics.columns import Values
from lookoutcv.drift.statistics.detectable import smallest_detectable_effect
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.samples import metric_matrix
from lookoutcv.drift.variation.autocorrelation import autocorrelation_of, order_of
from lookoutcv.drift.variation.batches import Batches, batches_of
from lookoutcv.grids import FloatArray, IntArray
from lookoutcv.profiles.profile import SAMPLE_SIZE, Profile
from lookoutcv.records.group_keys import division, keys_of, tag_names
from lookoutcv.records.schema import metric_names
from lookoutcv.results.self_check import SelfCheck

WINDOWS = (50, 200, 1000)
# Rows that enter the tests here: enough for effects of .1, few enough that all of it takes under two seconds.
MOST_ROWS = 2000
_SPLITS, _SPLIT_WINDOW, _SPLIT_BASELINE = 50, 100, 500
# Blocks of rows in a row, where there are no batches, and batches that are held out, at most.
_BLOCKS, _MOST_HELD_OUT = 10, 20
# A field that explains so much of one metric's ranks separates clusters: means about 1.7 sd apart for two equal halves.
_CLUSTERED = 0.4
_MOST_CLUSTERS = 50
_NEARLY_ALL = 0.95


def self_check(profile: Profile, *, copies: tuple[int, int] = (0, 0), policy: Policy = DEFAULT) -> SelfCheck:
    """Check a baseline against itself, in figures. The same profile gives the same outcome.

    Args:
        profile: Of the baseline; at most 2,000 rows of its sample enter the tests here.
        copies: Images that are copies of another, and images searched.
        policy: The rules of later comparisons.
    Example:
        >>> self_check(Profile()).images
        0
    """
    rows = profile.sample.num_rows
    names = metric_names(profile.sample.schema)
    part = profile.sample.slice(0, MOST_ROWS)
    values = metric_matrix(part, names)
    usable = rows >= 2 * max(policy.minimum_window, policy.minimum_baseline) and bool(names)
    batches = batches_of(profile.sample.column("batch").to_pylist()) or Batches(np.full(rows, -1), 0)
    splits = _alarms(_random_splits(part.num_rows), values, policy) if usable else (0, 0)
    held_out = _held_out(profile, batches, policy)
    blocks = _alarms(held_out, values, policy) if usable else (0, 0)
    return SelfCheck(
        images=rows,
        detectable={str(size): _detectable(rows, size, len(names), policy) for size in WINDOWS} if rows else {},
        alpha=policy.alpha,
        splits=splits,
        blocks=blocks,
        batches=batches.count,
        one_label=_one_label(profile, batches),
        by=_clustering_field(profile, values) if usable else None,
        copies=copies,
        autocorrelation=_autocorrelation(profile, names) if usable else None,
    )


def beyond_chance(splits: tuple[int, int], alpha: float) -> bool:
    """More alarms than three standard deviations above what is expected, and at least three.

    Args:
        splits: How many windows were tested against a baseline like them, and how many alarmed.
        alpha: Share of false alarms that tests are allowed.
    Example:
        >>> beyond_chance((50, 4), 0.01), beyond_chance((50, 2), 0.01)
        (True, False)
    """
    tested, alarms = splits
    expected = tested * alpha
    return alarms >= 3 and alarms > expected + 3 * math.sqrt(expected * (1 - alpha))


def _autocorrelation(profile: Profile, names: Sequence[str]) -> float | None:
    measured = autocorrelation_of(profile.sample, names, order_of(profile.sample.slice(0, SAMPLE_SIZE)))
    return None if measured is None else float(f"{measured:.3g}")


def _detectable(rows: int, window: int, metrics: int, policy: Policy) -> float:
    effect = smallest_detectable_effect(rows, window, max(metrics, 1), alpha=policy.alpha, min_effect=policy.min_effect)
    return float(f"{effect:.3g}")


Split = tuple[IntArray, IntArray]


def _random_splits(rows: int) -> Iterator[Split]:
    """Rows of a window and of a baseline, without overlap; the same ones for the same number of rows."""
    random = np.random.default_rng(rows)
    window = min(_SPLIT_WINDOW, rows // 2)
    for _ in range(_SPLITS):
        mixed = random.permutation(rows)
        yield mixed[:window], mixed[window : window + _SPLIT_BASELINE]


def _held_out(profile: Profile, batches: Batches, policy: Policy) -> Iterator[Split]:
    """Each batch against all others; without batches, each tenth of the rows in their order of time or name."""
    part = profile.sample.slice(0, MOST_ROWS)
    owner = batches.owner[: part.num_rows] if batches.count > 1 else _blocks_in_order(profile)
    if owner is None:
        return
    usable = np.unique(owner[owner >= 0])
    for batch in usable[:: math.ceil(len(usable) / _MOST_HELD_OUT)]:
        window, rest = np.flatnonzero(owner == batch), np.flatnonzero((owner >= 0) & (owner != batch))
        if min(len(window), len(rest)) >= max(policy.minimum_window, policy.minimum_baseline):
            yield window, rest


def _blocks_in_order(profile: Profile) -> IntArray | None:
    """The block of each row; None where no order means anything: names that are sorted by class."""
    part = profile.sample.slice(0, MOST_ROWS)
    order = "time"
    if part.column("time").null_count:
        if profile.counts["label"]:
            return None
        order = "id"
    ranks = np.empty(part.num_rows, dtype=np.int64)
    ranks[pc.sort_indices(part.column(order)).to_numpy()] = np.arange(part.num_rows)
    blocks: IntArray = ranks * _BLOCKS // max(part.num_rows, 1)
    return blocks


def _alarms(splits: Iterator[Split], values: Values, policy: Policy) -> tuple[int, int]:
    """How many splits there are, and how many windows differ from their baseline by the rule for one baseline."""
    tested = alarms = 0
    names = [""] * values.shape[1]
    for window, baseline in splits:
        columns = pool(values[baseline], values[window])
        alarms += bool(calibrated(names, columns, [effects(column) for column in columns], policy).drifted)
        tested += 1
    return tested, alarms


def _one_label(profile: Profile, batches: Batches) -> bool:
    """Whether the commonest label of each batch covers nearly all of it, though no label covers the baseline."""
    label = batches_of(profile.sample.column("label").to_pylist(), least=1)
    inside = batches.owner >= 0
    if label is None or label.count < 2 or not batches.count:
        return False
    inside &= label.owner >= 0
    table = np.zeros((batches.count, label.count), dtype=np.int64)
    np.add.at(table, (batches.owner[inside], label.owner[inside]), 1)
    total = max(int(table.sum()), 1)
    return bool(table.max(axis=1).sum() >= _NEARLY_ALL * total > table.sum(axis=0).max())


def _clustering_field(profile: Profile, values: Values) -> tuple[str, float] | None:
    """The field that explains most of a metric's ranks, where that is so much that it separates clusters."""
    part = profile.sample.slice(0, MOST_ROWS)
    names = metric_names(part.schema)
    ranks = np.column_stack([_ranks(values[:, j]) for j in range(values.shape[1])])
    best: tuple[str, float] | None = None
    for name in ("camera", "label", "size", "format", *sorted(tag_names(part))[:_MOST_CLUSTERS], "folder"):
        owner = batches_of(keys_of(part, division(name)).to_pylist() if not name.isdecimal() else [])
        if owner is None or not 1 < owner.count <= _MOST_CLUSTERS:
            continue
        # That the size explains the size is no news.
        news = [j for j, metric in enumerate(names) if name != "size" or not metric.startswith("geometry.")]
        explained = max((_explained(ranks[:, j], owner) for j in news), default=0.0)
        if explained >= max(_CLUSTERED, best[1] if best else 0.0) and (best is None or explained > best[1]):
            best = (name, explained)
    return None if best is None else (best[0], float(f"{best[1]:.3g}"))


def _ranks(values: Values) -> FloatArray:
    known = np.isfinite(values)
    _, place, sizes = np.unique(values[known], return_inverse=True, return_counts=True)
    ranks = np.full(len(values), np.nan)
    ranks[known] = (np.cumsum(sizes) - sizes / 2)[place]
    return ranks


def _explained(ranks: FloatArray, owner: Batches) -> float:
    """Share of the variance that lies between the clusters, adjusted for their number."""
    inside = (owner.owner >= 0) & np.isfinite(ranks)
    own, values = owner.owner[inside], ranks[inside]
    sizes = np.bincount(own, minlength=owner.count)
    rows, clusters = len(values), int(np.count_nonzero(sizes))
    total = float(np.var(values)) * rows if rows else 0.0
    if total <= 0 or rows <= clusters or clusters < 2:
        return 0.0
    means = np.bincount(own, values, owner.count) / np.maximum(sizes, 1)
    within = float(np.sum((values - means[own]) ** 2))
    return 1 - within / (rows - clusters) * (rows - 1) / total
