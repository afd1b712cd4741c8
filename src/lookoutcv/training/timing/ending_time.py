"""How long a run will take at the least, from what is measured at its beginning: so a budget holds.

At its end networks are scored, and the best is evaluated and packed. That is taken off the time for learning; and
networks that could not pass over the images once in what is left are left out, the slowest first.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.training.fitting.forward_pass import normalised

# Seconds of a processor for evaluating, exporting, comparing, hashing and opening a network again in a process of its
# own, beside the images, and for each million of its parameters: 5 for a MobileNetV3 of 1.5 million, 13 for a ViT.
_PACKING_SECONDS, _SECONDS_A_MILLION = 5.0, 0.1
# The images are read for the evaluation and for the baseline, and the best network looks at them both times.
_LOOKS = 2
# The latency of a network is measured on 7 images at the least, and on 52 or for two seconds.
_LATENCY_LEAST, _LATENCY_MOST, _LATENCY_SECONDS = 7, 52, 2.0
_TRIED = 4
# To learn from an image takes as long as to look at it so many times: there and back, and the step itself.
_LEARNING = 3.5


@dataclass
class BusyMachine:
    """How much longer things take than a processor works on them, because other programs have it.

    Example:
        >>> machine = BusyMachine()
        >>> with machine.watched():
        ...     _ = sum(range(1000))
        >>> machine.slowdown >= 1
        True
    """

    slowdown: float = 1.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """What is done in the block takes one thread."""
        wall, processor = time.monotonic(), time.process_time()
        yield
        worked = time.process_time() - processor
        if worked > 0:
            self.slowdown = max(1.0, (time.monotonic() - wall) / worked)


@dataclass(frozen=True)
class EndingTime:
    """What the end of a run takes.

    Args:
        tested: Images that choose nothing.
        image_seconds: To read and measure one.
        slowdown: As of `BusyMachine`.
        forward_seconds: For one image on the processor, where a package is made, by the name of a network.
        learning_seconds: For one image on the device where it learns, likewise.
        parameters: Likewise.
        threads: Of the processor.
    Example:
        >>> time = EndingTime(100, 0.01, 1.0, {"small": 0.01}, {"small": 0.01}, {"small": 1_000_000}, threads=1)
        >>> round(time.of("small"), 2), round(time.end(["small"]), 2)
        (9.1, 10.62)
    """

    tested: int
    image_seconds: float
    slowdown: float
    forward_seconds: dict[str, float] = field(repr=False)
    learning_seconds: dict[str, float] = field(repr=False)
    parameters: dict[str, int] = field(repr=False)
    threads: int = 1

    def of(self, name: str) -> float:
        """To evaluate and pack a network, if it is the best, in seconds."""
        looks = _LOOKS * self.tested * (self.forward_seconds[name] + self.image_seconds)
        return looks + self.slowdown * (_PACKING_SECONDS + _SECONDS_A_MILLION * self.parameters[name] / 1e6)

    def end(self, names: Collection[str]) -> float:
        """To score some networks, and to evaluate and pack whichever of them takes longest for it, in seconds."""
        looks = [self.forward_seconds[name] for name in names]
        return sum(self.tested * one + self._latency(one) for one in looks) + max(map(self.of, names), default=0.0)

    def once(self, name: str, teaching: int, choosing: int, *, head: bool) -> float:
        """To pass once over the images that teach and those that choose, in seconds.

        Args:
            name: Of a network.
            teaching, choosing: Images.
            head: Of one that has seen others: the images are looked at, and a head learns.
        """
        return self.learning_seconds[name] * ((1 if head else _LEARNING) * teaching + choosing)

    def affordable(self, once: Mapping[str, float], seconds: float) -> list[str]:
        """The networks that can pass over the images once, and be scored and packed, in so many seconds.

        The slowest are left out until the others can; the fastest stays in any case.

        Args:
            once: For each, what `once` says.
            seconds: That are left.
        """
        kept = sorted(once, key=once.__getitem__)
        while len(kept) > 1 and self.end(kept) + sum(once[name] for name in kept) > seconds:
            kept.pop()
        return [name for name in once if name in kept]

    def _latency(self, forward_seconds: float) -> float:
        alone = forward_seconds * self.threads
        return max(_LATENCY_LEAST * alone, min(_LATENCY_SECONDS, _LATENCY_MOST * alone))


def ending_time(  # noqa: PLR0917 - what is known before anything is learnt
    backbones: Sequence[Backbone],
    tested: int,
    image_seconds: float,
    machine: BusyMachine,
    threads: int,
    device: Any,
) -> EndingTime:
    """Ask each network once.

    Args:
        backbones: Before they learn.
        tested, image_seconds, threads: As of `EndingTime`.
        machine: That was watched at other work.
        device: The `torch.device` where they learn.
    """
    import torch  # noqa: PLC0415

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        seconds = {one.name: _forward_seconds(one, torch.device("cpu")) for one in backbones}
        # A graphics card is ten or a hundred times as fast: what is slow on the processor may have time to learn.
        learning = seconds if device.type == "cpu" else {one.name: _forward_seconds(one, device) for one in backbones}
    finally:
        torch.set_num_threads(before)
    parameters = {one.name: sum(int(number.numel()) for number in one.module.parameters()) for one in backbones}
    return EndingTime(tested, image_seconds, machine.slowdown, seconds, learning, parameters, threads)


def _forward_seconds(backbone: Backbone, device: Any) -> float:
    import torch  # noqa: PLC0415

    assert backbone.input.size is not None  # complete
    pictures = np.zeros((_TRIED, *backbone.input.size, 3), np.uint8)
    module = backbone.module if device.type == "cpu" else copy.deepcopy(backbone.module).to(device)
    taught = module.training
    module.eval()

    def ask(some: Any) -> None:
        with torch.inference_mode():
            module(normalised(some, backbone.input, device)).sum().item()  # a graphics card is waited for

    ask(pictures[:1])  # finds memory
    began = time.monotonic()
    ask(pictures)
    taken = time.monotonic() - began
    module.train(taught)
    return taken / _TRIED
