"""What measuring costs, against nothing but decoding the same files: CPU time of JPEG files on disk to rows.

The reference reads each file and has libjpeg-turbo decode it to RGB; nothing else. Decoding is a part of measuring, so
1 would mean that the metrics are free.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import simplejpeg

import lookoutcv as lo
from harness import clocks
from harness.command import main
from harness.costs import costs
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import describe, jpeg_files
from lookoutcv.measuring.engines.measure_batches import measure_batches
from lookoutcv.measuring.options import plan
from lookoutcv.sources import open_source

_GOALS = {"default": Goal(1.67), "all": Goal(2.5)}


def measure(settings: Namespace) -> Iterator[Figure]:
    """Default metrics and all of them, through the public call; rows alone; and with --verbose, each part's cost."""
    with jpeg_files(settings) as files:
        work: dict[str, Callable[[], object]] = {"decode": lambda: decode(files)}
        work["default"] = lambda: lo.measure(files, workers=1)
        work["all"] = lambda: lo.measure(files, workers=1, metrics="all")
        work["rows"] = lambda: rows(files)
        rounds = clocks.take_turns(work, settings.rounds)
        about = describe(files)
        for metrics, goal in _GOALS.items():
            ratio = rounds.ratio(metrics, over="decode")
            yield Figure(
                f"measure, {metrics} metrics, CPU over bare decoding", ratio.middle, "x", ratio.basis(about), goal
            )
        ratio = rounds.ratio("rows", over="decode")
        yield Figure("the same, default, rows only (no profile)", ratio.middle, "x", ratio.basis())
        bare = rounds.time("decode").times(1e3 / len(files))
        yield Figure("bare decoding of one image, CPU", bare.middle, "ms", bare.basis())
        if settings.verbose:
            yield from costs(files[:: max(1, len(files) // 200)])


def decode(files: Sequence[Path]) -> None:
    """The reference: read and decode, one file after the other."""
    for path in files:
        with open(path, "rb", buffering=0) as file:
            simplejpeg.decode_jpeg(file.readall(), "RGB")


def rows(files: Sequence[Path]) -> None:
    """Batches of records, without the profile that the public call makes of them."""
    for _ in measure_batches(open_source(files), plan({"workers": 1})):
        pass


BENCHMARK = Benchmark(
    "measure against bare decoding", measure, [Option("--rounds", 5, "how often each side is timed, in turn")]
)

if __name__ == "__main__":
    main(BENCHMARK)
