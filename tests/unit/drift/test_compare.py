from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.compare import compare
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.rules.policy import DEFAULT, FIXED, Policy
from lookoutcv.errors import IncompatibleProfiles
from lookoutcv.grids import linear
from lookoutcv.metrics import metric
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.metric_drift import MetricDrift

BRIGHTNESS, CONTRAST, SHARPNESS, NOISE = (
    "exposure.brightness",
    "exposure.contrast",
    "sharpness.laplacian",
    "noise.sigma",
)


def profile(columns: Mapping[str, np.ndarray], sample_size: int = 20_000, **fixed: pa.Array) -> Profile:
    rows = len(next(iter(columns.values())))
    values = {name: pa.array(v, pa.float32()) for name, v in columns.items()}
    return from_records(pa.table({"id": [f"{i}.jpg" for i in range(rows)], **fixed, **values}), sample_size)


def pictures(
    rng: np.random.Generator, n: int, *, darker: float = 0.0, blur: float = 0.0, spread: float = 1.0
) -> dict[str, np.ndarray]:
    scene = rng.normal(size=n)
    return {
        BRIGHTNESS: np.clip(0.5 + 0.1 * spread * (scene - darker), 0, 1),
        CONTRAST: np.clip(0.2 + 0.03 * rng.normal(size=n), 0, 0.5),
        SHARPNESS: 100 * np.exp(rng.normal(size=n) - blur),
        NOISE: np.exp(0.3 * rng.normal(size=n)),
    }


BASELINE = profile(pictures(np.random.default_rng(21), 1000))


def row(report: DriftReport, name: str) -> MetricDrift:
    return next(m for m in report.metrics if m.name == name)


def noted(report: DriftReport, words: str) -> bool:
    return any(words in note for note in report.notes)


def test_a_clean_window_is_no_drift(rng: np.random.Generator) -> None:
    report = compare(BASELINE, profile(pictures(rng, 200)))
    assert (report.overall_drift_detected, report.severity) == (False, "none")
    assert report.cause is None, "no drift, no cause"
    assert {m.severity for m in report.metrics} == {"none"}
    assert {m.text for m in report.metrics} >= {"No clear change in brightness."}
    assert report.summary.startswith("No drift found (p = ")
    assert report.most_shifted == []
    assert len(report.typical) == len(report.baseline_typical) == 12
    assert noted(report, "day to day")


def test_dark_blurred_pictures_are_drift_in_words(rng: np.random.Generator) -> None:
    report = compare(
        BASELINE, profile(pictures(rng, 200, darker=1.5, blur=1.0)), baseline_name="May", window_name="June"
    )
    assert report.overall_drift_detected
    assert report.severity == "medium"
    assert row(report, BRIGHTNESS).text.endswith("% darker.")
    assert row(report, SHARPNESS).text.endswith("% less sharp.")
    assert row(report, NOISE).severity == "none"
    assert "darker" in report.summary
    assert (report.baseline.name, report.window.name) == ("May", "June")
    assert [abs(m.effect) for m in report.metrics] == sorted((abs(m.effect) for m in report.metrics), reverse=True)
    assert "darker" in report.most_shifted[0].reasons
    scores = [e.score for e in report.most_shifted]
    assert scores == sorted(scores, reverse=True)
    assert noted(report, "input effect")


def test_a_wider_spread_names_both_ends(rng: np.random.Generator) -> None:
    report = compare(BASELINE, profile(pictures(rng, 300, spread=2.5)))
    found = row(report, BRIGHTNESS)
    assert found.dispersion_effect == found.effect > 0
    assert found.text.startswith("Brightness varies 2.")
    reasons = {reason for example in report.most_shifted for reason in example.reasons}
    assert reasons >= {"brighter", "darker"}


def test_too_few_images_are_described_never_cleared(rng: np.random.Generator) -> None:
    report = compare(BASELINE, profile(pictures(rng, 29, darker=3)))
    assert report.overall_drift_detected is None
    assert report.severity == "insufficient"
    assert report.p_value is report.smallest_detectable_effect is None
    assert report.effect > 0.8
    assert {m.severity for m in report.metrics} == {"insufficient"}
    assert row(report, BRIGHTNESS).text.endswith("darker.")
    assert report.most_shifted
    assert compare(profile(pictures(rng, 29)), BASELINE).overall_drift_detected is None
    assert compare(BASELINE, profile(pictures(rng, 29)), FIXED).overall_drift_detected is None


