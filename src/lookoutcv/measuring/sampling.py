"""A seeded sample of a source: the same images for the same seed, whatever order they are listed in."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lookoutcv.errors import ConfigError
from lookoutcv.sources.kinds.base import ImageRef, Source


@dataclass(frozen=True)
class SampledSource:
    """The images of a source whose hashed ids are the smallest, in the source's order. See `sample`."""

    source: Source
    size: int
    seed: int

    @property
    def name(self) -> str:
        """The source's name with the size of the sample."""
        return f"{self.source.name} (sample of {self.size})"

    def __iter__(self) -> Iterator[ImageRef]:
        threshold = self._chosen[0]
        return (ref for ref in self.source if _rank(ref.id, self.seed) <= threshold)

    def count(self) -> int:
        """The size of the sample, or of the source where that is smaller."""
        return self._chosen[1]

    @cached_property
    def _chosen(self) -> tuple[int, int]:
        """The largest rank that is in, and how many are: one pass that holds no more than the sample's ranks."""
        ranks: list[int] = []
        for ref in self.source:
            rank = -_rank(ref.id, self.seed)
            if len(ranks) < self.size:
                heapq.heappush(ranks, rank)
            else:
                heapq.heappushpop(ranks, rank)
        return (-ranks[0] if ranks else 0), len(ranks)


def sample(source: Source, size: int, seed: int = 0) -> Source:
    """A uniform random sample without replacement.

    Each id has a pseudo-random rank that depends on the seed; the `size` lowest are taken. So samples nest (the one of
    100 lies within the one of 1000), and adding images to the source changes few of those chosen. Ids are unique.

    Args:
        source: Any source; labels and order are kept. It is listed twice.
        size: How many images, >= 1. All are taken where there are fewer.
        seed: Any integer.
    Raises:
        ConfigError: `size` is under 1.
    Example:
        >>> from lookoutcv.sources import open_source
        >>> letters = open_source([f"{c}.jpg" for c in "abcdefgh"])
        >>> [ref.id for ref in sample(letters, 3, seed=1)] == [ref.id for ref in sample(letters, 3, seed=1)]
        True

    Source: bottom-k sampling; Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007.
    """
    if size < 1:
        raise ConfigError(f"a sample of {size} images is none", "Give a number of at least 1.", key="sample")
    return SampledSource(source, size, seed)


def _rank(id: str, seed: int) -> int:
    salt = (seed % 2**64).to_bytes(8, "big")
    digest = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=16, salt=salt)
    return int.from_bytes(digest.digest(), "big")
