"""What it costs that a film is read in a process of its own, against reading it in this one, turn by turn.

CPU of both processes, for frames that are only decoded and for frames that are measured too; what the process of a film
costs, and the one that it is forked from. Films of MPEG-4 with moving photographs, made here.

    python benchmarks/film_process.py
"""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import cv2

import lookoutcv as lo
from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import make
from lookoutcv.sources import open_source
from lookoutcv.sources.films.film_decoder import times_of
from lookoutcv.sources.films.frame_times import frame_times
from lookoutcv.sources.films.video_reader import VideoReader
from lookoutcv.sources.kinds import video

_SIZES = {(640, 480): 250, (1920, 1080): 40}
_GOAL = Goal(1.05)
_GOAL_OF = (640, 480)
_SHORT_FRAMES, _SHORT_FILMS = 20, 10


def measure(settings: Namespace) -> Iterator[Figure]:
    """For each size the ratios and what a frame costs more; then what a short film costs."""
    # As in a process of a pool: what each costs is CPU time, whoever decodes beside it.
    cv2.setNumThreads(1)
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        started = clocks.wall()
        times_of(_film(Path(folder, "first.mp4"), _GOAL_OF, 1))
        yield Figure("the first film of a program: its processes' start", clocks.wall() - started, "s", "on the wall")
        for size, count in _SIZES.items():
            path = _film(Path(folder, f"{size[0]}.mp4"), size, count)
            yield from _compared(path, size, settings.rounds)
        yield from _short_films(Path(folder), settings.rounds)


def _compared(path: str, size: tuple[int, int], rounds: int) -> Iterator[Figure]:
    count = len(list(open_source(path)))

    def decoded() -> None:
        for ref in open_source(path):
            ref.load()

    def measured() -> None:
        lo.measure(path, workers=1, cache=False)

    name = f"{size[0]} x {size[1]}"
    for what, work in {"decoded and measured": measured, "only decoded": decoded}.items():
        sides = {"here": lambda work=work: _here(path, work), "apart": work}
        taken = clocks.take_turns(sides, rounds, _of_all_processes)
        ratio = taken.ratio("apart", over="here")
        goal = _GOAL if size == _GOAL_OF and work is measured else None
        yield Figure(f"{name}, {what}: apart over here, CPU", ratio.middle, "x", ratio.basis(), goal)
    sides = {"here": lambda: _here(path, measured), "apart": measured}
    taken = clocks.take_turns(sides, rounds, clocks.wall)
    for side in sides:
        each = taken.time(side)
        yield Figure(f"{name}, {side}: frames measured a second", count / each.middle, "1/s", "one worker, on the wall")


def _here(path: str, work: Callable[[], None]) -> None:
    """The same with the film read in this process, as it was before."""
    reader = VideoReader(path)
    with (
        patch.object(video, "times_of", frame_times),
        patch.object(video, "frame_of", lambda path, place, time_ms, name: reader.frame(time_ms)),
    ):
        work()
    reader.close()


def _short_films(folder: Path, rounds: int) -> Iterator[Figure]:
    """Listing films of less than a second, where starting a process for each weighs most."""
    path = _film(folder / "short.mp4", _GOAL_OF, _SHORT_FRAMES)

    def listed(times: Callable[[str], object]) -> None:
        for _ in range(_SHORT_FILMS):
            times(path)

    sides = {"here": lambda: listed(frame_times), "apart": lambda: listed(times_of)}
    more = clocks.take_turns(sides, rounds, _of_all_processes).more("apart", over="here").times(1e3 / _SHORT_FILMS)
    yield Figure("a process for a film: more than listing it here, CPU", more.middle, "ms", more.basis())


def _of_all_processes() -> float:
    """CPU of this process, of those below it, and of those that ended there."""
    told: dict[int, tuple[int, float]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        told[int(entry.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"))
    below = {os.getpid()}
    while more := {pid for pid, (parent, _) in told.items() if parent in below} - below:
        below |= more
    return time.process_time() + sum(seconds for pid, (_, seconds) in told.items() if pid in below - {os.getpid()})


def _film(path: Path, size: tuple[int, int], count: int) -> str:
    """A photograph that moves behind a window of that size."""
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        wide = (size[0] + count, size[1] + count)
        photograph = cv2.imread(str(make(Path(folder), 1, [wide])[0]))
    assert photograph is not None
    photograph = cv2.resize(photograph, wide)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 25, size)  # type: ignore[attr-defined]
    for i in range(count):
        writer.write(photograph[i : i + size[1], i : i + size[0]])
    writer.release()
    return str(path)


BENCHMARK = Benchmark(
    "a film in a process of its own", measure, [Option("--rounds", 7, "how often each side is timed, in turn")]
)

if __name__ == "__main__":
    main(BENCHMARK)
