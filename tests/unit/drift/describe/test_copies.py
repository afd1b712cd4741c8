import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.copies import copy_notes
from lookoutcv.profiles.profile import Profile, from_records


def side(hashes: list[int | None]) -> Profile:
    rows = {"id": [str(i) for i in range(len(hashes))], "content_hash": pa.array(hashes, pa.uint64())}
    return from_records(pa.table({**rows, "my.a": pa.array(np.zeros(len(hashes)), pa.float32())}))


def test_copies_in_the_baseline_are_no_evidence() -> None:
    (note,) = copy_notes(side([i % 30 for i in range(300)]), side(list(range(50))))
    assert note.startswith("270 of the baseline's 300 images are exact copies of others.")
    assert copy_notes(side([0, *range(199)]), side(list(range(50)))) == []


def test_a_window_of_one_picture_may_be_a_stuck_camera() -> None:
    (note,) = copy_notes(side(list(range(50))), side([5] * 40))
    assert note.startswith("All 40 images of the window are the same picture.")
    assert "copies of 2." in copy_notes(side([1]), side([5] * 20 + [6] * 20))[0]
    assert copy_notes(side([1]), side([5] * 20 + list(range(20)))) == []


def test_unknown_contents_are_not_taken_for_equal() -> None:
    assert copy_notes(side([None] * 40), side([None] * 40)) == []
    assert copy_notes(side([]), side([])) == []
    assert copy_notes(side([1]), side([1])) == []
