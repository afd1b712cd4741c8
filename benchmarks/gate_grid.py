"""How well judges of sharpness tell sharp photographs from blurred ones under every nuisance, at every size.

No photograph here chose anything of a judge (docs/cards/composite.md): of `--data DIR` every second one of
`imagenet-sample`, a part of `clothing/test`, `samples` and one of `exif`; for other nuisances another part of
`clothing/test`, and `daynight`. Another judge is added by `--judge module:function`.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from harness.blur_figures import SIGMA, Judged
from harness.blur_grid import DRAWN, Grid, Table, measured
from harness.blur_judges import JUDGES, judged
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.nuisances import CROSSED, OTHERS, seen
from harness.optics import at_side, read
from harness.photographs import below
from harness.pictures import make
from harness.plain_pictures import before_a_blurred_ground, drawn, plain_crops
from lookoutcv.pixels.view import ImageView, Pixels

_SIDES = (128, 256, 512, 1024)
_OTHER_SIDE = 384
_FOUND = {"none": 0.95, "dark": 0.95, "low contrast": 0.95, "noise": 0.95, "JPEG 15": 0.88, "dark and noise": 0.9}
_ERRORS = {"dark and noise": 0.1}
_BY_COMPOSITE = "composite"
# What `lookout gate fit` refuses of the user's own sharp pictures, unless told otherwise.
_REFUSED = 0.02


def measure(settings: Namespace) -> Iterator[Figure]:
    """The grid, other nuisances, the user's own cut, and pictures that must not be called blurred."""
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        files, others = _files(settings, Path(folder))
        names = [*JUDGES, *settings.judge.split()]
        sides = tuple(side for side in _SIDES if side <= settings.largest)
        crossed = measured(files, Grid(names, list(CROSSED), sides, own=3))
        for column, name in enumerate(names):
            yield from _of_the_grid(Judged(crossed, column), name, len(files))
        other = measured(others, Grid(names, list(OTHERS), (_OTHER_SIDE,), full=_OTHER_SIDE, seed=1))
        for column, name in enumerate(names):
            yield from _of_other_nuisances(Judged(other, column), name, len(others))
        for column, name in enumerate(names):
            yield from _of_own_cuts(Judged(crossed, column), name)
        cuts = {name: Judged(crossed, column).one_cut() for column, name in enumerate(names)}
        yield from _of_plain_pictures([*files, *others], cuts)


def _goal(judge: str, limit: float, *, at_least: bool = True) -> Goal | None:
    return Goal(limit, at_least=at_least) if judge == _BY_COMPOSITE else None


def _of_the_grid(judge: Judged, name: str, photographs: int) -> Iterator[Figure]:
    rows, cut = judge.rows, judge.one_cut()
    basis = f"{np.sum(rows.nuisance != DRAWN):,} copies of {photographs} photographs"
    yield Figure(f"{name}: sharp against blurred, AUC", judge.auc(), "", basis, _goal(name, 0.965))
    for nuisance in CROSSED:
        soft = judge.soft & (rows.nuisance == nuisance)
        basis = f"one cut that refuses 5% of all sharp; answered {100 * judge.answered(soft):.1f}%"
        found = judge.found(soft, cut)
        yield Figure(f"{name}: sigma {SIGMA:g} found, {nuisance}", found, "", basis, _goal(name, _FOUND[nuisance]))
    moved = judge.soft & (rows.blur == "motion")
    yield Figure(f"{name}: motion of sigma {SIGMA:g} found", judge.found(moved, cut), "", "same cut", _goal(name, 0.88))
    for sigma in sorted({1.0, 4.0}.intersection(rows.sigma)):
        found = judge.found((rows.blur != "sharp") & (rows.sigma == sigma), cut)
        yield Figure(f"{name}: sigma {sigma:g} found", found, "", "same cut")
    for side in np.unique(rows.side):
        at = rows.side == side
        text = f"sigma {SIGMA:g} found at {side} px: {judge.found(judge.soft & at, cut):.3f}"
        yield Figure(f"{name}: sharp refused at {side} px", judge.found(judge.sharp & at, cut), "", text)


