import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.copies import BaselineCopies, WindowCopies, notable_copies
from lookoutcv.profiles.profile import Profile, from_records


def side(hashes: list[int | None]) -> Profile:
    rows = {"id": [str(i) for i in range(len(hashes))], "content_hash": pa.array(hashes, pa.uint64())}
    return from_records(pa.table({**rows, "my.a": pa.array(np.zeros(len(hashes)), pa.float32())}))


def test_copies_in_the_baseline_are_no_evidence() -> None:
    copies = notable_copies(side([i % 30 for i in range(300)]), side(list(range(50))))
    assert copies == [BaselineCopies(270, 300)]
    assert notable_copies(side([0, *range(199)]), side(list(range(50)))) == []


def test_a_window_of_one_picture_may_be_a_stuck_camera() -> None:
    assert notable_copies(side(list(range(50))), side([5] * 40)) == [WindowCopies(40, 1)]
    assert notable_copies(side([1]), side([5] * 20 + [6] * 20)) == [WindowCopies(40, 2)]
    assert notable_copies(side([1]), side([5] * 20 + list(range(20)))) == []


def test_unknown_contents_are_not_taken_for_equal() -> None:
    assert notable_copies(side([None] * 40), side([None] * 40)) == []
    assert notable_copies(side([]), side([])) == []
    assert notable_copies(side([1]), side([1])) == []
