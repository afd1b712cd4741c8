"""How often the cause of a drift is told right: held-out images, another data set, other content, clean windows.

No image here was used to fit the weights (docs/cards/cause.md): of `--data DIR` the folders `clothing/test` and
`imagenet-sample` (every second photograph) hold other images of the data sets fitted on, `cifar10` is another data set.
Without them, photographs made here from shipped ones are the other data set.
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from harness import causes, corrupted
from harness.causes import Case, Sizes
from harness.command import main
from harness.corrupted import Measured, Pictures
from harness.figures import Benchmark, Figure, Goal, Option
from harness.photographs import below
from harness.pictures import make
from lookoutcv.drift.cause.classify import classify, fitted, mean_shifts
from lookoutcv.drift.cause.families import UNCLEAR
from lookoutcv.drift.describe.shifted import normal_scores
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.verdict import calibrated
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool

_SEED = 77
_SIZES = Sizes(baseline=(0.4, 0.6), window=(30, 200))


def measure(settings: Namespace) -> Iterator[Figure]:
    """Each set of images: corrupted windows that drifted, other content, other classes, clean windows."""
    if settings.data is None:
        with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
            made = make(Path(folder), 240, [(350, 200), (320, 240)])
            yield from scored("another data set (made)", [made], settings, Goal(0.90, at_least=True))
        return
    clothing, imagenet, cifar = (below(settings.data / n) for n in ("clothing/test", "imagenet-sample", "cifar10"))
    held_out = [files for files in (clothing, imagenet[1::2]) if files]
    for title, sets, least in (("held-out images", held_out, 0.97), ("another data set", [cifar], 0.90)):
        if not any(sets):
            yield Figure(f"cause right, {title}", None, "", "its folders are not below --data")
            continue
        yield from scored(title, sets, settings, Goal(least, at_least=True))


def scored(title: str, sets: Sequence[Sequence[Path]], settings: Namespace, goal: Goal) -> Iterator[Figure]:
    """The figures of some sets of images; baseline and window of a case are of one set."""
    random = np.random.default_rng(_SEED)
    measured = [
        (files, corrupted.measure(Pictures(files, settings.short_side, 3), fitted().metrics, _SEED)) for files in sets
    ]
    share = -(-settings.cases // len(measured))
    wrong: Counter[str] = Counter()
    hits: dict[str, list[bool]] = {"told": [], "content": [], "classes": [], "swapped": [], "clean": []}
    for files, images in measured:
        for _ in range(share):
            case = causes.corrupted(images, random, _SIZES, whole=1.0)
            if _drifted(case):
                hits["told"].append(_right(case))
                wrong.update([] if hits["told"][-1] else [f"{case.origin} {case.severity}: {_told(case)}"])
        for name, maker in (("content", causes.content), ("swapped", causes.swapped), ("clean", causes.clean)):
            hits[name] += [_right(maker(images, random, _SIZES)) for _ in range(share // 3)]
        hits["classes"] += [_right(case) for case in _classes(files, images, random, share // 3)]
    size = f"{sum(len(files) for files in sets):,} images, windows of {_SIZES.window[0]} to {_SIZES.window[1]}"
    known = hits.pop("told")
    often = ", ".join(f"{words} ({count})" for words, count in wrong.most_common(5))
    basis = f"{len(known)} windows that drifted, {size}; severities 1 to 5" + (
        f"; most often wrong: {often}" if often else ""
    )
    yield Figure(f"cause right, {title}", float(np.mean(known)), "", basis, goal)
    both = [*hits["content"], *hits["clean"]]
    basis = f"{len(both)} windows: {len(hits['content'])} along random directions, {len(hits['clean'])} unchanged"
    yield Figure(
        f"'unclear' for content and clean, {title}", float(np.mean(both)), "", basis, Goal(0.95, at_least=True)
    )
    words = {"content": "other content", "classes": "other classes", "swapped": "repaired faults", "clean": "clean"}
    for name, found in hits.items():
        if found:
            yield Figure(f"'unclear' for {words[name]}, {title}", float(np.mean(found)), "", f"{len(found)} windows")


def _classes(files: Sequence[Path], images: Measured, random: np.random.Generator, count: int) -> Iterator[Case]:
    """A window of one folder's images against a baseline of the others': other content as it really comes."""
    folders = np.array([path.parent.name for path in files])
    names = [name for name in sorted(set(folders)) if 30 <= np.count_nonzero(folders == name) < len(files) / 2]
    for _ in range(count if names else 0):
        own = folders == names[random.integers(len(names))]
        others = random.permutation(np.flatnonzero(~own))[: len(files) // 2]
        window = random.permutation(np.flatnonzero(own))[: int(random.integers(*_SIZES.window))]
        yield Case(images.clean[others], images.clean[window], UNCLEAR, "classes")


def _drifted(case: Case) -> bool:
    columns = pool(case.baseline, case.window)
    return calibrated(fitted().metrics, columns, [effects(c) for c in columns], DEFAULT).drifted is True


def _right(case: Case) -> bool:
    return _told(case) == case.cause


def _told(case: Case) -> str:
    scores = normal_scores(pool(case.baseline, case.window))[len(case.baseline) :]
    return str(classify(dict(zip(fitted().metrics, mean_shifts(scores), strict=True))).family)


BENCHMARK = Benchmark(
    "the cause of a drift",
    measure,
    [
        Option("--cases", 1200, "corrupted windows of each set of images; a third as many of each other kind"),
        Option("--short-side", 400, "larger photographs are reduced to it, in pixels"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
