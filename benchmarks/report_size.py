"""How large the page about a hundred thousand images is, and what drawing it costs.

The window is a hard one: metrics moved, a thousand files were skipped, many images are copies of one another, and every
example has its thumbnail.
"""

from __future__ import annotations

import base64
import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

import lookoutcv as lo
from harness import clocks, synthetic
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import make
from lookoutcv import Baseline, Records
from lookoutcv.images import read, thumbnail
from lookoutcv.profiles.profile import from_records
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.skipped import Skipped

_SKIPPED = 1000
_COPIED = 500
_COLD = "import sys, lookoutcv as lo; lo.render(lo.load(sys.argv[1]), sys.argv[2])"


def measure(settings: Namespace) -> Iterator[Figure]:
    """Sizes, then the CPU of drawing it in a warm process and of a process that only does that."""
    with TemporaryDirectory() as folder:
        report = _report(settings.records, Path(folder))
        about = f"{settings.records:,} images, {len(report.metrics)} metrics"
        bare = len(lo.render(report, format="html", thumbnails=False)) / 1e3
        whole = len(lo.render(report, format="html")) / 1e3
        pictures = sum(one.thumbnail is not None for one in _examples(report))
        yield Figure("HTML without thumbnails", bare, "kB", about, Goal(400))
        yield Figure("HTML in all", whole, "kB", f"{pictures} thumbnails of up to 160 px", Goal(3000))
        told, page = Path(folder, "report.json"), Path(folder, "report.html")
        told.write_text(json.dumps(report.to_dict()))
        warm = clocks.take_turns({"draw": lambda: lo.render(report, page)}, settings.drawings).time("draw")
        yield Figure("drawing it, warm process, CPU", warm.middle, "s", warm.basis(), Goal(0.5))
        cold = clocks.child_turns({"draw": ["-c", _COLD, str(told), str(page)]}, settings.drawings).time("draw")
        basis = cold.basis("interpreter, imports, reading the report")
        yield Figure("drawing it, new process, CPU", cold.middle, "s", basis, Goal(0.5))


def _report(rows: int, folder: Path) -> DriftReport:
    metrics = synthetic.columns(count=synthetic.COLUMNS)
    before = from_records(synthetic.records(50_000, metrics, seed=1))
    after = _with_copies(synthetic.records(rows, metrics, seed=2, shift=0.5))
    known = Baseline(before, "line 3, first week", "2026-01-01T00:00:00+00:00")
    report = lo.monitor(Records("line 3, today", after, rows), baseline=known)
    pictures = [base64.b64encode(thumbnail(read(path).pixels)).decode() for path in make(folder, 12)]
    return replace(
        report,
        most_shifted=_pictured(report.most_shifted, pictures),
        typical=_pictured(report.typical, pictures),
        baseline_typical=_pictured(report.baseline_typical, pictures),
        skipped=[Skipped(f"camera-3/broken-{number:06d}.jpg", "truncated") for number in range(_SKIPPED)],
    )


def _with_copies(table: pa.Table) -> pa.Table:
    """The same records, of which some have the bytes of others."""
    place = table.schema.get_field_index("content_hash")
    hashes = table.column(place).to_numpy().copy()
    hashes[:_COPIED] = hashes[_COPIED : 2 * _COPIED]
    hashes[2 * _COPIED : 3 * _COPIED] = np.uint64(7)
    return table.set_column(place, table.schema.field(place), pa.array(hashes, pa.uint64()))


def _pictured(examples: list[ImageExample], pictures: list[str]) -> list[ImageExample]:
    return [replace(one, thumbnail=pictures[number % len(pictures)]) for number, one in enumerate(examples)]


def _examples(report: DriftReport) -> list[ImageExample]:
    return [*report.most_shifted, *report.typical, *report.baseline_typical]


BENCHMARK = Benchmark(
    "a report's size and cost",
    measure,
    [
        Option("--records", 100_000, "images that the report is about"),
        Option("--drawings", 7, "how often it is drawn"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