@pytest.mark.parametrize("sides", [(0, 0), (0, 50), (50, 0), (1, 1)])
def test_empty_sides_still_make_a_report(sides: tuple[int, int], rng: np.random.Generator) -> None:
    report = compare(*(profile(pictures(rng, n)) for n in sides))
    assert report.severity == "insufficient"
    assert [report.baseline.tested, report.window.tested] == list(sides)


def test_small_windows_and_small_baselines_are_noted(rng: np.random.Generator) -> None:
    assert noted(compare(BASELINE, profile(pictures(rng, 30))), "only large shifts")
    assert noted(compare(profile(pictures(rng, 40)), profile(pictures(rng, 500))), "limits what can be found")


def test_metrics_that_cannot_be_compared_are_named(rng: np.random.Generator) -> None:
    baseline, window = pictures(rng, 200), pictures(rng, 200)
    for side in (baseline, window):
        side["geometry.size"] = np.full(200, 3.0)
        side["my.none"] = np.full(200, np.nan)
    baseline["my.gone"], window["my.gone"] = np.ones(200), np.full(200, np.nan)
    baseline["my.old"], window["my.new"] = np.ones(200), np.ones(200)
    window[NOISE][5:] = np.nan
    report = compare(profile(baseline), profile(window))
    assert noted(report, "The same on every image of both sides, so nothing to compare: geometry.size.")
    assert noted(report, "Without a value on either side: my.none.")
    assert noted(report, "Without any value in the window, so not compared: my.gone.")
    assert noted(report, "Measured on the baseline only, so not compared: my.old.")
    assert noted(report, "Measured on the window only, so not compared: my.new.")
    assert noted(report, "fewer than 10 values on a side, so not tested: noise.sigma.")
    assert row(report, "my.gone").p_value is row(report, "geometry.size").p_value is None
    assert (row(report, "my.gone").before, row(report, "my.gone").after) == (1.0, None)


def test_values_that_go_missing_are_drift_of_their_own(rng: np.random.Generator) -> None:
    window = pictures(rng, 200)
    window[NOISE][:90] = np.nan
    report = compare(BASELINE, profile(window))
    assert report.overall_drift_detected
    assert report.effect == pytest.approx(0.45)
    assert row(report, NOISE).text == "For 45% of images there is no noise (sigma) (0% before)."
    assert row(report, NOISE).severity == "medium"
    assert (row(report, NOISE).missing_before, row(report, NOISE).missing_after) == (0, 0.45)


def test_metrics_that_only_moved_together_do_not_leave_all_severities_none(rng: np.random.Generator) -> None:
    baseline, window = {}, {}
    before, after = rng.normal(size=2000), rng.normal(size=150)
    after -= after.mean()
    for j in range(12):
        tilt = 0.2 * (-1) ** j
        baseline[f"my.m{j}"] = before + 0.1 * rng.normal(size=2000)
        window[f"my.m{j}"] = after + 0.1 * rng.normal(size=150) + tilt
    report = compare(profile(baseline), profile(window))
    assert report.overall_drift_detected
    assert not any(m.significant for m in report.metrics)
    assert [m.severity for m in report.metrics].count(report.severity) == 1
    assert report.metrics[0].severity == report.severity
    assert noted(report, "moved together")


def test_a_tiny_shift_in_many_images_is_detectable_but_negligible(rng: np.random.Generator) -> None:
    baseline, window = ({BRIGHTNESS: 0.5 + 0.1 * rng.normal(size=20_000) + s} for s in (0, 0.01))
    report = compare(profile(baseline), profile(window))
    assert report.p_value is not None
    assert report.p_value < 0.01
    assert not report.overall_drift_detected
    assert "negligibly" in report.summary
    assert row(report, BRIGHTNESS).significant
    assert row(report, BRIGHTNESS).severity == "none"


