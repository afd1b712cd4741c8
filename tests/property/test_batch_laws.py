"""What must not matter to the test against batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import batches_of, merge_blocks


def example(seed: int) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    rng = np.random.default_rng(seed)
    keys: list[str | None] = [f"day {i // 30}" if i % 17 else None for i in range(240)]
    baseline = np.round(rng.normal(rng.normal(0, 0.4, 8).repeat(30)[:, None], 1, (240, 4)), 1)
    baseline[rng.random((240, 4)) < 0.05] = np.nan
    baseline[:, 3] = rng.random(240) < 0.02
    window = np.round(rng.normal(0.3, 1, (60, 4)), 1)
    window[:, 3] = rng.random(60) < 0.1
    return baseline, window, keys


def p_value(baseline: np.ndarray, window: np.ndarray, keys: list[str | None]) -> float:
    batches = batches_of(keys)
    assert batches is not None
    return batch_test(pool(baseline, window), batches, minimum_values=10).tests.p_value


@given(st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    baseline, window, keys = example(seed)
    rng = np.random.default_rng(seed)
    rows, others = rng.permutation(len(baseline)), rng.permutation(len(window))
    again = p_value(baseline[rows], window[others], [keys[i] for i in rows])
    assert again == pytest.approx(p_value(baseline, window, keys), rel=1e-9)


@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50))
def test_units_and_names_of_batches_do_not_matter(seed: int, factor: float, offset: float) -> None:
    baseline, window, keys = example(seed)
    renamed = [None if key is None else f"{'zyxwvuts'[int(key[-1])]}!" for key in keys]
    scaled = p_value(np.exp(baseline) * factor + offset, np.exp(window) * factor + offset, renamed)
    # A large offset can join neighbours in floating point; these values are 0.1 apart.
    assert scaled == pytest.approx(p_value(baseline, window, keys), rel=1e-9)


@given(st.integers(5, 40), st.integers(10, 40), st.integers(30, 5000))
def test_merging_keeps_every_row_and_at_least_five_batches(count: int, size: int, window: int) -> None:
    blocks = batches_of([f"{i // size:03}" for i in range(count * size)])
    assert blocks is not None
    merged = merge_blocks(blocks, window, size)
    assert merged.count >= 5
    assert merged.sizes.sum() == count * size
    assert (np.diff(merged.owner) >= 0).all()
    assert merged.sizes.min() >= min(window / 2, size * (count // 5))
