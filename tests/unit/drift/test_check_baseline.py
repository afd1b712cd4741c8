import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.check_baseline import check_baseline
from lookoutcv.errors import CorruptFile
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.results.self_check import SelfCheck

START = datetime(2026, 3, 1, tzinfo=UTC)


def profile(rng: np.random.Generator, values: np.ndarray, **fixed: list[object]) -> Profile:
    columns = {f"my.m{j}": pa.array(values[:, j], pa.float32()) for j in range(values.shape[1])}
    given = {key: pa.array(column, pa.string()) for key, column in fixed.items() if key != "time"}
    if "time" in fixed:
        given["time"] = pa.array(fixed["time"], pa.timestamp("us", "UTC"))
    return from_records(pa.table({"id": [f"{rng.integers(2**60)}" for _ in values], **given, **columns}))


def says(check: SelfCheck, words: str) -> bool:
    return any(words in sentence for sentence in check.sentences)


def days(rng: np.random.Generator, count: int, size: int, spread: float) -> np.ndarray:
    return (rng.normal(0, spread, (count, 1, 4)) + rng.normal(size=(count, size, 4))).reshape(-1, 4)


def test_a_large_quiet_baseline(rng: np.random.Generator) -> None:
    check = check_baseline(profile(rng, rng.normal(size=(1000, 4))))
    assert check.sentences[0].startswith("Large enough: 1,000 images")
    assert check.splits[0] == 50
    assert check.splits[1] <= 4
    assert says(check, "1% are expected")
    assert says(check, "as chance has it")
    assert list(check.detectable) == ["50", "200", "1000"]
    assert check.detectable["50"] > check.detectable["200"] > check.detectable["1000"]
    assert check.by is None


def test_a_small_one_says_how_many_more(rng: np.random.Generator) -> None:
    assert says(check_baseline(profile(rng, rng.normal(size=(60, 4)))), "Small: 60 images")
    tiny = check_baseline(profile(rng, rng.normal(size=(12, 4))))
    assert says(tiny, "Too small: 12 images")
    assert tiny.splits == tiny.blocks == (0, 0)


def test_days_that_differ_are_seen_in_the_order_of_time(rng: np.random.Generator) -> None:
    values = days(rng, 10, 60, 0.8)
    check = check_baseline(profile(rng, values, time=[START + timedelta(hours=i) for i in range(600)]))
    assert check.blocks[0] == 10
    assert check.blocks[1] >= 5
    assert says(check, "batch_by='day'")


def test_batches_are_held_out_in_turn(rng: np.random.Generator) -> None:
    keys = [f"day {i // 60}" for i in range(600)]
    check = check_baseline(profile(rng, days(rng, 10, 60, 0.8), batch=keys), batch_by="day")
    assert check.batches == 10
    assert check.blocks[0] == 10
    assert check.blocks[1] >= 5
    assert says(check, "Batches: 10 (batch_by='day')")
    few = check_baseline(profile(rng, days(rng, 3, 60, 0.8), batch=keys[:180]), batch_by="day")
    assert says(few, "only 3 with at least 10 images")


def test_batches_that_are_classes_are_no_days(rng: np.random.Generator) -> None:
    keys = [f"{i // 60}" for i in range(600)]
    labels = ["cat" if i < 300 else "dog" for i in range(600)]
    assert says(
        check_baseline(profile(rng, days(rng, 10, 60, 0.8), batch=keys, label=labels), batch_by="60"), "a single label"
    )


def test_names_sorted_by_class_are_no_order(rng: np.random.Generator) -> None:
    labels = [f"{i % 2}" for i in range(400)]
    assert says(check_baseline(profile(rng, rng.normal(size=(400, 4)), label=labels)), "Ordinary variation: unknown")


def test_the_few_images_that_name_their_camera_are_no_cameras(rng: np.random.Generator) -> None:
    cameras: list[object] = ["A", "B", *[None] * 198]
    assert not says(check_baseline(profile(rng, rng.normal(size=(200, 2)), camera=cameras)), "cameras")


def test_cameras_and_clusters(rng: np.random.Generator) -> None:
    values = rng.normal(size=(600, 4))
    values[:300] += 3
    cameras = ["A"] * 300 + ["B"] * 295 + ["stray"] * 5
    check = check_baseline(profile(rng, values, camera=cameras))
    assert says(check, "2 cameras: A 50%, B 49%. To compare each with its own: group_by='camera'")
    assert check.by is not None
    assert check.by[0] == "camera"
    assert check.by[1] > 0.6


def test_copies_and_rare_labels(rng: np.random.Generator) -> None:
    labels = ["cat"] * 380 + ["dog"] * 20
    check = check_baseline(profile(rng, rng.normal(size=(400, 4)), label=labels), copies=(40, 400))
    assert says(check, "40 of 400 images are copies")
    assert says(check, "cat has 380 images, dog only 20")


def test_the_same_profile_gives_the_same_check(rng: np.random.Generator) -> None:
    made = profile(rng, days(rng, 5, 40, 0.3))
    assert check_baseline(made) == check_baseline(made)


def test_it_reads_back_from_json(rng: np.random.Generator) -> None:
    check = check_baseline(profile(rng, rng.normal(size=(200, 2)), camera=["A", "B"] * 100))
    assert SelfCheck.from_dict(json.loads(json.dumps(check.to_dict()))) == check
    with pytest.raises(CorruptFile, match="detectable"):
        SelfCheck.from_dict({"images": 3})


def test_frames_of_a_video_are_told_by_their_names(rng: np.random.Generator) -> None:
    values = rng.normal(size=(600, 4))
    for i in range(1, 600):
        values[i] = 0.9 * values[i - 1] + 0.43 * values[i]
    columns = {f"my.m{j}": pa.array(values[:, j], pa.float32()) for j in range(4)}
    check = check_baseline(from_records(pa.table({"id": [f"{i}.jpg" for i in range(600)], **columns})))
    assert check.autocorrelation == pytest.approx(0.9, abs=0.06)
    assert says(check, "Neighbours: images in a row are alike")
    assert says(check, "batch_by=30,")
    again = check.to_dict()
    assert SelfCheck.from_dict(again) == check
    del again["autocorrelation"]
    assert SelfCheck.from_dict(again).autocorrelation is None
    assert check_baseline(profile(rng, rng.normal(size=(600, 4)))).autocorrelation is None


def test_a_12_bit_camera_stored_in_16_bits_is_nearly_black(rng: np.random.Generator) -> None:
    dark = pa.array(rng.uniform(0, 0.05, 100), pa.float32())
    ids = [f"{rng.integers(2**60)}" for _ in range(100)]
    assert says(check_baseline(from_records(pa.table({"id": ids, "exposure.brightness": dark}))), "Nearly black")
