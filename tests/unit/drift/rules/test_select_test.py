import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.check_baseline import check_baseline
from lookoutcv.drift.compare import compare
from lookoutcv.profiles.profile import Profile, from_records, merge
from lookoutcv.records.schema import FIXED
from lookoutcv.results.drift_report import DriftReport


def profile(
    rng: np.random.Generator, batches: int, size: int, spread: float = 0.4, shift: float = 0.0, *, names: bool = True
) -> Profile:
    place = np.repeat(np.arange(batches), size)
    values = rng.normal(0, spread, (batches, 4))[place] + rng.normal(size=(len(place), 4)) + shift
    columns = {f"my.m{j}": pa.array(values[:, j], pa.float32()) for j in range(4)}
    keys = pa.array([f"day {b}" if names else None for b in place], pa.string())
    return from_records(pa.table({"id": [f"{rng.integers(2**60)}" for _ in place], "batch": keys, **columns}))


def noted(report: DriftReport, words: str) -> bool:
    return any(words in note for note in report.notes)


def test_five_batches_are_the_yardstick(rng: np.random.Generator) -> None:
    report = compare(profile(rng, 12, 60), profile(rng, 1, 50, names=False))
    assert report.policy.test == "batches"
    assert report.overall_drift_detected is False
    assert noted(report, "Tested against the 12 batches")
    assert not noted(report, "day to day")
    assert report.smallest_detectable_effect is not None
    assert compare(profile(rng, 12, 60), profile(rng, 1, 50, shift=6, names=False)).overall_drift_detected


def test_fewer_than_five_are_taken_as_one_and_the_report_says_so(rng: np.random.Generator) -> None:
    report = compare(profile(rng, 4, 100), profile(rng, 1, 50, names=False))
    assert report.policy.test == "single"
    assert noted(report, "The baseline has 4 usable batches (of at least 10 images)")
    assert noted(report, "day to day")


def test_without_batches_the_report_says_what_it_cannot_know(rng: np.random.Generator) -> None:
    report = compare(profile(rng, 5, 100, names=False), profile(rng, 1, 50, names=False))
    assert report.policy.test == "single"
    assert noted(report, "batch_by='day'")
    assert compare(profile(rng, 5, 100), profile(rng, 1, 20)).policy.test is None


def test_neighbouring_blocks_are_merged_for_a_long_window_days_are_not(rng: np.random.Generator) -> None:
    baseline, window = profile(rng, 40, 20, 0.1), profile(rng, 1, 200, 0.1, names=False)
    blocks = compare(baseline, window, consecutive=True)
    assert noted(blocks, "5 neighbouring blocks were put together")
    assert noted(blocks, "Tested against the 8 batches")
    days = compare(baseline, window)
    assert noted(days, "Tested against the 40 batches")
    assert noted(days, "The window is larger than the batches")


def test_rows_without_a_batch_are_counted(rng: np.random.Generator) -> None:
    baseline = merge(profile(rng, 8, 50), profile(rng, 1, 30, names=False))
    assert noted(compare(baseline, profile(rng, 1, 40)), "30 of the baseline's images belong to no batch")


def test_batches_survive_merging(rng: np.random.Generator) -> None:
    one, two = profile(rng, 3, 50), profile(rng, 3, 50)
    assert compare(one, profile(rng, 1, 40)).policy.test == "single"
    both = merge(one, two)
    assert both.sample.column("batch").null_count == 0
    assert sorted(set(both.sample.column("batch").to_pylist())) == ["day 0", "day 1", "day 2"]


@pytest.mark.parametrize("count", [5, 6])
def test_so_few_batches_say_that_much_may_be_missed(count: int, rng: np.random.Generator) -> None:
    report = compare(profile(rng, count, 40, spread=2), profile(rng, 1, 40, names=False))
    assert report.smallest_detectable_effect == 1
    assert "a change of one metric may be missed whatever its size" in report.summary


