"""How many images a gate finds unfit, now and before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lookoutcv.drift.statistics.rare_events import fisher_mid_p
from lookoutcv.profiles.profile import Profile

_UNFIT = "unfit"


@dataclass(frozen=True)
class GateShare:
    """Images that a gate found unfit.

    Args:
        before: How many of the baseline's, and of how many; None where it was made without a gate.
        after: The same of the window's.
        rose: Judges whose share of unfit images rose most: name, share before, share after; the largest rise first.
        p_value: That so many more or fewer are chance (Fisher, mid-p); None without a baseline's share.
    """

    before: tuple[int, int] | None
    after: tuple[int, int]
    rose: tuple[tuple[str, float, float], ...] = ()
    p_value: float | None = None


def gate_share(baseline: Profile, window: Profile) -> GateShare | None:
    """What a gate says of both sides; None where it was not asked about the window.

    Args:
        baseline, window: Their counts, of images that it refused too.
    Example:
        >>> old, new = ({"fit": 90, "unfit: sharpness": 10}, {"fit": 50, "unfit: sharpness": 50})
        >>> found = gate_share(Profile(counts={"gate": old}), Profile(counts={"gate": new}))
        >>> found.before, found.after, found.p_value < 1e-6
        ((10, 100), (50, 100), True)
    """
    was, now = baseline.counts.get("gate", {}), window.counts.get("gate", {})
    if not now:
        return None
    after = _unfit(now), sum(now.values())
    if not was:
        return GateShare(None, after)
    before = _unfit(was), sum(was.values())
    judges = {key.partition(": ")[2] for key in (*was, *now) if key.startswith(_UNFIT)}
    shares = [(name, _of(was, name) / before[1], _of(now, name) / after[1]) for name in judges]
    rose = sorted((one for one in shares if one[2] > one[1]), key=lambda one: (one[1] - one[2], one[0]))
    return GateShare(before, after, tuple(rose), fisher_mid_p(before[0], before[1], after[0], after[1]))


def _of(counts: Mapping[str, int], judge: str) -> int:
    return counts.get(f"{_UNFIT}: {judge}" if judge else _UNFIT, 0)


def _unfit(counts: Mapping[str, int]) -> int:
    return sum(count for key, count in counts.items() if key.startswith(_UNFIT))
