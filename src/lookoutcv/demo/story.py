"""The demo: a baseline, a good day, a bad day, and a report on each."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from lookoutcv.corruptions.blur import defocus
from lookoutcv.corruptions.light import darken
from lookoutcv.demo.photographs import SUBJECTS, Pixels, photograph
from lookoutcv.errors import OutputUnwritable
from lookoutcv.measuring.baseline import Baseline, baseline
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.monitoring.monitor import monitor
from lookoutcv.reports.rendering import render
from lookoutcv.results.drift_report import DriftReport

_FOLDERS = ("validation", "monday", "tuesday")
_PHOTOGRAPH = re.compile(r"[0-9]{4}( \(copy\))?\.jpg|broken\.jpg")
_NOTE = "lookout-demo.txt"
_NOTE_TEXT = (
    "Made by `lookout demo`, which makes its photographs, baseline and reports here anew when it is run again.\n"
)
BASELINE_IMAGES = 400
DAY_IMAGES = 120


@dataclass(frozen=True)
class Day:
    """One day of the story.

    Args:
        name: "monday" ...
        images: The day's folder.
        report: What the monitor says.
        pages: The report as files.
    """

    name: str
    images: Path
    report: DriftReport
    pages: tuple[Path, ...]


@dataclass(frozen=True)
class Story:
    """What the demo made.

    Args:
        folder: Where everything lies.
        baseline: Of the validation images, also in `baseline_file`.
        days: A good one, then a bad one.
    """

    folder: Path
    baseline: Baseline
    baseline_file: Path
    days: tuple[Day, ...]


def tell(out: Path, **options: Unpack[Options]) -> Story:
    """Make the pictures, the baseline and the two reports.

    Args:
        out: A folder; made where it is missing. One that holds something must have been made by the demo, which says so
            in it; then the demo's own files are made anew, and others stay.
        options: How to measure.
    Raises:
        OutputUnwritable: The folder cannot be made or written, or holds something else.
    """
    try:
        claim(out)
        _photographs(out)
    except OSError as reason:
        raise OutputUnwritable(
            f"the demo cannot write its pictures to {out} ({reason.strerror or reason})",
            "Choose another folder: lookout demo --out FOLDER.",
            path=str(out),
            reason=str(reason),
        ) from reason
    good = baseline(out / "validation", **options)
    file = good.save(out / "baseline.parquet")
    days = tuple(_watch(out, name, good, options) for name in ("monday", "tuesday"))
    return Story(out, good, file, days)


def claim(out: Path) -> None:
    """Make the folder, or find that the demo made it; its old photographs go, and nothing else.

    Raises:
        OutputUnwritable: It holds something that the demo did not make.
        OSError: It cannot be made or written.
    """
    note = out / _NOTE
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()) and not (note.is_file() and note.read_text("utf-8", "replace").startswith(_NOTE_TEXT)):
        raise OutputUnwritable(
            f"the demo does not write to {out}: it holds something that the demo did not make",
            "Choose a new folder: lookout demo --out FOLDER.",
            path=str(out),
            reason="it holds something else",
        )
    note.write_text(_NOTE_TEXT, "utf-8")
    for name, subject in itertools.product(_FOLDERS, SUBJECTS):
        for file in (out / name / subject).glob("*.jpg"):
            if _PHOTOGRAPH.fullmatch(file.name):
                file.unlink()


def _photographs(out: Path) -> None:
    photograph(out / "validation", BASELINE_IMAGES, seed=1)
    photograph(out / "monday", DAY_IMAGES, seed=2)
    photograph(out / "tuesday", DAY_IMAGES, seed=3, fault=_bad_camera)
    # What real folders hold too: a transfer that broke off, and a picture stored twice.
    whole = (out / "tuesday" / "cat" / "0001.jpg").read_bytes()
    (out / "tuesday" / "cat" / "0001 (copy).jpg").write_bytes(whole)
    (out / "tuesday" / "cat" / "broken.jpg").write_bytes(whole[: len(whole) // 3])


def _bad_camera(view: Pixels) -> Pixels:
    return darken(defocus(view, severity=2), severity=2)


def _watch(out: Path, name: str, good: Baseline, options: Options) -> Day:
    report = monitor(out / name, baseline=good, **options)
    pages = tuple(Path(render(report, out / f"{name}{suffix}")) for suffix in (".html", ".json"))
    return Day(name, out / name, report, pages)
