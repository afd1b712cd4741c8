"""How much memory measuring takes, however many images there are: the peak of the whole process tree.

"Flat" is read as: the largest run needs at most a fifth more than the smallest. What may grow by design is the sample
of rows, which is full at 20,000 images, and a name and two hashes an image, kept to find copies.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import describe, jpeg_files, multiplied
from harness.processes import Peak, can_measure, peak_memory

_SIZES = (1_000, 10_000, 100_000)
_MOST_MEGABYTES = 400
_FLAT = 1.2
# Mostly small, so that many are measured in little time; some large, because one large image is what fills memory.
_PICTURES = [*[(160, 120)] * 19, (1280, 960)]


def measure(settings: Namespace) -> Iterator[Figure]:
    """The command line's `measure` and `baseline`, to a file, on more and more images."""
    if not can_measure():
        yield Figure("peak memory", None, "MB", "this system does not tell proportional set sizes")
        return
    sizes = sorted({*[size for size in _SIZES if size < settings.largest], settings.largest})
    with jpeg_files(settings, count=300, sizes=_PICTURES) as files, TemporaryDirectory() as folder:
        about = describe(files)
        trees = {size: multiplied(files, size, Path(folder)) for size in sizes}
        for verb in settings.verbs.split(","):
            peaks = {}
            for size in sizes:
                peaks[size] = _peak(verb, trees[size], Path(folder), settings.workers)
                yield _figure(verb, size, peaks[size], about)
            growth = peaks[sizes[-1]].megabytes / peaks[sizes[0]].megabytes
            basis = f"{sizes[0]:,} to {sizes[-1]:,} images"
            yield Figure(f"{verb}: growth of the peak", growth, "x", basis, Goal(_FLAT))


def _peak(verb: str, tree: Path, folder: Path, workers: int) -> Peak:
    output = folder / f"{verb}.parquet"
    return peak_memory(["-m", "lookoutcv", verb, str(tree), "-o", str(output), "--workers", str(workers)])


def _figure(verb: str, size: int, peak: Peak, about: str) -> Figure:
    basis = f"links to {about}; {peak.processes} processes, {peak.samples} samples in {peak.seconds:.0f} s"
    return Figure(f"{verb}: peak PSS, {size:,} images", peak.megabytes, "MB", basis, Goal(_MOST_MEGABYTES))


BENCHMARK = Benchmark(
    "peak memory of the process tree",
    measure,
    [
        Option("--largest", 20_000, "the most images; 100000 takes minutes"),
        Option("--verbs", "measure,baseline", "which of measure and baseline"),
        Option("--workers", 2, "processes to measure with"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