def test_equal_medians_show_the_exact_means() -> None:
    zeros = np.zeros(200)
    some = np.concatenate([np.full(60, 0.5), zeros[60:]])
    report = compare(profile({"exposure.dark_clipping": zeros}), profile({"exposure.dark_clipping": some}))
    found = report.metrics[0]
    assert (found.before, found.after, found.statistic) == (0.0, 0.15, "mean")
    assert found.text == "Images are more clipped in the shadows on average, by 15 percentage points."


def test_related_metrics_stand_behind_the_strongest(rng: np.random.Generator) -> None:
    baseline, window = pictures(rng, 500), pictures(rng, 200, blur=1.5)
    for side in (baseline, window):
        side["sharpness.high_frequency"] = side[SHARPNESS] * 1e-3 * np.exp(0.05 * rng.normal(size=len(side[NOISE])))
    report = compare(profile(baseline), profile(window))
    leader, follower = report.metrics[:2]
    assert leader.related == [follower.name]
    assert follower.related == []
    assert "1 further metric moved." in report.summary


def test_a_large_window_is_tested_on_its_sample_and_says_so(rng: np.random.Generator) -> None:
    report = compare(BASELINE, profile(pictures(rng, 500, darker=3), sample_size=100))
    assert (report.window.images, report.window.tested) == (500, 100)
    assert noted(report, "A sample of 100 of the window's 500 images")


def test_infinite_values_count_as_missing(rng: np.random.Generator) -> None:
    window = {BRIGHTNESS: np.append(rng.random(99), np.inf)}
    assert compare(profile({BRIGHTNESS: rng.random(100)}), profile(window)).metrics[0].missing_after == 0.01


