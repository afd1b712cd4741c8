"""What it costs that a model runs in a process of its own, against `trust=True` in the same run, turn by turn.

From pixels to predictions: CPU of both processes, and time on the wall, which means little where other programs take
the cores. What starting the process costs, and whether memory stays flat, too. With --data, the models below
DATA/models; else one made here.

    python benchmarks/model_process.py --data DIR
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import simplejpeg

from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import make
from inference_speed import models
from lookoutcv.models.opener import open_model
from lookoutcv.models.runtimes.confined_runtime import ConfinedRuntime
from lookoutcv.models.tensor_model import TensorModel

_SIZE = (500, 375)
_GOAL_OF = "mobilenet_v2_1.0_224_quant.tflite"
_PAGE_KB = 4


def measure(settings: Namespace) -> Iterator[Figure]:
    """For each model both ratios, the cost of an image and of a start, and the growth of memory."""
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        files = make(Path(folder), 128, [_SIZE])
        pictures = [simplejpeg.decode_jpeg(path.read_bytes(), "RGB") for path in files]
    with models(settings) as found:
        for path, card, count in found:
            yield from _compared(path, card, [pictures[i % len(pictures)] for i in range(count)], settings.rounds)


def _compared(path: Path, card: dict[str, Any], pictures: list[Any], rounds: int) -> Iterator[Figure]:
    here, starting_here = _opened(path, card, trust=True)
    apart, starting_apart = _opened(path, card, trust=False)
    pid = _process_of(apart)
    work = {"here": lambda: here.predict(pictures), "apart": lambda: apart.predict(pictures)}

    def both() -> float:
        # Linux' clock of another process: its number turned over, and the mark of a clock of CPU time.
        return time.process_time() + time.clock_gettime(((~pid) << 3) | 2)

    for name, clock in (("CPU", both), ("time on the wall", clocks.wall)):
        taken = clocks.take_turns(work, rounds, clock)
        ratio, more = taken.ratio("apart", over="here"), taken.more("apart", over="here").times(1e6 / len(pictures))
        goal = Goal(1.05) if path.name == _GOAL_OF and name == "CPU" else None
        yield Figure(f"{path.name}: a process of its own over this one, {name}", ratio.middle, "x", ratio.basis(), goal)
        yield Figure(f"{path.name}: more an image, {name}", more.middle, "us", more.basis())
    each = taken.time("here").times(1e6 / len(pictures))
    yield Figure(f"{path.name}: an image in this process", each.middle, "us", each.basis("time on the wall"))
    yield Figure(f"{path.name}: opening it apart", starting_apart, "s", f"here {starting_here:.2f} s")
    before = _resident(pid)
    for _ in range(rounds):
        apart.predict(pictures)
    yield Figure(f"{path.name}: growth of its process", (_resident(pid) - before) / 1e3, "MB", f"{rounds} rounds more")


def _opened(path: Path, card: dict[str, Any], *, trust: bool) -> tuple[TensorModel, float]:
    start = clocks.wall()
    model = open_model(path, card, threads=1, trust=trust)
    assert isinstance(model, TensorModel)
    return model, clocks.wall() - start


def _process_of(model: TensorModel) -> int:
    assert isinstance(model._runtime, ConfinedRuntime)
    assert model._runtime._process is not None
    return model._runtime._process.pid


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_KB


BENCHMARK = Benchmark(
    "a model in a process of its own", measure, [Option("--rounds", 9, "how often each side is timed, in turn")]
)

if __name__ == "__main__":
    main(BENCHMARK)