def _of_other_nuisances(judge: Judged, name: str, photographs: int) -> Iterator[Figure]:
    basis = f"{len(OTHERS)} nuisances, {photographs} photographs at {_OTHER_SIDE} px, {len(judge.rows.scene):,} copies"
    yield Figure(f"{name}: other nuisances, AUC", judge.auc(), "", basis, _goal(name, 0.985))
    cut = judge.one_cut()
    for nuisance in OTHERS:
        here = judge.rows.nuisance == nuisance
        refused = judge.found(judge.sharp & here, cut)
        found = judge.found(judge.soft & here, cut)
        yield Figure(f"{name}: sigma {SIGMA:g} found, {nuisance}", found, "", f"sharp refused: {refused:.3f}")


def _of_own_cuts(judge: Judged, name: str) -> Iterator[Figure]:
    every = judge.sharp | judge.soft
    yield Figure(f"{name}, own cut: answered", judge.answered(every), "", "sharp and blurred copies", _goal(name, 0.9))
    for refused in (_REFUSED, 0.05):
        # What the gate refuses unless told otherwise has goals.
        yield from _of_cuts(
            judge, judge.own_cuts(refused), f"{name}, own cut at {100 * refused:g}%", refused == _REFUSED
        )


def _of_cuts(judge: Judged, cuts: Table, title: str, with_goals: bool) -> Iterator[Figure]:
    rows, goals = judge.rows, title.startswith(_BY_COMPOSITE) and with_goals
    for nuisance, (refused, missed) in judge.errors(cuts).items():
        limit = Goal(_ERRORS.get(nuisance, 0.05)) if goals else None
        basis = f"sharp refused {refused:.3f}, blurred of sigma {SIGMA:g} missed {missed:.3f}"
        yield Figure(f"{title}: error, {nuisance}", (refused + missed) / 2, "", basis, limit)
    refused_at = {int(side): judge.found(judge.sharp & (rows.side == side), cuts) for side in np.unique(rows.side)}
    spread = max(refused_at.values()) / max(min(refused_at.values()), 1e-3)
    basis = ", ".join(f"{side} px {value:.3f}" for side, value in refused_at.items())
    goal = Goal(2) if goals else None
    yield Figure(f"{title}: sharp refused, largest over smallest size", spread, "x", basis, goal)


def _of_plain_pictures(files: Sequence[Path], cuts: Mapping[str, float]) -> Iterator[Figure]:
    photographs = [read(path) for path in files]
    random = np.random.default_rng(3)
    subjects = [
        seen(before_a_blurred_ground(at_side(one, min(512, *one.shape[:2])), random), CROSSED["none"], random)
        for one in photographs
    ]
    crops = [crop for one in photographs for crop in plain_crops(one, 2)]
    sets: dict[str, tuple[list[Pixels], float]] = {
        "drawn plain pictures": (list(drawn(150, 7)), 0.02),
        "plain crops of photographs": (crops, 0.02),
        "sharp things before a blurred ground": (subjects, 0.05),
    }
    for title, (pictures, limit) in sets.items():
        says = [judged(ImageView(pixels), list(cuts)) for pixels in pictures]
        for column, (name, cut) in enumerate(cuts.items()):
            told = float(np.mean([one[column].told for one in says]))
            share = float(np.mean([one[column].told and one[column].score < cut for one in says]))
            basis = f"{len(pictures)} pictures, answered {told:.3f}"
            yield Figure(f"{name}: {title} said to be blurred", share, "", basis, _goal(name, limit, at_least=False))


def _files(settings: Namespace, folder: Path) -> tuple[list[Path], list[Path]]:
    if settings.data is None:
        made = make(folder, settings.made, [(400, 300), (640, 480)])
        return list(made[::2]), list(made[1::2])
    data: Path = settings.data
    clothing, imagenet = below(data / "clothing" / "test"), below(data / "imagenet-sample")
    rest = [path for number, path in enumerate(clothing) if number % 18]
    files = [*imagenet[1::2], *clothing[::18], *_pictures(data / "samples"), *below(data / "exif")[:1]]
    others = [*rest[::4][:84], *below(data / "daynight" / "day")[::4], *below(data / "daynight" / "night")[::4]]
    if not (files and others):
        raise SystemExit(f"{data} does not hold the folders that docs/cards/composite.md names")
    return files, others


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".bmp"))


BENCHMARK = Benchmark(
    "the gate's judges of sharpness",
    measure,
    [
        Option("--judge", "", "other judges, as module:function with spaces between"),
        Option("--largest", 1024, "short side in px of the largest copies"),
        Option("--made", 24, "photographs to make where there is no --data"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
