"""Whether what is promised of monitoring holds for a model that was trained here and brings its own baseline.

In each draw labelled images are divided into those that `train` gets and a pool that it never sees. The package's own
model answers about the pool, clean and corrupted, and windows of it are compared with the package's own baseline, as
`monitor --model PACKAGE` does: how often clean windows are called drift, and how far the estimated accuracy is from
the real one. The windows of one draw share its package and its pool, so that draws count for more than windows.

With --data, a folder that holds `clothing` and `weights` (of tf_efficientnet_lite0) and `cifar10`. No rule was chosen
on packages of these.

    python benchmarks/package_monitor.py --data DIR --draws 10
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

import lookoutcv as lo
from harness.command import main
from harness.counted import percent
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.corruptions import CORRUPTIONS, SEVERITIES

_SEED = 53
_NOTHING = "give --data with clothing, weights and cifar10 below it"
# At a nominal 1%; as benchmarks/false_alarms.py.
_ALARMS, _HELD = Goal(1.3), Goal(0.88, at_least=True)


@dataclass(frozen=True)
class Set:
    """Labelled images, and how a package is made of some of them.

    Args:
        name: In the figures.
        folder: Below --data.
        known: Images that `train` gets; the others are the pool.
        sizes: Of windows.
        options: Of `train`.
    """

    name: str
    folder: str
    known: int
    sizes: tuple[int, ...]
    options: dict[str, Any] = field(default_factory=dict)


_HEAD = {"models": "tf_efficientnet_lite0", "epochs": 0}
_SCRATCH = {"models": "resnet10t", "weights": "none", "image_size": 32, "epochs": 12, "test_size": 0.3}
SETS = (
    Set("photographs, third part of 80", "clothing", 413, (30, 100), _HEAD),
    Set("photographs, third part of 300", "clothing", 513, (30, 100), {**_HEAD, "test_size": 0.6}),
    Set("CIFAR-10, third part of 360", "cifar10", 1200, (30, 100, 300), _SCRATCH),
)


@dataclass(frozen=True)
class Window:
    """One window's outcome.

    Args:
        draw: Which package.
        images: N.
        clean: Nothing was done to it.
        drifted: It was called drift.
        truth: True accuracy.
        baseline, estimate, low, high: Accuracy in the baseline, estimated, and the ends of the interval.
        reliable: The estimate is said to be.
        impact: Harm was told.
    """

    draw: int
    images: int
    clean: bool
    drifted: bool
    truth: float
    baseline: float
    estimate: float
    low: float
    high: float
    reliable: bool
    impact: bool

    @property
    def error(self) -> float:
        """Of the estimate, in points."""
        return 100 * abs(self.estimate - self.truth)

    @property
    def held(self) -> bool:
        """The interval holds the truth."""
        return self.low <= self.truth <= self.high


def measure(settings: Namespace) -> Iterator[Figure]:
    """Set by set."""
    if settings.data is None or not (settings.data / "weights").is_dir():
        yield Figure("false alarms of packages", None, "", _NOTHING)
        return
    for number, one in enumerate(SETS):
        if settings.only_set in (0, number + 1):
            draws = [Draw(one, settings, draw) for draw in range(settings.draws)]
            yield from figures(one, draws, [window for draw in draws for window in draw.windows()])


class Draw:
    """One package, and a pool that it knows nothing of."""

    def __init__(self, one: Set, settings: Namespace, number: int) -> None:
        self._set, self._settings, self._number = one, settings, number
        self._random = np.random.default_rng([_SEED, number])
        files = sorted(path for path in (settings.data / one.folder).rglob("*") if path.is_file())
        order = self._random.permutation(len(files))
        self._known = [files[index] for index in order[: one.known]]
        self._pool = [files[index] for index in order[one.known :]]
        self.accuracy = 0.0
        self.baseline_images = 0

    def windows(self) -> Iterator[Window]:
        """Clean ones, then corrupted ones."""
        with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
            given = {"weights": self._settings.data / "weights", **self._set.options}
            table = _table(Path(folder, "known.csv"), self._known)
            lo.train(table, Path(folder, "run"), seed=self._number, threads=1, thumbnails=False, **given)
            package = Path(folder, "run", "package")
            known = lo.Baseline.load(package)
            assert known.calibration is not None
            self.accuracy, self.baseline_images = known.calibration.accuracy, known.profile.count
            pool = lo.measure(_table(Path(folder, "pool.csv"), self._pool), model=package, workers=1, cache=False)
            self._checked(pool, known, package, Path(folder))
            for images in self._set.sizes:
                for _ in range(self._settings.windows):
                    yield self._window(pool, known, images, clean=True)
            for kind, severity in self._faults():
                yield from self._corrupted(kind, severity, known, package)

    def _checked(self, pool: lo.Records, known: lo.Baseline, package: Path, folder: Path) -> None:
        """What is counted here is what `monitor --model PACKAGE` says of the same images."""
        few = self._pool[: self._set.sizes[0]]
        said = lo.monitor(_table(folder / "few.csv", few), model=package, workers=1, cache=False, thumbnails=False)
        names = {path.as_posix().lstrip("/") for path in few}
        rows = [row for row, id in enumerate(pool.table.column("id").to_pylist()) if id.lstrip("/") in names]
        assert len(rows) == len(few)
        again = lo.monitor(_rows(pool, rows), baseline=known, thumbnails=False)
        assert abs(said.p_value - again.p_value) < 1e-6, (said.p_value, again.p_value)

    def _faults(self) -> list[tuple[str, int]]:
        every = [(kind, severity) for kind in CORRUPTIONS for severity in SEVERITIES]
        return [every[index] for index in self._random.permutation(len(every))[: self._settings.faults]]

    def _corrupted(self, kind: str, severity: int, known: lo.Baseline, package: Path) -> Iterator[Window]:
        pixels = [CORRUPTIONS[kind](lo.read(path).pixels, severity) for path in self._pool]
        made = lo.measure(pixels, model=package, workers=1, cache=False)
        labels = pa.array([path.parent.name for path in self._pool])
        table = made.table.set_column(made.table.schema.get_field_index("label"), "label", labels)
        pool = lo.Records(made.name, table, len(table), model=made.model)
        for images in self._set.sizes[1:]:
            for _ in range(self._settings.repeats):
                yield self._window(pool, known, images, clean=False)

    def _window(self, pool: lo.Records, known: lo.Baseline, images: int, *, clean: bool) -> Window:
        report = lo.monitor(_rows(pool, self._random.permutation(len(pool))[:images]), baseline=known, thumbnails=False)
        assert report.accuracy is not None
        said, truth = report.accuracy.estimated, report.accuracy.measured
        assert said is not None
        assert truth is not None
        assert said.estimate is not None
        return Window(
            draw=self._number,
            images=images,
            clean=clean,
            drifted=report.overall_drift_detected,
            truth=truth.accuracy,
            baseline=said.baseline_accuracy or 0.0,
            estimate=said.estimate,
            low=said.low or 0.0,
            high=1.0 if said.high is None else said.high,
            reliable=said.status == "reliable",
            impact=bool(said.impact),
        )


def _table(path: Path, files: Sequence[Path]) -> str:
    """A table of images with their classes; ids are paths below the root of the disk."""
    rows = [f'"{file.as_posix()}",{file.parent.name}' for file in files]
    path.write_text("\n".join(["path,label", *rows]), encoding="utf-8")
    return f"{path}?root=/"


def _rows(records: lo.Records, rows: Any) -> lo.Records:
    return lo.Records(records.name, records.table.take(rows), len(rows), model=records.model)


def figures(one: Set, draws: Sequence[Draw], windows: Sequence[Window]) -> Iterator[Figure]:
    """What came of one set."""
    clean, bad = [w for w in windows if w.clean], [w for w in windows if not w.clean]
    about = (
        f"{len(draws)} packages, accuracy {min(d.accuracy for d in draws):.2f} to "
        f"{max(d.accuracy for d in draws):.2f} in baselines of {draws[0].baseline_images}"
    )
    for images in one.sizes:
        some = [w for w in clean if w.images == images]
        hits = sum(w.drifted for w in some)
        worst = max(sum(w.drifted for w in some if w.draw == draw) for draw in range(len(draws)))
        basis = f"{about}; {percent(hits, len(some))}; {worst} of {len(some) // len(draws)} at the worst package"
        yield Figure(f"false alarms, {one.name}, N = {images}", 100 * hits / len(some), "%", basis, _ALARMS)
    for name, chosen in (("clean", clean), ("corrupted", bad)):
        if not chosen:
            continue
        sizes = "; ".join(
            f"N = {n}: {np.mean([w.error for w in chosen if w.images == n]):.1f}"
            for n in one.sizes
            if any(w.images == n for w in chosen)
        )
        same = np.mean([100 * abs(w.baseline - w.truth) for w in chosen])
        sure = [w.error for w in chosen if w.reliable]
        told = f"{100 * len(sure) / len(chosen):.0f}% reliable" + (f", error {np.mean(sure):.1f}" if sure else "")
        basis = f'{len(chosen):,} windows; {sizes}; "no change" {same:.1f}; {told}'
        yield Figure(
            f"error of the estimate, {one.name}, {name}", float(np.mean([w.error for w in chosen])), "points", basis
        )
        held = [np.mean([w.held for w in chosen if w.draw == draw]) for draw in range(len(draws))]
        by_draw = f"by package {min(held):.2f} to {max(held):.2f}"
        yield Figure(f"90% interval holds the truth, {one.name}, {name}", float(np.mean(held)), "", by_draw, _HELD)
    false = sum(w.impact for w in clean)
    yield Figure(f"harm told of clean windows, {one.name}", 100 * false / len(clean), "%", percent(false, len(clean)))


BENCHMARK = Benchmark(
    "monitoring with a package's own baseline",
    measure,
    [
        Option("--draws", 2, "packages of each set; 10 for figures to rely on"),
        Option("--windows", 50, "clean windows of each size for a package; 100 for figures to rely on"),
        Option("--faults", 2, "corruptions for a package; 5 for figures to rely on"),
        Option("--repeats", 4, "windows of each size for a corruption"),
        Option("--only-set", 0, "the number of one set; 0 for all"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
