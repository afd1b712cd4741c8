"""What a second core brings: wall time of measuring with one process over that with two, starting them included.

Beside it, what the machine itself gives two processes that only decode, in the same run: where other programs are busy,
that is less than two, and no program could do better.
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
        work = {
            "one": lambda: lo.measure(tree, workers=1),
            "two": lambda: lo.measure(tree, workers=2),
            "plain one": lambda: pool.map(decode, [files], chunksize=1),
            "plain two": lambda: pool.map(decode, [files[:half], files[half:]], chunksize=1),
        }
        rounds = clocks.take_turns(work, settings.turns, clocks.wall, warm_up=False)
        gain = rounds.ratio("one", over="two")
        basis = gain.basis(f"{settings.images:,} links to {describe(files)}")
        yield Figure("workers=1 over workers=2, wall time", gain.middle, "x", basis, Goal(1.8, at_least=True))
        machine = rounds.ratio("plain one", over="plain two")
        yield Figure("the machine's own: two processes that only decode", machine.middle, "x", machine.basis())
        two = rounds.time("two").times(1 / settings.images)
        yield Figure("images a second, two workers", 1 / two.middle, "images/s", f"{two.rounds} rounds")


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
