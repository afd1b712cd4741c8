"""What a second core brings: wall time of measuring with one process over that with two, starting them included.

Beside it, what the machine itself gives two processes that only decode, in the same run: where other programs are busy,
that is less than two, and no program could do better. The CPU of all processes tells what two workers cost beyond one,
whatever else runs.
"""

from __future__ import annotations

import multiprocessing
import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import simplejpeg

import lookoutcv as lo
from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import describe, jpeg_files, multiplied

_PASSES = 3


def measure(settings: Namespace) -> Iterator[Figure]:
    """One process against two, turn by turn."""
    if len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)) < 2:
        yield Figure("workers=1 over workers=2, wall time", None, "x", "this machine has one core")
        return
    with (
        jpeg_files(settings, count=100, sizes=[(700, 400)]) as files,
        TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(2) as pool,
    ):
        tree = multiplied(files, settings.images, Path(folder))
        half = len(files) // 2
        spent: dict[int, list[float]] = {1: [], 2: []}
        work = {
            "one": lambda: counted(tree, 1, spent),
            "two": lambda: counted(tree, 2, spent),
            "plain one": lambda: pool.map(decode, [files], chunksize=1),
            "plain two": lambda: pool.map(decode, [files[:half], files[half:]], chunksize=1),
        }
        rounds = clocks.take_turns(work, settings.turns, clocks.wall, warm_up=False)
        gain = rounds.ratio("one", over="two")
        basis = gain.basis(f"{settings.images:,} links to {describe(files)}")
        yield Figure("workers=1 over workers=2, wall time", gain.middle, "x", basis, Goal(1.8, at_least=True))
        more = clocks.Spread.of([two / one for one, two in zip(spent[1], spent[2], strict=True)])
        yield Figure("CPU of workers=2 over workers=1", more.middle, "x", more.basis("all processes"))
        machine = rounds.ratio("plain one", over="plain two")
        yield Figure("the machine's own: two processes that only decode", machine.middle, "x", machine.basis())
        two = rounds.time("two").times(1 / settings.images)
        yield Figure("images a second, two workers", 1 / two.middle, "images/s", f"{two.rounds} rounds")


def counted(tree: Path, workers: int, spent: dict[int, list[float]]) -> None:
    """Measure, and note the CPU of this process and of those that it started."""
    before = cpu_of_all()
    lo.measure(tree, workers=workers)
    spent[workers].append(cpu_of_all() - before)


def cpu_of_all() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def decode(files: Sequence[Path]) -> None:
    """Read and decode files, some times over."""
    for _ in range(_PASSES):
        for path in files:
            simplejpeg.decode_jpeg(path.read_bytes(), "RGB")


BENCHMARK = Benchmark(
    "two cores against one",
    measure,
    [
        Option("--images", 3000, "how many images are measured each time; fewer hide what starting costs"),
        Option("--turns", 3, "how often each is timed, in turn"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
