import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.variation.autocorrelation import Order, order_of
from lookoutcv.drift.variation.blocks import consecutive_blocks, segments_of


def frames(rng: np.random.Generator, count: int, rho: float) -> np.ndarray:
    x = rng.normal(size=count)
    for i in range(1, count):
        x[i] = rho * x[i - 1] + np.sqrt(1 - rho**2) * x[i]
    return x


def one_run(count: int) -> Order:
    return Order(np.arange(count), np.zeros(count, dtype=np.int64), "name")


def test_blocks_are_longer_than_a_window_and_at_least_five() -> None:
    assert consecutive_blocks(one_run(1500), 1500, 100).count == 10
    assert consecutive_blocks(one_run(1000), 1000, 10).count == 20
    assert consecutive_blocks(one_run(1000), 1000, 900).count == 5
    assert consecutive_blocks(one_run(60), 60, 30).sizes.tolist() == [12] * 5
    none = consecutive_blocks(one_run(49), 49, 30)
    assert (none.enough, none.left_out) == (False, 49)


def test_every_block_holds_each_camera_and_short_clips_stay_whole() -> None:
    cameras = Order(np.arange(800), np.repeat([0, 1], 400), "name")
    blocks = consecutive_blocks(cameras, 800, 53)
    assert blocks.count == 10
    assert [np.bincount(cameras.run[blocks.owner == b]).tolist() for b in range(10)] == [[40, 40]] * 10
    clips = Order(np.arange(600), np.repeat(np.arange(60), 10), "name")
    owner = consecutive_blocks(clips, 600, 40).owner
    assert all(len(set(owner[clips.run == clip])) == 1 for clip in range(60))
    assert len(set(owner)) == 10


def test_rows_without_an_order_belong_to_no_block() -> None:
    order = order_of(pa.table({"id": [*(f"{i}.jpg" for i in range(100)), "x.jpg"]}))
    assert consecutive_blocks(order, 101, 20).left_out == 1


def test_stretches_of_frames_vary_as_their_autocorrelation_says(rng: np.random.Generator) -> None:
    owner = np.repeat(np.arange(40), 200)
    segments = segments_of(one_run(8000), owner, 50)
    assert len(set(segments.segment)) == 160
    lags = np.arange(1, 50)
    expected = 1 + 2 * np.sum((1 - lags / 50) * 0.8**lags)
    assert segments.excess(frames(rng, 8000, 0.8)) == pytest.approx(expected, rel=0.25)
    assert segments.excess(rng.normal(size=8000)) < 1.25


def test_stretches_of_classes_in_a_day_are_taken_class_by_class(rng: np.random.Generator) -> None:
    run = np.tile(np.repeat([0, 1], 100), 10)
    order = Order(np.argsort(run, kind="stable"), np.sort(run), "name")
    segments = segments_of(order, np.repeat(np.arange(10), 200), 50)
    assert segments.excess(5.0 * run + rng.normal(size=2000)) < 1.5


def test_nothing_to_cut_is_no_excess() -> None:
    assert segments_of(one_run(0), np.zeros(0, dtype=np.int64), 50).excess(np.zeros(0)) == 1
    assert segments_of(one_run(20), np.full(20, -1), 5).excess(np.arange(20.0)) == 1
    gaps = np.full(400, np.nan)
    assert segments_of(one_run(400), np.repeat([0, 1], 200), 50).excess(gaps) == 1
