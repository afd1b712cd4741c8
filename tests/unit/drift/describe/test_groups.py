import json

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.compare import compare
from lookoutcv.drift.rules.policy import DEFAULT, FIXED
from lookoutcv.errors import ConfigError
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.records.schema import FIXED as COLUMNS
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.group_drift import GroupDrift


def side(
    rng: np.random.Generator, sizes: dict[str | None, int], moved: dict[str | None, float] | None = None, batch: int = 0
) -> Profile:
    cameras = [camera for camera, images in sizes.items() for _ in range(images)]
    light = rng.normal(size=len(cameras)) + [(moved or {}).get(camera, 0.0) for camera in cameras]
    return from_records(
        pa.table(
            {
                "id": [f"{i}.jpg" for i in range(len(cameras))],
                "camera": pa.array(cameras, pa.string()),
                "batch": pa.array([f"{i % batch}" if batch else None for i in range(len(cameras))], pa.string()),
                "exposure.brightness": pa.array(np.clip(0.5 + 0.05 * light, 0, 1), pa.float32()),
                "noise.sigma": pa.array(np.exp(rng.normal(size=len(cameras))), pa.float32()),
            }
        )
    )


BASELINE = side(np.random.default_rng(8), {"A": 400, "B": 400, "C": 20})


def group(report: DriftReport, name: str) -> GroupDrift:
    return next(one for one in report.groups if one.name == name)


def noted(report: DriftReport, words: str) -> bool:
    return any(words in note for note in report.notes)


def test_a_quiet_window_has_quiet_groups(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 100, "B": 60}), group_by="camera")
    assert report.overall_drift_detected is False
    assert [(one.name, one.images, one.severity, one.against) for one in report.groups] == [
        ("A", 100, "none", "group"),
        ("B", 60, "none", "group"),
    ]
    assert {one.text for one in report.groups} == {"No drift found."}
    assert report.policy.group_by == "camera"
    assert noted(report, "Half of alpha")


def test_one_camera_that_went_dark_is_found_in_a_window_that_hides_it(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 1200, "B": 50}, {"B": -3.0}), group_by="camera")
    assert group(report, "B").severity in ("medium", "high")
    assert "darker" in group(report, "B").text
    assert group(report, "A").severity == "none"
    assert report.overall_drift_detected
    assert report.severity == group(report, "B").severity
    assert {one.severity for one in report.metrics} == {"none"}
    assert "but not in the window as a whole" in report.summary
    assert "B (" in report.summary
    assert report.p_value is not None
    assert report.p_value > report.alpha or report.effect < DEFAULT.min_effect


def test_a_window_that_drifted_as_a_whole_names_its_groups_too(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 100, "B": 100}, {"A": -2.0, "B": -2.0}), group_by="camera")
    assert report.summary.startswith("Drift: the window differs")
    assert "By group: " in report.summary
    alone = compare(BASELINE, side(rng, {"A": 100, "B": 100}))
    assert alone.groups == []
    assert alone.policy.group_by is None


def test_a_group_that_the_baseline_hardly_knows_is_compared_with_all_of_it(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"C": 60, "D": 40, "A": 40, None: 35}), group_by="camera")
    assert [group(report, name).against for name in "CDA"] == ["baseline", "baseline", "group"]
    assert noted(report, "too few images in the baseline, so compared with all of it: C, D")
    assert noted(report, "35 of the window's images have no camera")


def test_a_group_of_a_few_images_is_described_not_judged(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 100, "B": 29}, {"B": -4.0}), group_by="camera")
    found = group(report, "B")
    assert (found.severity, found.p_value, found.adjusted_p_value) == ("insufficient", None, None)
    assert "at least 30" in found.text


def test_p_values_pay_for_the_number_of_groups(rng: np.random.Generator) -> None:
    window = side(rng, {"A": 100, "B": 100})
    report, alone = compare(BASELINE, window, group_by="camera"), compare(BASELINE, window)
    assert alone.p_value is not None
    assert report.p_value == pytest.approx(min(1.0, 2 * alone.p_value))
    for one in report.groups:
        assert one.p_value is not None
        assert one.adjusted_p_value is not None
        assert min(1.0, 2 * one.p_value) <= one.adjusted_p_value <= min(1.0, 4 * max(g.p_value for g in report.groups))


def test_the_fixed_policy_judges_groups_by_its_limits(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 500, "B": 40}, {"B": -2.0}), FIXED, group_by="camera")
    assert (group(report, "B").severity, group(report, "A").severity) != ("none", "none")
    assert group(report, "B").p_value is None
    assert report.overall_drift_detected


def test_groups_use_batches_where_the_baseline_has_them(rng: np.random.Generator) -> None:
    baseline = side(rng, {"A": 400, "B": 400}, batch=8)
    report = compare(baseline, side(rng, {"A": 60, "B": 60}), group_by="camera")
    assert report.policy.test == "batches"
    assert not noted(report, "day to day")


def test_more_groups_than_anyone_reads_are_counted(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {f"cam {i:02}": 3 for i in range(60)}), group_by="camera")
    assert len(report.groups) == 50
    assert noted(report, "10 smaller ones were not")


def test_a_field_that_the_window_lacks_is_an_error(rng: np.random.Generator) -> None:
    with pytest.raises(ConfigError, match="group_by='day' found no image with a time"):
        compare(BASELINE, side(rng, {"A": 40}), group_by="day")


def test_groups_read_back_from_json(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 100, "B": 60}), group_by="camera")
    again = DriftReport.from_dict(json.loads(json.dumps(report.to_dict())))
    assert again.groups == report.groups


def test_old_baselines_without_the_column_group_by_what_they_have(rng: np.random.Generator) -> None:
    sample = BASELINE.sample.drop_columns(["batch"])
    old = Profile(**{**vars(BASELINE), "sample": sample})
    assert compare(old, side(rng, {"A": 60}), group_by="camera").groups[0].against == "group"
    assert "batch" in COLUMNS.names


def test_a_camera_that_sends_nothing_is_named(rng: np.random.Generator) -> None:
    report = compare(BASELINE, side(rng, {"A": 100}), group_by="camera")
    assert noted(report, "Groups of the baseline without any image in the window: B.")
    assert not noted(compare(BASELINE, side(rng, {"A": 50, "B": 50}), group_by="camera"), "without any image")


def test_many_small_groups_are_described_only(rng: np.random.Generator) -> None:
    many = {f"c{i:02}": 12 for i in range(60)}
    report = compare(side(rng, many), side(rng, many), group_by="camera")
    assert {one.severity for one in report.groups} == {"insufficient"}
    assert report.overall_drift_detected is False
    assert not noted(report, "Half of alpha")
    assert noted(report, "Only the 50 largest groups were compared; 10 smaller ones were not.")
