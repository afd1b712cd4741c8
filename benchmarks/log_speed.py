"""What logging costs the process that serves: a call, the queue alone, predictions a second, images, a serving loop.

Everything in one run on one machine. The file logger to compare with is Python's own `logging` with one line of JSON a
prediction, as services write them.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import cv2
import numpy as np

import lookoutcv as lo
from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import describe, jpeg_files
from lookoutcv.log.one_call.call_queue import Call, CallQueue

_METRICS = [lo.CVMetrics.CONTRAST, lo.CVMetrics.BLUR]
# So many inferences a turn.
_TURN = 50
_PIXELS = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)


def measure(settings: Namespace) -> Iterator[Figure]:
    """Each part in a table of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        yield from calls(place, settings.calls)
        yield from queue_alone(place, settings.calls)
        yield from sustained(place, settings.predictions)
        yield from serving(place, settings.rounds)
        with jpeg_files(settings) as files:
            yield from with_images(place, files, settings.rounds)


def logger(place: Path, **settings: object) -> lo.ClassificationLogger:
    """One that has all its threads and imports."""
    folder = tempfile.mkdtemp(dir=place)
    log = lo.ClassificationLogger("m", directory=folder, **{"enabled_metrics": _METRICS, **settings})  # type: ignore[arg-type]
    log.log_prediction(_PIXELS, "cat", 0.5)
    log.flush()
    return log


def calls(place: Path, count: int) -> Iterator[Figure]:
    """Calls by reference, one after the other, while the thread works on what came before."""
    log = logger(place, max_rows=2 * count, max_bytes=1 << 40)
    now = time.perf_counter_ns
    took = np.empty(count)
    for number in range(count):
        began = now()
        log.log_prediction(_PIXELS, "cat", 0.93, "frame-1.jpg")
        took[number] = now() - began
    assert log.stats().dropped == 0
    log.close(timeout=120)
    took /= 1e3
    about = f"{count} calls in a row with an image by reference"
    yield Figure("log_prediction, median", float(np.median(took)), "us", about, Goal(20))
    yield Figure("log_prediction, 99th percentile", float(np.quantile(took, 0.99)), "us", about, Goal(200))
    yield Figure("log_prediction, longest", float(took.max()), "us", about)


def queue_alone(place: Path, count: int) -> Iterator[Figure]:
    """Handing over, and a line of JSON to a file."""
    handler = logging.FileHandler(place / "predictions.jsonl")
    lines = logging.Logger("predictions")
    lines.addHandler(handler)
    waiting: list[CallQueue] = []
    one = Call(0, 0, ("cat", 0.93), _PIXELS, _PIXELS.nbytes, False, {})
    row = {"id": "frame-1.jpg", "model": "m", "prediction": "cat", "confidence": 0.93, "exposure.contrast": 0.2}

    waiting.append(CallQueue(max_rows=2 * count, max_bytes=1 << 40))

    def hand_over() -> None:
        for _ in range(count // 10):
            waiting[-1].put(one)
        waiting.append(CallQueue(max_rows=2 * count, max_bytes=1 << 40))

    def write() -> None:
        for _ in range(count // 10):
            lines.info(json.dumps({**row, "time": time.time()}))

    rounds = clocks.take_turns({"put": hand_over, "json": write}, 5)
    ratio = rounds.ratio("json", over="put")
    yield Figure(
        "a JSON line to a file over handing over to the queue", ratio.middle, "x", ratio.basis(), Goal(20, True)
    )
    handler.close()


def sustained(place: Path, count: int) -> Iterator[Figure]:
    """Predictions without images, from the first call until all are on the disk, and until all are in the table."""
    log = logger(place, when_full="block", block_seconds=60.0)
    began, used = time.perf_counter(), time.process_time()
    for _ in range(count):
        log.log_prediction(None, "cat", 0.93, "frame-1.jpg")
    called = time.perf_counter() - began
    log._engine.written(120)
    written = time.perf_counter() - began
    log.flush(timeout=120)
    done, used = time.perf_counter() - began, time.process_time() - used
    assert log.stats().committed == count + 1
    log.close()
    about = f"{count} predictions, {called:.2f} s of calls, {used / count * 1e6:.0f} us of CPU each"
    yield Figure("predictions without images, to the disk", count / written, "1/s", about, Goal(20_000, True))
    yield Figure("the same, to the table", count / done, "1/s", about)


def serving(place: Path, rounds: int) -> Iterator[Figure]:
    """A loop that asks a model, with and without a logger. OpenCV is the model: it lets go of Python's lock.

    Other programs on the machine slow single turns by half; the quickest turn of each is compared.
    """
    log, sparing = logger(place), logger(place, measure_share=0.2)
    kernel = np.random.default_rng(1).normal(size=(7, 7)).astype(np.float32)
    cv2.setNumThreads(1)

    def infer() -> None:
        cv2.filter2D(_PIXELS, cv2.CV_32F, kernel)

    def loop(say: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(_TURN):
                infer()
                say()

        return run

    work = {
        "bare": loop(lambda: None),
        "logged": loop(lambda: log.log_prediction(_PIXELS, "cat", 0.93, "frame-1.jpg")),
        "fifth": loop(lambda: sparing.log_prediction(_PIXELS, "cat", 0.93, "frame-1.jpg")),
        "plain": loop(lambda: log.log_prediction(None, "cat", 0.93, "frame-1.jpg")),
    }
    found = clocks.take_turns(work, 10 * rounds, clocks.wall)
    one = min(found.seconds["bare"]) / _TURN * 1e3
    titles = {"logged": "with images", "fifth": "with a fifth of the images measured", "plain": "without images"}
    for name, title in titles.items():
        lost = (1 - min(found.seconds["bare"]) / min(found.seconds[name])) * 100
        middle = (1 - 1 / found.ratio(name, over="bare").middle) * 100
        about = f"inference of {one:.1f} ms, best of {10 * rounds} rounds of {_TURN}; median of ratios {middle:.1f}%"
        yield Figure(f"throughput that a serving loop loses, {title}", lost, "%", about, Goal(2))
    sparing.close()
    stats = log.stats()
    yield Figure("images measured in that loop", stats.measured / (stats.measured + stats.sampled_out), "of 1", "")
    log.close()


def with_images(place: Path, files: list[Path], rounds: int) -> Iterator[Figure]:
    """Files by path, read and measured by the thread, over `measure` with one worker on the same files."""
    count = len(files)

    log = logger(place, when_full="block", block_seconds=60.0, max_rows=64)

    def logged() -> None:
        before = measured = log.stats().measured
        more = cycle(files)
        while measured < before + count:
            for path in islice(more, 16):
                log.log_prediction(path, "cat", 0.93)
            measured = log.stats().measured
        counted.append(measured - before)

    counted: list[int] = []
    work = {"log": logged, "measure": lambda: lo.measure(files, metrics=_METRICS, workers=1, cache=False)}
    found = clocks.take_turns(work, rounds, clocks.wall)
    share = median(
        [
            measured / took / (count / other)
            for measured, took, other in zip(counted[1:], found.seconds["log"], found.seconds["measure"], strict=True)
        ]
    )
    log.close()
    about = f"{describe(files)}; rates of images measured"
    yield Figure("images measured while logging, over measure --workers 1", share, "x", about, Goal(0.8, True))


BENCHMARK = Benchmark(
    "what logging costs the process that serves",
    measure,
    [
        Option("--calls", 100_000, "calls that are timed one by one"),
        Option("--predictions", 200_000, "predictions without images"),
        Option("--rounds", 3, "how often the loops are run"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
