"""What a careful reader must know of a verdict, in figures; `wording.note_sentences` makes the sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Note:
    """A limit of a comparison, or what it rests on. Every kind has its sentence in `wording`."""


@dataclass(frozen=True)
class TooFewImages(Note):
    """A side has fewer images than a test needs."""

    side: Literal["window", "baseline"]
    images: int
    least: int


@dataclass(frozen=True)
class NothingInCommon(Note):
    """No metric has values on both sides."""


@dataclass(frozen=True)
class LimitsLeftOut(Note):
    """Limits of the policy `fixed` whose figures the profiles do not hold: of these metrics, or of `CLASSES`."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class LimitExceeded(Note):
    """A figure of the policy `fixed` that is beyond its limit."""

    name: str
    shift: float
    limit: float


@dataclass(frozen=True)
class MovedTogether(Note):
    """No metric is significant by itself; `strongest` moved most."""

    strongest: str


@dataclass(frozen=True)
class AgainstBatches(Note):
    """The window was tested against the baseline's batches, typically of so many images."""

    batches: int
    images: float


@dataclass(frozen=True)
class TooFewBatches(Note):
    """The baseline has batches, but too few to know how much they differ; `images` is the least that one must hold."""

    batches: int
    least: int
    images: int


@dataclass(frozen=True)
class BlocksMerged(Note):
    """So many neighbouring blocks were put together into each batch, for a window that is much larger than one."""

    blocks: int


@dataclass(frozen=True)
class WindowExceedsBatches(Note):
    """The window is larger than the batches."""


@dataclass(frozen=True)
class ImagesOutsideBatches(Note):
    """Images of the baseline that are in no batch of at least `least` images."""

    images: int
    least: int


@dataclass(frozen=True)
class Dependence:
    """Why images are taken to depend on their neighbours.

    Args:
        sequence: What their source says they are frames of; None where it says nothing.
        autocorrelation: Rank correlation between an image and the next; None where it is chance or not known.
        by: What orders them.
    """

    sequence: str | None
    autocorrelation: float | None
    by: Literal["time", "name"]


@dataclass(frozen=True)
class AgainstBlocks(Note):
    """The baseline's images depend on their neighbours, and the window was tested against blocks of them.

    Args:
        dependence: Why.
        blocks: How many.
        images: Typical images of a block.
        batch_by: Images of a block for a baseline with batches.
    """

    dependence: Dependence
    blocks: int
    images: float
    batch_by: int


@dataclass(frozen=True)
class TooFewForBlocks(Note):
    """The baseline's images depend on their neighbours, and are fewer in a row than blocks take."""

    dependence: Dependence
    least: int


@dataclass(frozen=True)
class DependentWindow(Note):
    """The window's images depend on their neighbours.

    Args:
        dependence: Why.
        images: Of the window.
        independent: How many independent ones they are worth; None where only their source says that they depend.
    """

    dependence: Dependence
    images: int
    independent: float | None
