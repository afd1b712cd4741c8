"""How bad a drift is, in order."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How bad a drift is. Ordered, so that `max` and `>=` work; it equals its word, and JSON holds the word.

    `INSUFFICIENT`, where there were too few images to say, comes before `NONE`: any judgement outweighs it.

    Example:
        >>> max(Severity.NONE, Severity.HIGH, Severity.INSUFFICIENT), Severity.LOW >= Severity.MEDIUM
        ('high', False)
        >>> Severity.HIGH == "high"
        True
    """

    INSUFFICIENT = "insufficient"
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Its place in the order, 0 to 4."""
        return _ORDER.index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank

    def __repr__(self) -> str:
        return repr(self.value)


_ORDER = tuple(Severity)
# Those of a drift, the least first.
DRIFTED = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
