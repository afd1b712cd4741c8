"""The batches of an epoch, made by threads while the network learns from those before."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.training.data.division import IntArray, Pictures, Pixels
from lookoutcv.training.fitting.epochs.augment import augmented
from lookoutcv.training.fitting.fit_settings import Augment

# Batches that wait: enough that one which takes long is not waited for.
_AHEAD = 3


@dataclass
class Batches:
    """What an epoch learns from.

    Threads, not processes: OpenCV and numpy leave the interpreter's lock while they work, and a process that is forked
    after torch has started threads can hang.

    Args:
        pictures: Those of the part.
        card_input: How the network wants them.
        augment: How much they are varied.
        seed: Of order and variation; with the epoch and the picture's number it says all that is drawn.
        threads: That make them.
        waited_seconds: For how long the network had to wait for a batch.
    """

    pictures: Pictures
    card_input: Input
    augment: Augment
    seed: int
    threads: int = 1
    waited_seconds: float = field(default=0.0, init=False)

    def order(self, epoch: int) -> IntArray:
        """The numbers of the pictures, as an epoch takes them."""
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.pictures))

    def of(self, order: IntArray, epoch: int, size: int) -> Iterator[tuple[IntArray, Pixels]]:
        """Batches of about a size, none of a single picture: normalisation over a batch of one fails.

        Args:
            order: Which pictures, in which order; at least two.
            epoch: Their variation follows from it.
            size: Pictures in a batch; up to half more or less, so that all are alike.
        Yields:
            The numbers of the pictures, and (n, height, width, 3) uint8.
        """
        count = max(1, min(len(order) // 2, round(len(order) / size)))
        waiting: deque[tuple[IntArray, Future[Pixels]]] = deque()
        with ThreadPoolExecutor(self.threads, thread_name_prefix="batches") as pool:
            try:
                for indices in np.array_split(order, count):
                    waiting.append((indices, pool.submit(self.made, indices, epoch)))
                    if len(waiting) > _AHEAD:
                        yield self._next(waiting)
                while waiting:
                    yield self._next(waiting)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def made(self, indices: IntArray, epoch: int) -> Pixels:
        """Pictures as they are varied in an epoch, (n, height, width, 3) uint8."""
        if self.augment == "none":
            return np.ascontiguousarray(self.pictures.framed(indices))
        size = self.card_input.size
        assert size is not None  # complete
        batch = np.empty((len(indices), *size, 3), np.uint8)
        for row, (index, pixels) in enumerate(zip(indices, self.pictures.roomy(indices), strict=True)):
            random = np.random.default_rng([self.seed, epoch, int(index)])
            batch[row] = augmented(pixels, size, self.augment, random)
        return batch

    def _next(self, waiting: deque[tuple[IntArray, Future[Pixels]]]) -> tuple[IntArray, Pixels]:
        indices, future = waiting.popleft()
        began = time.perf_counter()
        pixels = future.result()
        self.waited_seconds += time.perf_counter() - began
        return indices, pixels
