"""Since when does a window differ? Told from the times of its images, day by day or hour by hour."""

from __future__ import annotations

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
from lookoutcv.results.findings.onset import Onset, Period

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
_NAMED = 3
By = Literal["day", "hour"]


def since(
    baseline: FloatArray,
    window: FloatArray,
    times: pa.ChunkedArray | pa.Array,
    policy: Policy,
    last_before: datetime | None = None,
) -> Onset:
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
        return Onset("unknown", "The images of the window have no times, neither of their source nor in EXIF.")
    before, after = np.nan_to_num(baseline), np.nan_to_num(window)
    direction = shift_direction(before, after)
    periods, by = _periods(before @ direction, (after @ direction)[known], seconds, policy)
    return _told(periods, by, seconds.min(), last_before)


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
    found = []
    for rows in _joined(seconds // length):
        column = pool_column(before.astype(np.float32), after[rows].astype(np.float32))
        effect = effects(column).location
        bound = effect_lower_bound(effect, len(before), len(rows)) if effect > 0 else 0.0
        name = _name(int(seconds[rows[0]]) // length * length, by)
        found.append(Period(name, len(rows), float(f"{effect:.4g}"), bound >= policy.min_effect))
    return found, by


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


def _told(periods: list[Period], by: By, first_image: int, last_before: datetime | None) -> Onset:
    if not any(one.shifted for one in periods):
        return Onset("unknown", f"No single {by} of the window is clearly shifted.", None, by, periods)
    start = _start(periods)
    if start == 0:
        return Onset("throughout", _began_before(first_image, last_before), periods[0].name, by, periods)
    if start is not None:
        first, odd = periods[start].name, [one.name for one in periods[:start] if one.shifted]
        but = f" but for {', '.join(odd)}" if odd else ""
        text = f"Images before {first} look like the baseline's{but}, later ones do not."
        return Onset("within", text, first, by, periods)
    shifted = [one.name for one in periods if one.shifted]
    named = ", ".join(shifted[:_NAMED]) + (f" and {len(shifted) - _NAMED:,} more" if len(shifted) > _NAMED else "")
    return Onset("part", f"Shifted are {named} ({len(shifted)} of {len(periods)} {by}s).", shifted[0], by, periods)


def _start(periods: list[Period]) -> int | None:
    """Where a lasting shift begins; None where none lasts."""
    starts = [i for i, one in enumerate(periods) if one.shifted]
    for start in starts:
        lasts = _shifted_share(periods[start:]) >= _LASTING
        if lasts and start == starts[0]:
            return start
        if lasts and len(periods) - start > 1 and _shifted_share(periods[:start]) <= _STRAY:
            return start
    return None


def _shifted_share(periods: list[Period]) -> float:
    return sum(one.images for one in periods if one.shifted) / sum(one.images for one in periods)


def _began_before(first_image: int, last_before: datetime | None) -> str:
    began = datetime.fromtimestamp(first_image, UTC)
    if last_before is None or last_before >= began:
        return f"The first images, of {_moment(began)}, are shifted already, so it began before this window."
    ends = f"the baseline's last image ({_moment(last_before)}) and this window's first ({_moment(began)})"
    return f"It began between {ends}."


def _name(start: int, by: By) -> str:
    began = datetime.fromtimestamp(start, UTC)
    return f"{began:%Y-%m-%d}" if by == "day" else f"{began:%Y-%m-%d %H:%M}"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
