from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.recorded import recorded_changes
from lookoutcv.profiles.profile import Profile, from_records


def side(**counts: Mapping[str, int]) -> Profile:
    return Profile(counts={key: counts.get(key, {}) for key in ("label", "format", "camera", "size")})


def measured(n: int, **columns: float) -> Profile:
    values = {name.replace("__", "."): pa.array(np.full(n, value), pa.float32()) for name, value in columns.items()}
    return from_records(pa.table({"id": [str(i) for i in range(n)], **values}))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 9}, {"b": 9}, ["The camera changed: 'a' before (100%), 'b' now (100%)."]),
        ({"a": 5, "b": 5}, {"b": 9}, ["The camera changed: 'a' before (50%), 'b' now (100%)."]),
        ({"a": 5, "b": 5}, {"a": 4, "b": 6}, []),
        ({"a": 9}, {}, []),
        ({}, {"b": 9}, []),
    ],
)
def test_a_swap_is_what_changed_for_most_images(
    before: Mapping[str, int], after: Mapping[str, int], found: list[str]
) -> None:
    assert recorded_changes(side(camera=before), side(camera=after)) == found


def test_format_and_size_are_read_too() -> None:
    old, new = side(format={"jpeg": 9}, size={"640x480": 9}), side(format={"png": 9}, size={"320x240": 9})
    assert [sentence.partition(":")[0] for sentence in recorded_changes(old, new)] == [
        "The file format changed",
        "The image size changed",
    ]


def test_where_sizes_are_mixed_their_mean_counts() -> None:
    assert recorded_changes(measured(9, geometry__size=1000), measured(9, geometry__size=2100)) == [
        "The image size changed: images have 2.1 times as many pixels on average."
    ]
    assert recorded_changes(measured(9, geometry__size=1000), measured(9, geometry__size=1100)) == []


def test_images_that_now_come_turned() -> None:
    found = recorded_changes(measured(9, geometry__orientation=0), measured(9, geometry__orientation=1))
    assert found == ["The orientation changed: 0% of files stored turned or mirrored before, 100% now."]