def test_a_metric_of_ones_own_is_spoken_of_in_its_own_words(rng: np.random.Generator) -> None:
    @metric("my.fog", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours", rises="foggier", falls="clearer")
    def fog(view: object) -> float:
        return 0.0

    sides = profile({"my.fog": rng.random(200)}), profile({"my.fog": rng.random(200) / 2})
    assert compare(*sides, metrics=[fog]).metrics[0].text.endswith("% clearer.")
    assert "lower in my fog" in compare(*sides).metrics[0].text


def test_no_metric_in_common_is_an_error() -> None:
    with pytest.raises(IncompatibleProfiles, match="no metric in common"):
        compare(profile({"my.a": np.ones(3)}), profile({"my.b": np.ones(3)}))


def test_sides_are_described() -> None:
    times = pa.array([datetime(2026, 1, 1, 12, tzinfo=UTC)] * 3, pa.timestamp("us", tz="UTC"))
    side = profile({"my.a": np.ones(3)}, label=pa.array(["cat", "dog", "dog"]), time=times)
    found = compare(side, side).baseline
    assert found.labels == {"dog": 2, "cat": 1}
    assert list(found.labels) == ["dog", "cat"]
    assert found.first_time == found.last_time == "2026-01-01T12:00:00+00:00"


def test_unreadable_images_are_noted(rng: np.random.Generator) -> None:
    window = profile(pictures(rng, 98)).merge(Profile(skipped=2))
    assert noted(compare(BASELINE, window), "2 of the window's 100 images could not be read.")


def test_fixed_limits_see_brightness_and_not_blur(rng: np.random.Generator) -> None:
    dark = compare(BASELINE, profile(pictures(rng, 200, darker=1.3)), FIXED)
    assert dark.overall_drift_detected
    assert dark.p_value is None
    assert dark.severity in ("low", "medium")
    assert row(dark, BRIGHTNESS).severity == dark.severity
    assert noted(dark, "exposure.brightness shifted by 0.1")
    assert not noted(dark, "did not apply"), "rules for answers are for models"
    blurred = compare(BASELINE, profile(pictures(rng, 200, blur=2)), FIXED)
    assert blurred.overall_drift_detected is False
    assert "does not see blur" in blurred.summary
    assert row(blurred, SHARPNESS).text.endswith("less sharp.")


def test_fixed_limits_without_their_metrics_decide_nothing() -> None:
    side = profile({"my.a": np.arange(100.0)})
    report = compare(side, side, FIXED)
    assert (report.overall_drift_detected, report.severity) == (None, "insufficient")
    assert "did not apply" in report.summary


def test_all_images_alike_promise_nothing() -> None:
    still = profile({BRIGHTNESS: np.full(100, 0.5), CONTRAST: np.zeros(100)})
    report = compare(still, still)
    assert (report.overall_drift_detected, report.smallest_detectable_effect) == (False, None)
    assert "four times in five" not in report.summary
    other = compare(still, profile({BRIGHTNESS: np.full(60, 0.2), CONTRAST: np.zeros(60)}))
    assert other.overall_drift_detected
    assert "Images are 60% darker." in other.summary


def test_a_metric_that_begins_or_ceases_to_vary_is_told_in_words(rng: np.random.Generator) -> None:
    still, lively = np.full(100, 0.5), rng.uniform(0.2, 0.8, 100)
    begins = compare(profile({BRIGHTNESS: still}), profile({BRIGHTNESS: lively}))
    assert begins.metrics[0].text == "Brightness varies; it was the same on every image before."
    ceases = compare(profile({BRIGHTNESS: lively}), profile({BRIGHTNESS: still}))
    assert ceases.overall_drift_detected
    assert ceases.metrics[0].text == "Brightness is the same on every image; it varied before."


def test_values_gone_missing_rank_by_how_many(rng: np.random.Generator) -> None:
    window = pictures(rng, 200, darker=0.4)
    window[NOISE][:120] = np.nan
    assert compare(BASELINE, profile(window)).metrics[0].name == NOISE


def test_of_equal_effects_a_shift_that_people_know_comes_first(rng: np.random.Generator) -> None:
    grey = {"colour.blue_green": np.zeros(200), "colour.colourfulness": np.zeros(200)}
    signs = np.where(np.arange(200) % 2, 1, -1)
    colour = {
        "colour.blue_green": signs * rng.uniform(0.1, 0.5, 200),
        "colour.colourfulness": rng.uniform(5, 60, 200),
    }
    report = compare(profile(grey), profile(colour))
    assert [m.name for m in report.metrics] == ["colour.colourfulness", "colour.blue_green"]


def test_huge_and_tiny_values_compare_like_others(rng: np.random.Generator) -> None:
    for scale in (1e38, 1e-38):
        before, after = scale * rng.normal(size=300), scale * rng.normal(size=150)
        assert compare(profile({"my.a": before}), profile({"my.a": after})).overall_drift_detected is False
        assert compare(profile({"my.a": before}), profile({"my.a": after + scale})).overall_drift_detected


def test_a_black_window_and_copies_are_noted(rng: np.random.Generator) -> None:
    window = pictures(rng, 60)
    window[BRIGHTNESS] = np.full(60, 0.01)
    same = pa.array([7] * 60, pa.uint64())
    report = compare(BASELINE, profile(window, content_hash=same))
    assert noted(report, "Nearly black: brightness in the window is at most 0.01 of 1")
    assert noted(report, "All 60 images of the window are the same picture.")
    assert not noted(compare(BASELINE, profile(pictures(rng, 60))), "Nearly black")


def labelled(rng: np.random.Generator, light: float) -> Profile:
    """400 images of which the model is right on nine in ten."""
    labels = np.tile(["cat", "dog"], 200)
    predicted = np.where(rng.random(400) < 0.1, np.tile(["dog", "cat"], 200), labels)
    columns = {BRIGHTNESS: np.clip(rng.normal(light, 0.05, 400), 0, 1), "output.confidence": rng.uniform(0.6, 1, 400)}
    return profile(columns, label=pa.array(labels), prediction=pa.array(predicted))


@pytest.mark.parametrize("policy", [DEFAULT, FIXED])
def test_the_summary_says_the_severity_by_impact_under_every_policy(policy: Policy, rng: np.random.Generator) -> None:
    """Under fixed limits, which have no p-value to show beside it, the summary used to say the one by input effect."""
    model = CalibratedModel(("cat", "dog"), task="classification")
    report = compare(labelled(rng, 0.5), labelled(rng, 0.8), policy, model=model)
    assert report.severity == "low", "much lighter, and no point of accuracy lost"
    assert "(severity low" in report.summary
    assert "would be high" in report.notes[0]
