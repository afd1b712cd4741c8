import pytest

from lookoutcv.drift.describe.metric_terms import MetricTerms, metric_terms
from lookoutcv.drift.wording.metric_sentences import (
    dispersion_sentence,
    location_sentence,
    missing_sentence,
    still_sentence,
)
from lookoutcv.metrics import registry


def words(name: str) -> MetricTerms:
    return metric_terms(name, registry.get(name) if name in registry else None)


@pytest.mark.parametrize(
    ("name", "before", "after", "effect", "sentence"),
    [
        ("exposure.brightness", 0.5, 0.41, -0.6, "Images are 18% darker."),
        ("sharpness.laplacian", 100.0, 60.0, -0.5, "Images are 40% less sharp."),
        ("sharpness.laplacian", 100.0, 0.1, -0.9, "Images are over 99% less sharp."),
        ("exposure.brightness", 0.5, 0.501, 0.1, "Images are slightly brighter."),
        ("noise.sigma", 2.0, 6.0, 0.9, "Images are 200% noisier."),
        ("noise.sigma", 0.1, 4.0, 0.9, "Images are far noisier (from 0.1 to 4 grey level)."),
        ("noise.sigma", 0.0, 4.0, 0.9, "Images are far noisier (from 0 to 4 grey level)."),
        ("exposure.dark_clipping", 0.01, 0.13, 0.5, "Images are more clipped in the shadows, by 12 percentage points."),
        ("colour.red_green", -0.2, 0.0, 0.5, "Images are 22% redder."),
        ("colour.red_green", 0.1, -0.1, -0.5, "Images are 18% greener."),
        ("smoke.density", -3.0, 1250.0, 0.5, "Images are higher in smoke density, by 1,253."),
        ("sharpness.focus", 4.1, 0.9, -0.7, "Images are more out of focus."),
        ("other", 5.0, 1.25, -0.5, "Images are lower in other, by 3.75."),
        ("other", 0.0, 2.5e-40, 0.5, "Images are higher in other, by 2.5e-40."),
        ("other", 0.0, -3e38, -0.5, "Images are lower in other, by 3e+38."),
    ],
)
def test_the_sentence_about_a_move(name: str, before: float, after: float, effect: float, sentence: str) -> None:
    assert location_sentence(words(name), before, after, effect, "median") == sentence


def test_means_are_called_averages() -> None:
    sentence = location_sentence(words("exposure.brightness"), 0.5, 0.6, 0.2, "mean")
    assert sentence == "Images are 20% brighter on average."


@pytest.mark.parametrize("after", [0.45, 0.5])
def test_a_median_that_moved_the_other_way_is_admitted(after: float) -> None:
    sentence = location_sentence(words("exposure.brightness"), 0.5, after, 0.2, "median")
    assert sentence == "Of one new and one old image, the new one is brighter 60% of the time; the median is not."


@pytest.mark.parametrize(
    ("ratio", "effect", "sentence"),
    [
        (2.0, 0.3, "Brightness varies twice as much."),
        (2.6, 0.3, "Brightness varies 2.6 times as much."),
        (1.4, 0.3, "Brightness varies 40% more."),
        (14.0, 0.9, "Brightness varies far more."),
        (0.5, -0.3, "Brightness varies half as much."),
        (0.8, -0.3, "Brightness varies 20% less."),
        (0.8, 0.3, "Brightness is more often far from its usual level."),
        (1.02, 0.3, "Brightness is more often far from its usual level."),
        (None, -0.3, "Brightness is more often near its usual level."),
        (0.0, -0.9, "Brightness is the same on every image; it varied before."),
        (float("inf"), 0.9, "Brightness varies; it was the same on every image before."),
    ],
)
def test_the_sentence_about_spread(ratio: float | None, effect: float, sentence: str) -> None:
    assert dispersion_sentence(words("exposure.brightness"), ratio, effect) == sentence


def test_a_family_that_says_what_is_measured_is_named() -> None:
    assert dispersion_sentence(words("noise.sigma"), 2.0, 0.3) == "Noise (sigma) varies twice as much."
    assert still_sentence(words("exposure.dark_clipping")) == "No clear change in dark clipping."


def test_missing_values_in_words() -> None:
    assert missing_sentence(words("noise.sigma"), 0.002, 1.0) == (
        "For 100% of images there is no noise (sigma) (<1% before)."
    )


def test_titles_of_unknown_metrics_look_like_those_of_known_ones() -> None:
    assert words("smoke.thick_black").title == "Smoke: thick black"
    assert words("other").title == "Other"
    assert words("exposure.brightness").title == "Exposure: brightness"


@pytest.mark.parametrize("name", registry.names())
def test_every_metric_makes_sentences(name: str) -> None:
    for effect in (0.4, -0.4):
        sentence = location_sentence(words(name), 1.0, 1.0 + effect, effect, "median")
        assert sentence.startswith("Images are ")
        assert sentence.endswith(".")