def video(rng: np.random.Generator, count: int, first: int = 0, shift: float = 0.0) -> Profile:
    values = rng.normal(size=(count, 4))
    for i in range(1, count):
        values[i] = 0.9 * values[i - 1] + 0.43 * values[i]
    columns = {f"my.m{j}": pa.array(values[:, j] + shift, pa.float32()) for j in range(4)}
    return from_records(pa.table({"id": [f"video/{first + i:06}.jpg" for i in range(count)], **columns}))


def test_frames_of_a_video_are_judged_by_blocks_of_them(rng: np.random.Generator) -> None:
    report = compare(video(rng, 2000), video(rng, 200, 2000))
    assert report.policy.test == "batches"
    assert report.overall_drift_detected is False
    assert noted(report, "Neighbouring images of the baseline are alike, as frames of one video are")
    assert noted(report, "by the numbers in their names")
    assert noted(report, "batch_by=333")
    assert compare(video(rng, 2000), video(rng, 200, 2000, shift=6)).overall_drift_detected


def test_too_short_a_video_says_so(rng: np.random.Generator) -> None:
    report = compare(video(rng, 45), video(rng, 60, 1000))
    assert report.policy.test == "single"
    assert noted(report, "it takes 50 images in a row to judge by blocks")


def declared(rng: np.random.Generator, count: int, first: int = 0, shift: float = 0.0) -> Profile:
    """Frames whose metrics do not show that they depend on each other."""
    columns = {f"my.m{j}": pa.array(rng.normal(size=count) + shift, pa.float32()) for j in range(4)}
    tags = pa.array([[("sequence", "film.mp4")]] * count, FIXED.field("tags").type)
    return from_records(pa.table({"id": [f"film.mp4/{first + i:06}" for i in range(count)], "tags": tags, **columns}))


def test_declared_frames_are_judged_by_blocks_however_little_alike_they_look(rng: np.random.Generator) -> None:
    report = compare(declared(rng, 1000), declared(rng, 200, 1000))
    assert report.policy.test == "batches"
    assert report.overall_drift_detected is False
    assert noted(report, "holds frames in a row, by its source (film.mp4): each depends on its neighbours. Tests for")
    assert compare(declared(rng, 1000), declared(rng, 200, 1000, shift=3)).overall_drift_detected
    assert noted(compare(declared(rng, 40), declared(rng, 200, 1000)), "(film.mp4): each depends on its neighbours")


def test_declared_frames_against_independent_images_are_noted(rng: np.random.Generator) -> None:
    report = compare(profile(rng, 5, 100, names=False), declared(rng, 200))
    assert report.policy.test == "single"
    assert noted(report, "The window holds frames in a row, by its source (film.mp4), and the baseline does not")


def test_a_baseline_of_declared_frames_says_so_of_itself(rng: np.random.Generator) -> None:
    said = " ".join(check_baseline(declared(rng, 400)).sentences)
    assert "Neighbours: frames in a row, by their source (film.mp4)" in said
    assert "batch_by=20." in said


def test_a_video_against_a_baseline_of_independent_images_is_noted(rng: np.random.Generator) -> None:
    report = compare(profile(rng, 5, 100, names=False), video(rng, 200))
    assert report.policy.test == "single"
    assert noted(report, "Neighbouring images of the window are alike")
    assert noted(report, "its 200 images say about as much as")


@pytest.mark.parametrize("gone", ["window", "baseline", "both"])
def test_without_any_value_on_a_side_nothing_is_cleared(gone: str) -> None:
    full, empty = np.linspace(0, 1, 60), np.full(60, np.nan)
    before, after = (empty if gone in (side, "both") else full for side in ("baseline", "window"))
    sides = [from_records(pa.table({"id": list(map(str, range(60))), "my.a": x.astype("f4")})) for x in (before, after)]
    report = compare(*sides)
    assert (report.overall_drift_detected, report.severity) == (None, "insufficient")
    assert "No metric has values on both sides" in report.summary
