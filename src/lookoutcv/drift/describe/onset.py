"""Since when does a window differ? From the times of its images, day by day or hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.shifted import shift_direction
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.severity import effect_lower_bound
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool_column
from lookoutcv.grids import FloatArray, IntArray
from lookoutcv.results.findings.onset import Period

# A period of fewer images has no effect that could be told from chance: it joins the next one.
LEAST_IN_PERIOD = 10
# More bars are not read; neighbours are put together.
MOST_PERIODS = 60
# From the first shifted period on, so many of the images must lie in shifted ones: a quiet hour in between is no end.
_LASTING = 0.8
# Before it at most so many may lie in shifted ones, one day of four: an odd day is not the beginning. After such a day
# the shift must last for two periods or more, since a last one alone may be odd itself.
_STRAY = 0.25
_HOUR, _DAY = 3600, 86400
# With fewer days hours say more.
_FEW_DAYS = 3
By = Literal["day", "hour"]


@dataclass(frozen=True)
class ShiftOnset:
    """When a shift begins, in figures.

    Args:
        status: As in `Onset`.
        by: What the periods are; "" where there are none, for want of times.
        periods: In the order of time.
        start: The period that the shift begins with; None where it has no clear beginning.
        first_image: When the window's first image was taken; None for want of times.
        last_before: When the baseline's last image was taken, where that is known.
    """

    status: Literal["within", "throughout", "part", "unknown"]
    by: Literal["day", "hour", ""] = ""
    periods: tuple[Period, ...] = ()
    start: int | None = None
    first_image: datetime | None = None
    last_before: datetime | None = None

    @property
    def shifted(self) -> tuple[str, ...]:
        """The names of the shifted periods."""
        return tuple(period.name for period in self.periods if period.shifted)


def shift_onset(
    baseline: FloatArray,
    window: FloatArray,
    times: pa.ChunkedArray | pa.Array,
    policy: Policy,
    last_before: datetime | None = None,
) -> ShiftOnset:
    """When the shift begins.

    Every image is scored by how far it lies in the direction in which the window as a whole moved, and each period's
    scores are compared with the baseline's: Cliff's delta, its lower 95% bound at least the policy's `min_effect`. The
    direction being that of the window, periods are a little more shifted than they should be; the window itself has
    been judged before.

    Args:
        baseline: (M, m) normal scores of the baseline's sample; NaN = missing.
        window: (N, m) of the window that drifted.
        times: (N,) timestamps of the window's images; null where unknown.
        policy: The rules.
        last_before: Time of the baseline's last image.
    Returns:
        "unknown" where fewer than half of the images have a time, or no period is clearly shifted.
    """
    known, seconds = _seconds(times)
    if 2 * len(known) < len(window) or not len(known):
        return ShiftOnset("unknown")
    before, after = np.nan_to_num(baseline), np.nan_to_num(window)
    direction = shift_direction(before, after)
    periods, by = _periods(before @ direction, (after @ direction)[known], seconds, policy)
    start = _start(periods)
    status: Literal["within", "throughout", "part", "unknown"] = "part"
    if not any(period.shifted for period in periods):
        status = "unknown"
    elif start is not None:
        status = "throughout" if start == 0 else "within"
    first_image = datetime.fromtimestamp(int(seconds.min()), UTC)
    return ShiftOnset(status, by, tuple(periods), start, first_image, last_before)


def _seconds(times: pa.ChunkedArray | pa.Array) -> tuple[IntArray, IntArray]:
    """The rows that have a time, in the order of time, and their seconds since 1970."""
    micros = times.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    valid = np.flatnonzero(np.asarray(micros.is_valid()))
    seconds = np.asarray(micros.drop_null()).astype(np.int64) // 1_000_000
    order = np.argsort(seconds, kind="stable")
    return valid[order], seconds[order]


def _periods(before: FloatArray, after: FloatArray, seconds: IntArray, policy: Policy) -> tuple[list[Period], By]:
    """The window's days, or its hours where all is of a day or two."""
    by: By = "day" if len(np.unique(seconds // _DAY)) >= _FEW_DAYS else "hour"
    length = _DAY if by == "day" else _HOUR
    periods = []
    for rows in _joined(seconds // length):
        column = pool_column(before.astype(np.float32), after[rows].astype(np.float32))
        effect = effects(column).location
        bound = effect_lower_bound(effect, len(before), len(rows)) if effect > 0 else 0.0
        name = _name(int(seconds[rows[0]]) // length * length, by)
        periods.append(Period(name, len(rows), float(f"{effect:.4g}"), bound >= policy.min_effect))
    return periods, by


def _joined(units: IntArray) -> list[IntArray]:
    """Rows of each period: units in a row until there are images enough, and at most 60 periods."""
    parts = np.split(np.arange(len(units)), np.flatnonzero(np.diff(units)) + 1)
    least = max(LEAST_IN_PERIOD, -(-len(units) // MOST_PERIODS) if len(parts) > MOST_PERIODS else 0)
    joined: list[IntArray] = []
    for part in parts:
        if joined and len(joined[-1]) < least:
            joined[-1] = np.concatenate([joined[-1], part])
        else:
            joined.append(part)
    if len(joined) > 1 and len(joined[-1]) < LEAST_IN_PERIOD:
        joined[-2:] = [np.concatenate(joined[-2:])]
    return joined


def _start(periods: list[Period]) -> int | None:
    """Where a lasting shift begins; None where none lasts."""
    starts = [i for i, period in enumerate(periods) if period.shifted]
    for start in starts:
        lasts = _shifted_share(periods[start:]) >= _LASTING
        if lasts and start == starts[0]:
            return start
        if lasts and len(periods) - start > 1 and _shifted_share(periods[:start]) <= _STRAY:
            return start
    return None


def _shifted_share(periods: list[Period]) -> float:
    return sum(period.images for period in periods if period.shifted) / sum(period.images for period in periods)


def _name(start: int, by: By) -> str:
    began = datetime.fromtimestamp(start, UTC)
    return f"{began:%Y-%m-%d}" if by == "day" else f"{began:%Y-%m-%d %H:%M}"
