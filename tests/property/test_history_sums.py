"""The sums of a history are those of its numbers, in whatever order and parts these come."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.history.open_history import open_history

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
POINTS = st.lists(
    st.tuples(
        st.integers(-3 * 86_400, 3 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds)),
        st.floats(-1e300, 1e300),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(points=POINTS, data=st.data())
def test_any_order_and_partition_comes_to_the_same(points: list[tuple[datetime, float]], data: st.DataObject) -> None:
    order = data.draw(st.permutations(points))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(points)), max_size=4)))
    with TemporaryDirectory() as folder, open_history(Path(folder) / "h.db") as history:
        for start, end in zip([0, *cuts], [*cuts, len(points)], strict=True):
            history.add_points("m", "n", order[start:end])
        for by in ("hour", "day"):
            expected = defaultdict(list)
            for at, value in points:
                expected[at.replace(minute=0, second=0, hour=at.hour if by == "hour" else 0)].append(value)
            found = history.rollup("m", "n", by=by)
            assert [(one.start, one.count, one.sum, one.min, one.max) for one in found] == [
                (start, len(values), math.fsum(values), min(values), max(values))
                for start, values in sorted(expected.items())
            ]
