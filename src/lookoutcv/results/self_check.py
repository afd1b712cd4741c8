"""What a baseline says about itself: large enough, false alarms, one camera or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class SelfCheck:
    """What a baseline says about itself.

    Args:
        images: Images that entered the tests of later comparisons, M.
        detectable: Size of a window -> smallest effect found four times in five, against one unordered baseline.
        alpha: Share of false alarms that tests are allowed.
        splits: Random splits of the baseline into a window and the rest, and how many of them alarmed.
        blocks: Batches (or blocks of consecutive images) that were held out in turn, and how many alarmed
            against the rest.
        batches: Usable batches; 0 without any.
        one_label: Nearly every batch holds a single label, while the baseline holds several.
        by: What explains most of one metric: a field that separates clusters, and the share explained; None if nothing.
        copies: Images that are copies of another, and images searched.
        autocorrelation: Rank correlation between an image and the next where images depend on those before them, as
            frames of a video do; None where they do not, or have no order.
        sentences: All of it in plain words, each with what to do.
    """

    images: int
    detectable: dict[str, float]
    alpha: float
    splits: tuple[int, int]
    blocks: tuple[int, int]
    batches: int
    one_label: bool
    by: tuple[str, float] | None
    copies: tuple[int, int]
    autocorrelation: float | None = None
    sentences: tuple[str, ...] = field(default_factory=tuple)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SelfCheck:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: The values are none.
        """
        by = values["by"]
        # Files of version 3 and before call it by another name, and the first of them do not have it.
        autocorrelation = values.get("autocorrelation", values.get("neighbours"))
        return cls(
            images=int(values["images"]),
            detectable={str(size): float(effect) for size, effect in values["detectable"].items()},
            alpha=float(values["alpha"]),
            splits=_two(values["splits"]),
            blocks=_two(values["blocks"]),
            batches=int(values["batches"]),
            one_label=bool(values["one_label"]),
            by=None if by is None else (str(by[0]), float(by[1])),
            copies=_two(values["copies"]),
            autocorrelation=None if autocorrelation is None else float(autocorrelation),
            sentences=tuple(str(sentence) for sentence in values["sentences"]),
        )


def _two(values: Sequence[Any]) -> tuple[int, int]:
    first, second = values
    return int(first), int(second)
