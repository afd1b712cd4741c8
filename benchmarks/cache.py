"""What the cache of measured images costs where nothing is known yet, and what it saves where everything is.

Every file has bytes of its own: a copy of a file measured before would be found on the first run too. CPU of one
process, so that other programs on the machine change little; `--verbose` adds the size of the cache.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import lookoutcv as lo
from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import describe, jpeg_files
from lookoutcv.measuring.cache.record_cache import cache_location
from lookoutcv.measuring.cache.record_cache import describe as describe_cache

_COMMENT = b"\xff\xfe"


def measure(settings: Namespace) -> Iterator[Figure]:
    """Without a cache, with an empty one, and with one that knows every image: turn by turn."""
    with jpeg_files(settings, count=100, sizes=[(700, 400)]) as files, TemporaryDirectory() as folder:
        tree = distinct(files, settings.images, Path(folder))
        full = Path(folder, "full")
        lo.measure(tree, workers=1, cache=full)
        rounds = clocks.take_turns(
            {
                "none": lambda: lo.measure(tree, workers=1, cache=False),
                "empty": empty(tree, Path(folder)),
                "full": lambda: lo.measure(tree, workers=1, cache=full),
            },
            settings.turns,
        )
        cold, warm = rounds.ratio("empty", over="none"), rounds.ratio("full", over="none")
        basis = cold.basis(f"{settings.images:,} images from {describe(files)}")
        yield Figure("first run, nothing known, CPU over no cache", cold.middle, "x", basis, Goal(1.03))
        yield Figure("second run, all known, CPU over no cache", warm.middle, "x", warm.basis(), Goal(0.25))
        each = rounds.time("full").times(1e6 / settings.images)
        yield Figure("second run, CPU of one image", each.middle, "us", each.basis())
        if settings.verbose:
            about = describe_cache(cache_location(full))
            assert about is not None
            yield Figure("size of the cache", about["bytes"] / about["images"], "bytes", "for each image")


def empty(tree: Path, folder: Path) -> Callable[[], object]:
    """Measuring with a new cache each time."""
    numbers = count()
    return lambda: lo.measure(tree, workers=1, cache=folder / f"empty-{next(numbers)}")


def distinct(files: Sequence[Path], images: int, folder: Path) -> Path:
    """A folder of JPEG files with bytes of their own: a numbered comment after the first marker of each."""
    tree = folder / "tree"
    tree.mkdir()
    for number in range(images):
        data = files[number % len(files)].read_bytes()
        text = b"%08d" % number
        comment = _COMMENT + (len(text) + 2).to_bytes(2, "big") + text
        (tree / f"{number:07d}.jpg").write_bytes(data[:2] + comment + data[2:])
    return tree


BENCHMARK = Benchmark(
    "measuring again only what changed",
    measure,
    [
        Option("--images", 2000, "how many images are measured each time; fewer show what a new file costs"),
        Option("--turns", 5, "how often each is timed, in turn"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
