"""How well accuracy is estimated without labels, how often its interval holds it, and how often impact is found.

Two classifiers of CIFAR-10 (`harness/classifiers.py`). In each of 20 draws the pictures that no model was trained on
are divided into a labelled baseline, which calibrates, and a pool from which windows are drawn: clean ones, the shipped
corruptions at severities 1 to 5, and shifts of the class frequencies. A window never shares a picture with its
baseline; windows of shifted classes that are as large as the pool are drawn with replacement.

The baseline asks about corrupted copies of its own pictures. A corrupted window is judged without the copies of its own
kind of corruption, as if nobody had thought of that kind; figures with them, and without any, stand beside.

The constants of the perturbation calibration were chosen on one half of the pictures and of the corruptions. The
figures called "other half" come from the other half alone, in which baselines have 600 or 480 pictures and windows 300.

    python benchmarks/accuracy_estimate.py --data DIR
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.classifiers import (
    CLEAN,
    Answers,
    Condition,
    conditions,
    labelled_and_models,
    metric_tables,
    mobilenet_answers,
    read,
    resnet_answers,
)
from harness.command import main
from harness.counted import percent
from harness.figures import Benchmark, Figure, Goal, Option
from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS, SEVERITIES
from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy, estimate_accuracy
from lookoutcv.drift.accuracy.fit_calibration import calibrate
from lookoutcv.drift.accuracy.fit_perturbation import CorruptedCopies, fit_perturbation, moved
from lookoutcv.drift.accuracy.perturbation import PerturbationCalibration
from lookoutcv.measuring.calibration.perturbation_calibration import MOST_COPIED
from lookoutcv.measuring.calibration.perturbation_calibration import NOT_OF_PIXELS as _NOT_OF_PIXELS
from lookoutcv.measuring.calibration.perturbation_calibration import SEVERITIES as PERTURBED
from lookoutcv.metric_selection import select_metrics

Array = np.ndarray[Any, np.dtype[Any]]

WINDOWS = (300, 1000)
# Half of the classes at these shares of what they have in the pool.
THINNED = (0.5, 0.25, 0.1)
_CLEAN_WINDOWS, _SHIFTED_WINDOWS = 20, 5
_IMPACT, _NO_IMPACT = 0.05, 0.02
_SEED, _HALVES = 41, 5
# What the constants of the perturbation calibration were chosen on; the figures of the "other half" are of the others.
CHOSEN_ON = ("brighten", "darken", "haze", "defocus", "low_resolution", "noise")
_NOTHING = "give --data with cifar10 (a folder a class) and models below it"


@dataclass(frozen=True)
class Window:
    """One window's outcome.

    Args:
        draw: Which division into baseline and pool.
        kind: "clean", "corrupted" or "classes".
        condition: The corruption and its severity.
        images: N.
        truth: True accuracy of the window.
        confidence: The model's mean confidence on it.
        found: What was estimated, corrected by a perturbation calibration of other kinds of corruption.
        met: The same with the window's own kind tried.
        plain: The same without any perturbation calibration.
        alone: What is estimated where only confidences are logged, without any perturbation calibration.
    """

    draw: int
    kind: str
    condition: Condition
    images: int
    truth: float
    confidence: float
    found: EstimatedAccuracy
    met: EstimatedAccuracy
    plain: EstimatedAccuracy
    alone: EstimatedAccuracy

    @property
    def drop(self) -> float:
        """The true one."""
        return (self.found.baseline_accuracy or 0.0) - self.truth

    @property
    def error(self) -> float:
        """Estimate less truth."""
        return (self.found.estimate or 0.0) - self.truth

    @property
    def covered(self) -> bool:
        """The interval holds the truth."""
        return (self.found.low or 0.0) <= self.truth <= (self.found.high or 0.0)


def measure(settings: Namespace) -> Iterator[Figure]:
    """Both models together, then each by itself."""
    found_below = labelled_and_models(settings)
    if found_below is None:
        yield Figure("error of the estimated accuracy", None, "", _NOTHING)
        return
    pictures, models, wanted = read(found_below[0]), found_below[1], conditions()
    names = [one.name for one in select_metrics(None) if one.grid and one.name.partition(".")[0] not in _NOT_OF_PIXELS]
    tables = metric_tables(pictures, names, wanted)
    every = [
        resnet_answers(pictures, models, wanted),
        mobilenet_answers(pictures, models, wanted, _SEED),
    ]
    shared = {one.name: (one, {key: table[one.rows] for key, table in tables.items()}, names) for one in every}
    found = {name: _windows(one, settings.draws, _drawn) for name, one in shared.items()}
    yield from figures("both models", [w for windows in found.values() for w in windows])
    for name, windows in found.items():
        yield from figures(name, windows)
    other = [w for one in shared.values() for w in _windows(one, settings.draws, _drawn_from_the_other_half)]
    yield from figures("both models, other half", other)


Given = tuple[Answers, Mapping[Condition, Array], Sequence[str]]


def _windows(given: Given, draws: int, work: Callable[[Given, int], list[Window]]) -> list[Window]:
    return [window for part in over(work, given, range(draws)) for window in part]


def _drawn(given: Given, draw: int) -> list[Window]:
    return drawn(given, draw, np.arange(len(given[0].truth)), max(WINDOWS), sizes=WINDOWS, kinds=list(CORRUPTIONS))


def _drawn_from_the_other_half(given: Given, draw: int) -> list[Window]:
    order = np.random.default_rng(_HALVES).permutation(len(given[0].truth))
    rows = order[len(order) // 2 :]
    kinds = [kind for kind in CORRUPTIONS if kind not in CHOSEN_ON]
    return drawn(given, draw, rows, len(rows) - len(rows) * 6 // 10, sizes=WINDOWS[:1], kinds=kinds)


def drawn(
    given: Given, draw: int, usable: Array, pooled: int, *, sizes: Sequence[int], kinds: Sequence[str]
) -> list[Window]:
    """Every window of one division into baseline and pool.

    Args:
        given: Answers, metrics by condition, and the metrics' names.
        draw: Which division.
        usable: Rows of the pictures to divide.
        pooled: Pictures in the pool; the others are the baseline.
        sizes: Of windows.
        kinds: Of corruptions in windows. All kinds are tried.
    """
    answers, tables, names = given
    random = np.random.default_rng([_SEED, draw])
    order = usable[random.permutation(len(usable))]
    pool, known = order[:pooled], order[pooled:]
    plain = calibrate(answers.scores[CLEAN][known], answers.truth[known])
    all_kinds = replace(plain, perturbation=_perturbation(plain, given, known[:MOST_COPIED]))
    others = {kind: replace(plain, perturbation=all_kinds.perturbation.without(kind)) for kind in kinds}

    def window(kind: str, condition: Condition, rows: Array) -> Window:
        scores, truth = answers.scores[condition][rows], answers.truth[rows]
        right, certain = float((scores.argmax(axis=1) == truth).mean()), float(scores.max(axis=1).mean())
        alone = estimate_accuracy(plain.of_confidence, scores.max(axis=1))
        seen = dict(zip(names, moved(tables[CLEAN][known], tables[condition][rows]), strict=True))
        said = [estimate_accuracy(one, scores, seen) for one in (others.get(condition[0], all_kinds), all_kinds, plain)]
        return Window(draw, kind, condition, len(rows), right, certain, said[0], said[1], said[2], alone)

    found = []
    for images in sizes:
        for condition in [CLEAN, *((kind, severity) for kind in kinds for severity in SEVERITIES)]:
            repeats = _CLEAN_WINDOWS if condition == CLEAN and images < len(pool) else 1
            for _ in range(repeats):
                rows = random.choice(pool, images, replace=False)
                found.append(window("clean" if condition == CLEAN else "corrupted", condition, rows))
        for share in [share for share in THINNED for _ in range(_SHIFTED_WINDOWS)]:
            thin = random.permutation(answers.truth.max() + 1)[: (answers.truth.max() + 1) // 2]
            weights = np.where(np.isin(answers.truth[pool], thin), share, 1.0)
            # Without replacement a window as large as the pool would be the pool.
            rows = random.choice(pool, images, replace=images >= len(pool), p=weights / weights.sum())
            found.append(window("classes", CLEAN, rows))
    return found


def _perturbation(calibration: Calibration, given: Given, rows: Array) -> PerturbationCalibration:
    answers, tables, names = given

    def side(condition: Condition) -> CorruptedCopies:
        return CorruptedCopies(answers.scores[condition][rows], tables[condition][rows])

    copies = {f"{kind} {severity}": side((kind, severity)) for kind in CORRUPTIONS for severity in PERTURBED}
    found = fit_perturbation(calibration, answers.truth[rows], side(CLEAN), copies, names)
    assert found is not None
    return found


def figures(name: str, windows: Sequence[Window]) -> Iterator[Figure]:
    """Error, coverage and impact of some windows."""
    clean = [w for w in windows if w.kind == "clean"]
    for title, some, goal in (
        ("clean windows", clean, Goal(1.7)),
        ("all windows", windows, Goal(3.5)),
        ("corruptions", [w for w in windows if w.kind == "corrupted"], None),
        ("corruptions of severity 1 to 3", [w for w in windows if w.kind == "corrupted" and w.condition[1] <= 3], None),
        ("shifted classes", [w for w in windows if w.kind == "classes"], None),
        ("reliable windows", [w for w in windows if w.found.status == "reliable"], None),
    ):
        by_size = "; ".join(
            f"N = {n}: {_points([abs(w.error) for w in some if w.images == n])}"
            for n in WINDOWS
            if any(w.images == n for w in some)
        )
        basis = (
            f"{len(some):,} windows; {by_size}; mean confidence as it is "
            f"{_points([abs(w.confidence - w.truth) for w in some])}, "
            f"no change {_points([abs(w.drop) for w in some])}, "
            f"without perturbation {_points([abs((w.plain.estimate or 0.0) - w.truth) for w in some])}, "
            f"with their own kind tried {_points([abs((w.met.estimate or 0.0) - w.truth) for w in some])}, "
            f"ours where only confidences are logged {_error_alone(some)}"
        )
        yield Figure(f"mean error of the estimate, {title}, {name}", _evenly(some), "points", basis, goal)
    yield _coverage(name, windows)
    yield from _impact(name, windows, clean)
    refused = [w for w in windows if w.found.status != "reliable"]
    far = [w for w in windows if abs(w.error) > 0.1]
    caught = sum(w.found.status != "reliable" for w in far)
    basis = f"of {len(far)} errors over 10 points, {caught} were refused"
    yield Figure(f"refused, {name}", 100 * len(refused) / len(windows), "%", basis)
    yield _alone(name, windows)


def _alone(name: str, windows: Sequence[Window]) -> Figure:
    """What an estimate from confidences alone is worth."""
    held = [(w.alone.low or 0.0) <= w.truth <= (w.alone.high or 0.0) for w in windows]
    sound = [w for w in windows if w.alone.status == "reliable"]
    basis = f"refused {100 - 100 * len(sound) / len(windows):.0f}%; error of the others {_error_alone(sound)} points"
    return Figure(f"90% interval from confidences alone holds the truth, {name}", float(np.mean(held)), "", basis)


def _error_alone(windows: Sequence[Window]) -> str:
    return _points([abs((w.alone.estimate or 0.0) - w.truth) for w in windows])


def _evenly(windows: Sequence[Window]) -> float:
    """Mean error in points, each size of window counting the same."""
    sizes = [[abs(w.error) for w in windows if w.images == n] for n in WINDOWS]
    return 100 * float(np.mean([np.mean(one) for one in sizes if one]))


def _coverage(name: str, windows: Sequence[Window]) -> Figure:
    draws = sorted({w.draw for w in windows})
    shares = [float(np.mean([w.covered for w in windows if w.draw == draw])) for draw in draws]
    kinds = ("clean", "corrupted", "classes")
    by_kind = ", ".join(f"{kind} {np.mean([w.covered for w in windows if w.kind == kind]):.3f}" for kind in kinds)
    basis = f"{len(draws)} calibration draws, {min(shares):.2f} to {max(shares):.2f}; {by_kind}"
    return Figure(f"90% interval holds the truth, {name}", float(np.mean(shares)), "", basis, Goal(0.88, at_least=True))


def _impact(name: str, windows: Sequence[Window], clean: Sequence[Window]) -> Iterator[Figure]:
    rules: dict[str, Callable[[Window], bool]] = {
        "interval": lambda w: bool(w.found.impact),
        "without perturbation": lambda w: bool(w.plain.impact),
        "own kind tried": lambda w: bool(w.met.impact),
        "reliable only": lambda w: bool(w.found.impact) and w.found.status == "reliable",
        "confidences alone": lambda w: bool(w.alone.impact),
        "drop >= 4 points": lambda w: (w.found.drop or 0.0) >= 0.04,
    }
    for images, least in zip(WINDOWS, (0.8, 0.9), strict=True):
        mine = [w for w in windows if w.images == images]
        if not mine:
            continue
        for title, some, goal in (
            ("found, true drop >= 5 points", [w for w in mine if w.drop >= _IMPACT], Goal(least, at_least=True)),
            ("false, true drop <= 2 points", [w for w in mine if w.drop <= _NO_IMPACT], Goal(0.05)),
            ("false, clean windows", [w for w in clean if w.images == images], Goal(0.01)),
        ):
            shares = {rule: float(np.mean([says(w) for w in some])) for rule, says in rules.items()}
            hits = sum(rules["interval"](w) for w in some)
            others = ", ".join(f"{rule} {share:.3f}" for rule, share in shares.items() if rule != "interval")
            basis = f"{percent(hits, len(some))}; other rules: {others}"
            yield Figure(f"impact {title}, N = {images}, {name}", shares["interval"], "", basis, goal)


def _points(shares: Sequence[float]) -> str:
    return f"{100 * np.mean(shares):.1f}"


BENCHMARK = Benchmark(
    "accuracy without labels",
    measure,
    [
        Option("--draws", 20, "divisions into calibration and windows"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
