"""Baselines and what monitoring says of good and bad days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv import errors


@pytest.fixture(scope="module")
def base(baseline_file: Path) -> lo.Baseline:
    return lo.Baseline.load(baseline_file)


@pytest.fixture(scope="module")
def bad_report(bad: Path, base: lo.Baseline) -> lo.DriftReport:
    return lo.monitor(bad, baseline=base, workers=1)


def test_a_baseline_comes_back_as_it_was(good: Path, base: lo.Baseline) -> None:
    again = lo.Baseline.from_bytes(base.to_bytes())
    assert again.to_bytes() == base.to_bytes()
    assert again.profile.count == 160
    assert again.name == str(good)
    assert again.typical == base.typical
    assert all(one.thumbnail for one in again.typical)


def test_without_thumbnails_a_baseline_holds_none(fine: Path) -> None:
    assert not any(one.thumbnail for one in lo.baseline(fine, thumbnails=False, workers=1).typical)


def test_a_good_day_is_no_drift(fine: Path, base: lo.Baseline) -> None:
    report = lo.monitor(fine, baseline=base, workers=1)
    assert report.overall_drift_detected is False
    assert report.severity == "none"
    assert not report.skipped


def test_a_bad_day_is_found_and_explained(bad_report: lo.DriftReport) -> None:
    assert bad_report.overall_drift_detected is True
    assert bad_report.severity == "high"
    texts = " ".join(metric.text for metric in bad_report.metrics[:12])
    assert "less sharp" in texts
    assert "darker" in texts
    assert [one.id for one in bad_report.skipped] == ["cat/broken.jpg"]
    assert bad_report.duplicates is not None
    assert ["cat/0001.jpg", "cat/copy.jpg"] in [sorted(group) for group in bad_report.duplicates.exact]
    assert bad_report.most_shifted[0].thumbnail
    assert bad_report.most_shifted[0].reasons
    assert bad_report.typical[0].thumbnail
    assert bad_report.baseline_typical[0].thumbnail
    assert bad_report.baseline.created
    assert bad_report.tool.startswith("lookoutcv ")


def test_the_baseline_may_be_given_by_path(bad: Path, baseline_file: Path, bad_report: lo.DriftReport) -> None:
    report = lo.monitor(bad, baseline=baseline_file, workers=1)
    assert report.metrics == bad_report.metrics


def test_images_and_their_records_give_the_same_verdict(
    bad: Path, base: lo.Baseline, bad_report: lo.DriftReport, tmp_path: Path
) -> None:
    records = lo.measure(bad, workers=1)
    path = records.save(tmp_path / "r.parquet")
    for target in (records, path, str(path)):
        report = lo.monitor(target, baseline=base)
        assert report.metrics == bad_report.metrics
        assert report.p_value == bad_report.p_value
        assert report.most_shifted[0].id == bad_report.most_shifted[0].id
        assert report.most_shifted[0].thumbnail is None


def test_the_window_is_measured_on_what_the_baseline_holds(fine: Path) -> None:
    narrow = lo.baseline(fine, metrics="exposure", workers=1)
    report = lo.monitor(fine, baseline=narrow, workers=1)
    assert {metric.name.partition(".")[0] for metric in report.metrics} == {"exposure"}


def test_compare_takes_any_two_sides(good: Path, bad: Path, base: lo.Baseline, tmp_path: Path) -> None:
    records = lo.measure(bad, workers=1).save(tmp_path / "bad.parquet")
    other = lo.baseline(bad, workers=1).save(tmp_path / "bad-baseline.parquet")
    sides = [bad, records, other]
    reports = [lo.compare(a, b, workers=1) for a, b in [(good, side) for side in sides] + [(base, other)]]
    assert {report.severity for report in reports} == {"high"}
    assert len({report.p_value for report in reports}) == 1
    assert reports[-1].typical[0].thumbnail


def test_a_set_against_itself_is_no_drift(good: Path, base: lo.Baseline) -> None:
    report = lo.compare(base, base)
    assert (report.overall_drift_detected, report.effect) == (False, 0.0)


def test_too_few_images_are_insufficient(good: Path, base: lo.Baseline) -> None:
    report = lo.monitor(good, baseline=base, sample=20, workers=1)
    assert report.overall_drift_detected is None
    assert report.severity == "insufficient"


def test_load_reads_back_every_kind(
    bad_report: lo.DriftReport, baseline_file: Path, fine: Path, tmp_path: Path
) -> None:
    lo.render(bad_report, tmp_path / "report.json")
    lo.measure(fine, output=tmp_path / "r.parquet", workers=1)
    assert lo.load(tmp_path / "report.json") == bad_report
    assert isinstance(lo.load(baseline_file), lo.Baseline)
    records = lo.load(tmp_path / "r.parquet")
    assert isinstance(records, lo.Records)
    assert len(records) == 60


def test_load_refuses_what_is_not_ours(tmp_path: Path) -> None:
    for name, content in {"a.json": b"[1]", "b.json": b"{}", "c.txt": b"hello", "d.parquet": b"PAR1 nonsense"}.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(errors.FileFormatError) as caught:
            lo.load(path)
        assert name in str(caught.value)
    with pytest.raises(errors.SourceNotFound):
        lo.load(tmp_path / "none")


@pytest.mark.parametrize("kind", ["records", "report", "text", "truncated"])
def test_a_wrong_baseline_is_refused(
    kind: str, fine: Path, baseline_file: Path, bad_report: lo.DriftReport, tmp_path: Path
) -> None:
    path = tmp_path / "b"
    if kind == "records":
        lo.measure(fine, workers=1).save(tmp_path / "b.parquet").rename(path)
    elif kind == "report":
        lo.render(bad_report, path, format="json")
    else:
        path.write_bytes(b"hello" if kind == "text" else baseline_file.read_bytes()[:-100])
    with pytest.raises(errors.FileFormatError):
        lo.monitor(fine, baseline=path)


def test_a_baseline_of_other_things_is_not_made(base: lo.Baseline) -> None:
    with pytest.raises(errors.ConfigError, match="Give typical as a list of ImageExample"):
        replace(base, typical=({"id": 1},))  # type: ignore[arg-type]


def test_records_are_not_sampled(fine: Path, base: lo.Baseline) -> None:
    with pytest.raises(errors.ConfigError, match="Leave sample out"):
        lo.monitor(lo.measure(fine, workers=1), baseline=base, sample=40)


def test_sides_without_a_common_metric_are_refused(fine: Path) -> None:
    one, other = (lo.measure(fine, metrics=name, workers=1) for name in ("noise", "haze"))
    with pytest.raises(errors.IncompatibleProfiles, match="no metric in common"):
        lo.compare(one, other)
