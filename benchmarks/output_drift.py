"""How often unchanged answers of a model are called drift, and how much of a change is found.

Scores of 2, 10 and 1,000 classes are simulated: classes with a long tail, some images easy and some hard. Embeddings
are simulated too, correlated and cut off at 0 as networks leave them; with --data they are those of a
MobileNet, clean and under the shipped corruptions.

    python benchmarks/output_drift.py --data DIR
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from time import process_time
from typing import Any

import numpy as np
from scipy.special import softmax

from harness.classifiers import CLEAN, conditions, labelled_and_models, mobilenet_answers, read
from harness.command import main
from harness.counted import percent
from harness.figures import Benchmark, Figure, Goal, Option
from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.drift.predictions.classes import class_drift
from lookoutcv.drift.predictions.embedding_drift import embedding_drift
from lookoutcv.drift.predictions.score_drift import most_likely_classes, with_classes
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.two_sample import two_sample

Array = np.ndarray[Any, np.dtype[Any]]

CLASSES = (2, 10, 1000)
SIZES = ((100, 30), (1000, 30), (1000, 300), (1000, 1000), (5000, 100))
EMBEDDED = ((100, 30), (600, 100), (600, 600))
_IMAGES, _SEED, _TOGETHER = 20_000, 42, 50
_GOAL = Goal(1.3)
# Kind of data, M, N, windows, number of the task.
Task = tuple[Any, int, int, int, int]


def measure(settings: Namespace) -> Iterator[Figure]:
    """Scores by classes, then embeddings: false alarms, power beside other tests, time."""
    for classes in CLASSES:
        scores = simulated_scores(classes, _IMAGES)
        tasks = _tasks(classes, SIZES, settings.windows)
        counts: dict[tuple[int, int], list[int]] = {}
        for task, found in zip(tasks, over(score_alarms, scores, tasks), strict=True):
            counts.setdefault(task[1:3], []).append(found)
        yield from _alarms(f"answers of {classes:,} classes", counts, settings.windows)
    features = {CLEAN: simulated_embeddings(4000, 256)}
    name = "simulated embeddings"
    found_below = labelled_and_models(settings)
    if found_below is not None:
        name = "MobileNet's embeddings"
        answers = mobilenet_answers(read(found_below[0]), found_below[1], conditions((1, 2)), _SEED)
        features = dict(answers.features)
    tasks = _tasks(0, EMBEDDED, settings.windows)
    counts = {}
    for task, found in zip(tasks, over(embedding_alarms, features[CLEAN], tasks), strict=True):
        counts.setdefault(task[1:3], []).append(found)
    yield from _alarms(name, counts, settings.windows)
    if len(features) > 1:
        yield from _power(features, settings.repeats)
    rows = simulated_embeddings(3000, 2048)
    start = process_time()
    embedding_drift(rows[:2000], rows[2000:])
    yield Figure("one test of embeddings, CPU", process_time() - start, "s", "2,000 x 1,000 images of 2,048", Goal(1.0))


def simulated_scores(classes: int, images: int) -> Array:
    """(images, classes) float32: classes with a long tail, certainty from none to nearly all."""
    random = np.random.default_rng([_SEED, classes])
    shares = np.arange(1, classes + 1) ** -0.7
    truth = random.choice(classes, images, p=shares / shares.sum())
    logits = 1.2 * random.standard_normal((images, classes))
    logits[np.arange(images), truth] += random.gamma(3, 1.5, images) + np.log(classes)
    return softmax(logits, axis=1).astype(np.float32)


def simulated_embeddings(images: int, numbers: int) -> Array:
    """(images, numbers) float32: 20 factors, noise, nothing below 0, some numbers nearly always 0."""
    random = np.random.default_rng([_SEED, numbers])
    factors = random.standard_normal((images, 20)) @ random.standard_normal((20, numbers)) / 4
    raw = factors + random.standard_normal((images, numbers)) - random.exponential(1, numbers)
    return np.maximum(raw, 0).astype(np.float32)


def score_alarms(scores: Array, task: Task) -> int:
    """Of some windows of unchanged answers, how many have p <= alpha."""
    return _count(scores, task, _score_p)


def embedding_alarms(rows: Array, task: Task) -> int:
    """The same of embeddings."""
    return _count(rows, task, lambda baseline, window: embedding_drift(baseline, window).p_value)


def _count(rows: Array, task: Task, p_value: Callable[[Array, Array], float]) -> int:
    _, m, n, count, number = task
    random = np.random.default_rng([_SEED, m, n, number])
    alarms = 0
    for _ in range(count):
        drawn = random.choice(len(rows), m + n, replace=False)
        alarms += p_value(rows[drawn[:m]], rows[drawn[m:]]) <= DEFAULT.alpha
    return alarms


def _score_p(baseline: Array, window: Array) -> float:
    watched = most_likely_classes(baseline.mean(axis=0))
    columns = [np.c_[side.max(axis=1), side[:, watched]] for side in (baseline, window)]
    answers = [np.bincount(side.argmax(axis=1), minlength=side.shape[1]) for side in (baseline, window)]
    counts = [{str(index): int(count) for index, count in enumerate(side)} for side in answers]
    of_scores = two_sample(pool(*columns), minimum_values=DEFAULT.minimum_values).p_value
    return with_classes(of_scores, 0.0, class_drift(*counts))[0]


def _tasks(kind: Any, sizes: tuple[tuple[int, int], ...], windows: int) -> list[Task]:
    return [
        (kind, m, n, min(_TOGETHER, windows - start), start) for m, n in sizes for start in range(0, windows, _TOGETHER)
    ]


def _alarms(name: str, counts: Mapping[tuple[int, int], list[int]], windows: int) -> Iterator[Figure]:
    total = sum(sum(found) for found in counts.values())
    cells = ", ".join(f"{m:,} x {n:,} {100 * sum(found) / windows:.1f}" for (m, n), found in counts.items())
    basis = f"{percent(total, windows * len(counts))}; M x N and %: {cells}"
    yield Figure(f"false alarms, {name}", 100 * total / (windows * len(counts)), "%", basis, _GOAL)


def mean_kernel_p(baseline: Array, window: Array) -> float:
    """Maximum mean discrepancy with a Gaussian kernel of median width, 300 permutations."""
    rows = np.concatenate([baseline, window]).astype(np.float64)
    squares = (rows**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0)
    kernel = np.exp(-distances / np.median(distances))
    random = np.random.default_rng(_SEED)
    sides = np.repeat([1 / len(baseline), -1 / len(window)], [len(baseline), len(window)])
    permuted = np.stack([sides, *(random.permutation(sides) for _ in range(300))], axis=1)
    values = (permuted * (kernel @ permuted)).sum(axis=0)
    return float((values >= values[0]).mean())


def projections_p(baseline: Array, window: Array) -> float:
    """The tests of metrics on 30 principal components."""
    rows = np.concatenate([baseline, window])
    rows = rows - rows.mean(axis=0)
    parts = rows @ np.linalg.svd(rows, full_matrices=False)[2][:30].T
    columns = pool(parts[: len(baseline)], parts[len(baseline) :])
    return two_sample(columns, minimum_values=DEFAULT.minimum_values).p_value


def classifier_p(baseline: Array, window: Array) -> float:
    """A ridge discriminant learnt on every other image, and a rank test of what it says of the rest."""
    scale = np.concatenate([baseline, window]).std(axis=0) + 1e-9
    sides = [side / scale for side in (baseline, window)]
    learnt = [side[::2] for side in sides]
    covariance = np.cov(np.concatenate([side - side.mean(axis=0) for side in learnt]).T)
    direction = np.linalg.solve(covariance + np.eye(len(covariance)), learnt[1].mean(axis=0) - learnt[0].mean(axis=0))
    column = pool(*[(side[1::2] @ direction)[:, None] for side in sides])
    return two_sample(column, minimum_values=2).p_value


_RIVALS: dict[str, Callable[[Array, Array], float]] = {
    "ranks of all numbers, ours": lambda baseline, window: embedding_drift(baseline, window).p_value,
    "principal components": projections_p,
    "kernel MMD": mean_kernel_p,
    "classifier": classifier_p,
}


def _power(features: Mapping[tuple[str, int], Array], repeats: int) -> Iterator[Figure]:
    for title, severity, images, share in (
        ("severity 1, N = 100", 1, 100, 1.0),
        ("severity 2, N = 30", 2, 30, 1.0),
        ("severity 2 in 40% of images, N = 100", 2, 100, 0.4),
    ):
        tasks = [(kind, severity, images, share, number) for kind in CORRUPTIONS for number in range(repeats)]
        found = np.array(list(over(found_by, features, tasks)))
        basis = f"M = 600, {len(tasks)} windows of {len(CORRUPTIONS)} corruptions"
        for place, name in enumerate(_RIVALS):
            yield Figure(f"embeddings, power, {title}, {name}", float(found[:, place].mean()), "", basis)


def found_by(features: Mapping[tuple[str, int], Array], task: tuple[str, int, int, float, int]) -> list[bool]:
    """Which tests find one window in which a share of the images is corrupted."""
    kind, severity, images, share, number = task
    random = np.random.default_rng([_SEED, *kind.encode(), severity, images, number])
    order = random.permutation(len(features[CLEAN]))
    window = features[CLEAN][order[600 : 600 + images]].copy()
    spoilt = int(share * images)
    window[:spoilt] = features[kind, severity][order[600 : 600 + spoilt]]
    baseline = features[CLEAN][order[:600]]
    return [test(baseline, window) <= DEFAULT.alpha for test in _RIVALS.values()]


BENCHMARK = Benchmark(
    "drift of a model's answers",
    measure,
    [
        Option("--windows", 400, "unchanged windows a cell; 4,000 for figures to rely on"),
        Option("--repeats", 4, "windows of each corruption"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
