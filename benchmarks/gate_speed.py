"""What the judge `composite` costs, against nothing but decoding the JPEG of the same picture; CPU time, one thread."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import simplejpeg

from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.optics import read
from harness.photographs import below
from harness.pictures import make
from lookoutcv.metrics.sharpness import focus
from lookoutcv.pixels.view import ImageView, Pixels
from lookoutcv.sharpness.composite import doubt, sharp_log_odds
from lookoutcv.sharpness.evidence import evidence

# Width and height, and the quality of the JPEG.
_SIZES, _QUALITY = ((680, 512), (1360, 1024)), 90
_PHOTOGRAPHS = 24


def measure(settings: Namespace) -> Iterator[Figure]:
    """From the luma to a verdict, over decoding; and the whole of what a view needs first."""
    cv2.setNumThreads(1)
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        files = below(settings.data) if settings.data else make(Path(folder), _PHOTOGRAPHS, _SIZES[:1])
        photographs = [read(path) for path in files[:: max(1, len(files) // _PHOTOGRAPHS)][:_PHOTOGRAPHS]]
    for size in _SIZES:
        pictures = [np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8) for one in photographs]
        stored = [simplejpeg.encode_jpeg(one, _QUALITY) for one in pictures]
        lumas = [ImageView(one).luma for one in pictures]
        work = {
            "decode": lambda stored=stored: [simplejpeg.decode_jpeg(one) for one in stored],
            "composite": lambda lumas=lumas: [_verdict(luma) for luma in lumas],
            "focus": lambda pictures=pictures: [focus(ImageView(one)) for one in pictures],
        }
        rounds = clocks.take_turns(work, settings.rounds)
        about = f"{len(pictures)} photographs of {size[0]} x {size[1]}, quality {_QUALITY}"
        ratio = rounds.ratio("composite", over="decode")
        goal = Goal(0.4)
        yield Figure(f"composite from luma over decoding, {size[1]} px", ratio.middle, "x", ratio.basis(about), goal)
        one = rounds.time("composite").times(1e3 / len(pictures))
        yield Figure("one picture", one.middle, "ms", one.basis())
        bare = rounds.time("decode").times(1e3 / len(pictures))
        yield Figure("bare decoding of one", bare.middle, "ms", bare.basis())
        ratio = rounds.ratio("focus", over="decode")
        yield Figure("sharpness.focus with its pass over the pixels, over decoding", ratio.middle, "x", ratio.basis())


def _verdict(luma: Pixels) -> tuple[float, object]:
    found = evidence(luma)
    return sharp_log_odds(found), doubt(found)


BENCHMARK = Benchmark(
    "the gate's judge against bare decoding", measure, [Option("--rounds", 15, "how often each side is timed, in turn")]
)

if __name__ == "__main__":
    main(BENCHMARK)
