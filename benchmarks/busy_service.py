"""What logging costs a service beside other work: with cores to spare or none, whether it holds Python's lock or not.

A serving loop takes turns: bare, bare again, and logging each answer, with its image and without. The four turns of a
round stand side by side in time, in another order each time, and each is compared with the mean of the bare ones: told
is the median over the rounds with an interval, and beside it what the bare turns differ by, which is the machine's. The
log is at work for a while before the first, so that nothing is left of what it may spend at once. For "all cores taken"
as many processes count as there are cores.
"""

from __future__ import annotations

import os
import random
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
from scipy.stats import binom

import lookoutcv as lo
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option

_PIXELS = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
_KERNEL = np.random.default_rng(1).normal(size=(9, 9)).astype(np.float32)
_BARE, _AGAIN = "bare", "bare again"
# What is lost at most, in percent.
_GOALS = {"with images": 10.0, "without images": 3.0}
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
    says: dict[str, Callable[[], object]] = {
        _BARE: lambda: None,
        _AGAIN: lambda: None,
        "with images": lambda: log.log_prediction(_PIXELS, "cat", 0.93, "frame-1.jpg"),
        "without images": lambda: log.log_prediction(None, "cat", 0.93, "frame-1.jpg"),
    }
    for name in _GOALS:
        turn(infer, says[name], settings.before)
    order = random.Random(0)
    lost: dict[str, list[float]] = {name: [] for name in says}
    rates: list[float] = []
    threads: dict[str, list[float]] = {name: [] for name in says}
    before = log.stats()
    for _ in range(settings.turns):
        rate = {}
        for name in order.sample(list(says), len(says)):
            began, own, at = time.process_time(), time.thread_time(), time.perf_counter()
            rate[name] = turn(infer, says[name], settings.seconds)
            log._engine.written(60)  # nothing is left for the other's turn
            others = time.process_time() - began - (time.thread_time() - own)
            threads[name].append(100 * others / (time.perf_counter() - at))
        bare = (rate[_BARE] + rate[_AGAIN]) / 2
        rates.append(bare)
        for name in _GOALS:
            lost[name].append(100 * (1 - rate[name] / bare))
        lost[_AGAIN].append(100 * (1 - rate[_AGAIN] / rate[_BARE]))
    stats = log.stats()
    log.close(timeout=60)
    basis = f"{settings.turns} rounds of turns of {settings.seconds:g} s; {median(rates):.0f} answers a second bare"
    for name, goal in _GOALS.items():
        low, high = interval(lost[name])
        took = f"the log's threads took {median(threads[name]):.1f}% of a core"
        told = f"95% interval {low:.1f} to {high:.1f}; {took}; {basis}"
        yield Figure(f"throughput lost {name}: {about}", median(lost[name]), "%", told, Goal(goal))
    low, high = interval(lost[_AGAIN])
    spread = f"95% interval {low:.1f} to {high:.1f}, rounds {min(lost[_AGAIN]):.1f} to {max(lost[_AGAIN]):.1f}"
    yield Figure(f"lost by doing nothing: {about}", median(lost[_AGAIN]), "%", spread)
    measured, left_out = stats.measured - before.measured, stats.sampled_out - before.sampled_out
    yield Figure(f"images measured: {about}", measured / max(measured + left_out, 1), "of 1", f"{measured} images")


def interval(values: list[float]) -> tuple[float, float]:
    """Of the median, by order statistics: the k-th smallest and largest, at least 95% of the time about it."""
    ordered, count = sorted(values), len(values)
    outside = max(int(binom.ppf(0.025, count, 0.5)) - 1, 0)
    return ordered[outside], ordered[-1 - outside]


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
        Option("--turns", 30, "how many rounds of four turns"),
        Option("--seconds", 1.0, "how long a turn is"),
        Option("--before", 10.0, "seconds of each kind of logging before anything is timed"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
