import numpy as np
import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.pixels.survey import survey
from lookoutcv.records.duplicates import exact_groups, near_groups

BASE = 0x0123456789ABCDEF
OTHER = 0xF0E1D2C3B4A59687


def hashes(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


def lists(groups: list[np.ndarray]) -> list[list[int]]:
    return [group.tolist() for group in groups]


def test_equal_contents_are_one_group_and_unknown_ones_none() -> None:
    assert lists(exact_groups(hashes(3, 9, 3, 0, 7, 9, 0, 9))) == [[1, 5, 7], [0, 2]]


@pytest.mark.parametrize("function", [exact_groups, near_groups])
def test_no_images_make_no_groups(function: object) -> None:
    assert function(hashes()) == []  # type: ignore[operator]
    assert function(hashes(BASE)) == []  # type: ignore[operator]


def test_hashes_within_the_threshold_are_near() -> None:
    values = hashes(BASE, OTHER, BASE ^ 0b1111, OTHER ^ (1 << 63), BASE ^ (0b11111 << 20))
    assert lists(near_groups(values)) == [[0, 2], [1, 3]]
    assert lists(near_groups(values, threshold=1)) == [[1, 3]]


def test_a_chain_is_one_group() -> None:
    assert lists(near_groups(hashes(BASE, BASE ^ 0xF, BASE ^ 0xFF, BASE ^ 0xFFF))) == [[0, 1, 2, 3]]


def test_equal_hashes_are_near_at_any_threshold() -> None:
    assert lists(near_groups(hashes(BASE, OTHER, BASE), threshold=0)) == [[0, 2]]


def test_exact_copies_count_once() -> None:
    values, content = hashes(BASE, BASE, BASE ^ 1, OTHER, OTHER), hashes(5, 5, 6, 8, 8)
    assert lists(near_groups(values, content)) == [[0, 2]]


def test_unknown_contents_are_not_copies_of_each_other() -> None:
    assert lists(near_groups(hashes(BASE, BASE, BASE), hashes(0, 0, 0))) == [[0, 1, 2]]


def test_images_without_detail_are_never_near() -> None:
    y, x = np.mgrid[:48, :64]
    plain = [np.zeros_like(x), np.full_like(x, 255), x * 3, x * 2, y * 5, (x > 20) * 90, (x > 32) * 200, y % 16 * 9]
    grey = [np.repeat(image.astype(np.uint8)[..., None], 3, axis=2) for image in plain]
    found = hashes(*[survey(image).perceptual_hash for image in grey * 2])
    assert near_groups(found) == []


@pytest.mark.parametrize(
    "values",
    [
        np.full(20_000, BASE, np.uint64),
        np.uint64(BASE) ^ np.arange(2_000, dtype=np.uint64),
    ],
    ids=["all equal", "all close"],
)
def test_crowds_become_one_group(values: np.ndarray) -> None:
    assert [group.size for group in near_groups(values)] == [values.size]


def test_bounded_work_still_joins_most_of_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookoutcv.records.duplicates._MOST_COMPARISONS", 1)
    groups = near_groups(np.uint64(BASE) ^ np.arange(4096, dtype=np.uint64))
    assert sum(group.size for group in groups) > 4000


@pytest.mark.parametrize("threshold", [-1, 9])
def test_a_threshold_out_of_range_is_refused(threshold: int) -> None:
    with pytest.raises(ConfigError, match="bits from 0 to 8"):
        near_groups(hashes(BASE), threshold=threshold)
