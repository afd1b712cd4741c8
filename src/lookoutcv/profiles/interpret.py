"""Between a profile and the plain values of its JSON, with every value checked on the way back."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, TypeGuard

import numpy as np
import pyarrow as pa

from lookoutcv.errors import ConfigError, CorruptFile
from lookoutcv.grids import Grid
from lookoutcv.profiles.counts import KEYS, LIMIT, Counts, bounded
from lookoutcv.profiles.histogram import UNIT_BITS, Histogram
from lookoutcv.profiles.profile import Profile
from lookoutcv.profiles.sample import MOST_ROWS, in_order, moment, row_keys, time_range
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import FIXED

# Sums of counts below this stay far from the limits of int64 through any number of merges that could ever be made.
MOST_COUNT = 2**53
MOST_BINS = 100_000
# The sum of 2**53 float32 numbers has fewer decimal digits than this in units of 2**-149.
_MOST_DIGITS = 120


def profile_to_json(profile: Profile) -> dict[str, Any]:
    """Everything but the sample, as plain values."""
    return {
        "count": profile.count,
        "skipped": profile.skipped,
        "sample_size": profile.sample_size,
        "first_time": profile.first_time.isoformat() if profile.first_time else None,
        "last_time": profile.last_time.isoformat() if profile.last_time else None,
        "counts": {key: dict(values) for key, values in profile.counts.items() if values or key != "gate"},
        "histograms": {name: _histogram_to_json(h) for name, h in profile.histograms.items()},
    }


def _histogram_to_json(histogram: Histogram) -> dict[str, Any]:
    return {
        "grid": histogram.grid.to_dict(),
        "counts": histogram.counts.tolist(),
        "missing": histogram.missing,
        # As text: few readers of JSON keep whole numbers of this size.
        "exact_sum": str(histogram.exact_sum),
        "minimum": histogram.minimum,
        "maximum": histogram.maximum,
    }


def profile_of(values: dict[str, Any], sample: pa.Table) -> Profile:
    """The profile that plain values and a sample describe.

    Args:
        values: As `profile_to_json` gives them.
        sample: The rows of the sample.
    Raises:
        CorruptFile: A value is absent, of another type or out of range, or two contradict each other.
    """
    count = _whole(values, "count")
    rows = conform(sample, FIXED)
    rows = rows.select(in_order(rows.schema).names)
    size = _whole(values, "sample_size", least=1, most=MOST_ROWS)
    if rows.num_rows != min(count, size):
        raise _corrupt(f"it holds {rows.num_rows} sampled rows of {count}, where {min(count, size)} belong")
    keys = row_keys(rows)
    if (keys[1:] < keys[:-1]).any():
        raise _corrupt("its sampled rows are not in order")
    first, last = _time(values, "first_time"), _time(values, "last_time")
    if (first is None) != (last is None) or (first and last and first > last):
        raise _corrupt("its times contradict each other")
    for end in time_range(rows):
        if end is not None and not (first and last and first <= moment(end) <= last):
            raise _corrupt("its sampled rows have times outside its range")
    return Profile(
        count=count,
        skipped=_whole(values, "skipped"),
        histograms={
            name: histogram_of(name, _object(entry, f"histogram {name!r}"), count)
            for name, entry in sorted(_object(values.get("histograms"), "histograms").items())
        },
        counts=_counts(_object(values.get("counts"), "counts"), count),
        sample=rows,
        sample_size=size,
        first_time=first,
        last_time=last,
    )


def histogram_of(name: str, values: dict[str, Any], rows: int) -> Histogram:
    """The histogram that plain values describe, for a profile of so many rows.

    Raises:
        CorruptFile: A value is absent, of another type or out of range, or two contradict each other.
    """
    grid = grid_of(name, _object(values.get("grid"), f"grid of {name!r}"))
    cells = values.get("counts")
    if not isinstance(cells, list) or len(cells) != grid.bins + 2 or not all(_is_count(cell) for cell in cells):
        raise _corrupt(f"the counts of {name!r} do not fit its grid")
    missing, counted = _whole(values, "missing"), sum(cells)
    if counted + missing != rows:
        raise _corrupt(f"the counts of {name!r} do not add up to {rows}")
    histogram = Histogram(
        grid,
        np.array(cells, np.int64),
        missing,
        _sum(name, values.get("exact_sum")),
        _end(name, values.get("minimum"), counted),
        _end(name, values.get("maximum"), counted),
    )
    _check_sum(name, histogram)
    return histogram


def grid_of(name: str, values: dict[str, Any]) -> Grid:
    """The grid that plain values describe.

    Raises:
        CorruptFile: They describe none.
    """
    low, high, bins = values.get("low"), values.get("high"), values.get("bins")
    if not (_is_number(low) and _is_number(high) and _is_count(bins) and bins <= MOST_BINS):
        raise _corrupt(f"the grid of {name!r} cannot be read")
    try:
        return Grid(values["kind"], float(low), float(high), bins)
    except (ConfigError, KeyError) as reason:
        raise _corrupt(f"the grid of {name!r} cannot be read") from reason


def _check_sum(name: str, histogram: Histogram) -> None:
    low, high, count = histogram.minimum, histogram.maximum, histogram.count
    if low is None or high is None:
        right = histogram.exact_sum == 0
    else:
        right = low <= high and count * _units(low) <= histogram.exact_sum <= count * _units(high)
    if not right:
        raise _corrupt(f"the sum and the range of {name!r} contradict each other")


def _units(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return (numerator << UNIT_BITS) // denominator


def _sum(name: str, text: object) -> int:
    if not isinstance(text, str) or len(text) > _MOST_DIGITS or not text.removeprefix("-").isdecimal():
        raise _corrupt(f"the sum of {name!r} cannot be read")
    return int(text)


def _end(name: str, value: Any, counted: int) -> float | None:
    if counted == 0 and value is None:
        return None
    if counted == 0 or not _is_number(value) or float(np.float32(value)) != value:
        raise _corrupt(f"the range of {name!r} cannot be read")
    return float(value)


def _counts(values: dict[str, Any], rows: int) -> dict[str, Counts]:
    result: dict[str, Counts] = {}
    for key in KEYS:
        # Nobody asked a gate, or nobody could, yet.
        entry = _object(values.get(key, {} if key == "gate" else None), f"counts of {key!r}")
        if len(entry) > LIMIT + 1 or not all(_is_count(n) and n > 0 for n in entry.values()):
            raise _corrupt(f"the counts of {key!r} cannot be read")
        # A detector finds many objects in one image; what a gate refused has no row.
        if key not in ("prediction", "gate") and sum(entry.values()) > rows:
            raise _corrupt(f"the counts of {key!r} add up to more than {rows}")
        result[key] = bounded(entry)
    return result


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _corrupt(f"its {what} cannot be read")
    return value


def _whole(values: dict[str, Any], key: str, least: int = 0, most: int = MOST_COUNT) -> int:
    value = values.get(key)
    if not _is_count(value) or not least <= value <= most:
        raise _corrupt(f"its {key!r} is {value!r:.40}")
    return value


def _time(values: dict[str, Any], key: str) -> datetime | None:
    text = values.get(key)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as reason:
        raise _corrupt(f"its {key!r} is no time") from reason


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNT


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _corrupt(problem: str) -> CorruptFile:
    return CorruptFile(f"the file contradicts itself: {problem}", "Make it again with `lookout baseline`.")
