"""What logging costs a service beside other work: with cores to spare or none, whether it holds Python's lock or not.

Two serving loops in one process take turns: bare, and logging each answer, with its image and without. Pairs of turns
stand side by side in time, and medians of their ratios are told. A logger runs for a while before, so that nothing is
left of what it may spend at once. For "all cores taken" as many processes count as there are cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import cv2
import numpy as np

import lookoutcv as lo
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option

_PIXELS = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
_KERNEL = np.random.default_rng(1).normal(size=(9, 9)).astype(np.float32)
_COUNT = "while True: sum(range(10000))"


def measure(settings: Namespace) -> Iterator[Figure]:
    """Both models, cores spare and taken."""
    cv2.setNumThreads(1)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for condition, others in (("cores spare", 0), ("all cores taken", cores)):
        for model, infer in (("a model that lets Python's lock go", without_lock), ("a pure Python model", with_lock)):
            with tempfile.TemporaryDirectory() as folder, company(others):
                yield from losses(Path(folder), infer, f"{model}, {condition}", settings)


def without_lock() -> None:
    """Some 5 ms in C."""
    cv2.filter2D(_PIXELS[:200], cv2.CV_32F, _KERNEL)


def with_lock() -> None:
    """Some 5 ms of bytecode."""
    total = 0
    for number in range(60_000):
        total += number & 3


@contextmanager
def company(count: int) -> Iterator[None]:
    """Other processes that want a core each."""
    others = [subprocess.Popen([sys.executable, "-c", _COUNT]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def losses(place: Path, infer: Callable[[], None], about: str, settings: Namespace) -> Iterator[Figure]:
    """The throughput that a loop loses, with images and without."""
    log = lo.ClassificationLogger("m", directory=place)
    says: dict[str, tuple[Callable[[], object], float]] = {
        "with images": (lambda: log.log_prediction(_PIXELS, "cat", 0.93, "frame-1.jpg"), 10),
        "without images": (lambda: log.log_prediction(None, "cat", 0.93, "frame-1.jpg"), 3),
    }
    for say, _ in says.values():
        turn(infer, say, settings.before)
    lost: dict[str, list[float]] = {name: [] for name in says}
    rates: list[float] = []
    before = log.stats()
    for number in range(settings.turns):
        for name, (say, _) in says.items():
            pair = {True: say, False: lambda: None}
            rate = {}
            for logged in (True, False) if number % 2 else (False, True):
                rate[logged] = turn(infer, pair[logged], settings.seconds)
                log._engine.written(60)  # nothing is left for the other's turn
            lost[name].append((1 - rate[True] / rate[False]) * 100)
            rates.append(rate[False])
    stats = log.stats()
    log.close(timeout=60)
    for name, (_, goal) in says.items():
        spread = f"{min(lost[name]):.1f} to {max(lost[name]):.1f}"
        basis = f"{settings.turns} pairs of turns of {settings.seconds:g} s, {spread}; {median(rates):.0f}/s bare"
        yield Figure(f"throughput lost {name}: {about}", median(lost[name]), "%", basis, Goal(goal))
    measured, left_out = stats.measured - before.measured, stats.sampled_out - before.sampled_out
    yield Figure(f"images measured: {about}", measured / max(measured + left_out, 1), "of 1", f"{measured} images")


def turn(infer: Callable[[], None], say: Callable[[], object], seconds: float) -> float:
    """Answers a second of a loop that runs so long."""
    began = time.perf_counter()
    count = 0
    while (took := time.perf_counter() - began) < seconds:
        infer()
        say()
        count += 1
    return count / took


BENCHMARK = Benchmark(
    "what logging costs a service beside other work",
    measure,
    [
        Option("--turns", 15, "how many pairs of turns"),
        Option("--seconds", 1.0, "how long a turn is"),
        Option("--before", 10.0, "seconds of each kind of logging before anything is timed"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
