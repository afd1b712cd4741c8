import math
import pickle

import numpy as np
import pytest

from lookoutcv.errors import ConfigError, MetricFailed, UnknownPlugin
from lookoutcv.grids import linear
from lookoutcv.metrics import CVMetrics, Metric, metric, registry, selected
from lookoutcv.pixels.view import ImageView

VIEW = ImageView(np.zeros((4, 4, 3), np.uint8))


def make(function=lambda view: 0.5, name="smoke.density", **changes):
    facts = {"unit": "1", "range": (0, 1), "grid": linear(0, 1, 10), "source": "ours"} | changes
    return metric(name, **facts)(function)


def names(chosen):
    return [one.name for one in chosen]


# The decorator


def test_a_function_becomes_a_metric_that_is_called_like_it():
    @metric("smoke.density", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours", rises="smokier")
    def density(view):
        """Share of smoke.

        More of it.
        """
        return view.height / 10

    assert isinstance(density, Metric)
    assert density(VIEW) == 0.4
    assert (density.title, density.summary) == ("Smoke: density", "Share of smoke.")
    assert (density.rises, density.falls) == ("smokier", "lower in smoke density")
    assert (density.change, density.default) == ("percent", True)


def test_making_one_registers_nothing():
    make()
    assert "smoke.density" not in registry


def test_without_a_docstring_the_title_sums_it_up():
    assert make(name="smoke.deep_black.share").summary == "Smoke: deep black share"


@pytest.mark.parametrize(
    "name",
    ["", "smoke", ".density", "smoke.", "Smoke.density", "smoke density", "smoke..x", "smoke.x.", "rauch.größe", "1.x"],
)
def test_bad_names_are_refused(name):
    with pytest.raises(ConfigError, match=r"is no name for a metric\. Name it `family.name`"):
        make(name=name)


@pytest.mark.parametrize("bounds", [(1, 0), (0, 0), (0, math.nan)])
def test_an_empty_range_is_refused(bounds):
    with pytest.raises(ConfigError, match="is empty"):
        make(range=bounds)


# Measuring


@pytest.mark.parametrize("value", [0, 1.5, np.float32(0.5), np.int64(3), True, math.nan, -3e38])
def test_numbers_are_passed_on_as_float(value):
    measured = make(lambda view: value)(VIEW)
    assert type(measured) is float
    assert measured == float(value) or math.isnan(measured)


@pytest.mark.parametrize("value", [None, "dark", [1, 2], np.zeros(3), 1j])
def test_what_is_no_number_is_a_failure(value):
    with pytest.raises(MetricFailed, match=r"the metric 'smoke.density' failed \(TypeError|ValueError"):
        make(lambda view: value)(VIEW)


def test_an_exception_names_the_metric_and_keeps_its_cause():
    def broken(view):
        return 1 / (view.height - 4)

    with pytest.raises(MetricFailed, match="--metrics") as caught:
        make(broken)(VIEW)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
    assert caught.value.fields == {"metric": "smoke.density", "reason": "division by zero"}
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e300, -(10**40)])
def test_what_records_cannot_hold_is_a_failure(value):
    with pytest.raises(MetricFailed, match=r"not a finite float32 number\. Return one, or NaN"):
        make(lambda view: value)(VIEW)


def test_a_hash_is_a_whole_number_of_64_bits():
    assert make(lambda view: 2**64 - 1, grid=None)(VIEW) == 2**64 - 1
    assert type(make(lambda view: np.uint64(2**63), grid=None)(VIEW)) is int


@pytest.mark.parametrize("value", [-1, 2**64, 10**400])
def test_a_hash_beyond_64_bits_is_a_failure(value):
    with pytest.raises(MetricFailed, match="not an unsigned 64-bit number"):
        make(lambda view: value, grid=None)(VIEW)


def test_failures_cross_process_boundaries():
    with pytest.raises(MetricFailed) as caught:
        make(lambda view: math.inf)(VIEW)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.fields) == (str(caught.value), caught.value.fields)


# Choosing


def test_nothing_asked_for_means_the_default_ones():
    assert names(selected()) == names(selected("default")) == [m.name for m in registry if m.default]
    assert "geometry.width" not in names(selected())


def test_all_are_all():
    assert names(selected("all")) == registry.names() == names(selected(CVMetrics))


def test_families_names_members_and_objects_mix():
    own = make()
    chosen = selected(["noise", CVMetrics.CONTRAST, own, registry.get("geometry.width")])
    assert names(chosen) == ["noise.sigma", "exposure.contrast", "smoke.density", "geometry.width"]


def test_a_single_object_needs_no_list():
    own = make()
    assert selected(own) == [own]


def test_each_is_chosen_once_in_the_order_of_first_mention():
    assert names(selected("noise.sigma,exposure.contrast,noise")) == ["noise.sigma", "exposure.contrast"]


def test_text_may_hold_blanks_and_a_last_comma():
    assert names(selected(" noise.sigma , exposure.contrast, ")) == ["noise.sigma", "exposure.contrast"]


@pytest.mark.parametrize("text", ["", "  ", ",", " , "])
def test_text_that_names_nothing_is_refused(text):
    with pytest.raises(ConfigError, match="no metric is named"):
        selected(text)


@pytest.mark.parametrize("thing", [[3], [None], [b"noise"]])
def test_what_is_neither_text_nor_metric_is_refused(thing):
    with pytest.raises(ConfigError, match=r"is no metric\. Give names"):
        selected(thing)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("exposure.brightnes", "exposure.brightness"),
        ("brightness", "exposure.brightness"),
        ("Exposure.Contrast", "exposure.contrast"),
        ("colr", "colour"),
        ("sharpnes", "sharpness"),
        ("saturaton", "colour.saturation"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(wrong, right):
    with pytest.raises(UnknownPlugin, match="no metric is called") as caught:
        selected([wrong])
    assert right in caught.value.fields["nearest"]
    assert f"'{right}'" in caught.value.remedy
    assert "`lookout plugins` lists them all" in caught.value.remedy


def test_a_name_near_nothing_gets_no_guess():
    with pytest.raises(UnknownPlugin) as caught:
        selected("qqqq")
    assert caught.value.fields["nearest"] == ()


# The catalogue


def test_members_are_names():
    assert CVMetrics.CONTRAST == CVMetrics.EXPOSURE_CONTRAST == "exposure.contrast"
    assert CVMetrics.RED_MEAN == "red.mean"


def test_a_last_part_that_several_metrics_have_is_no_member():
    with pytest.raises(AttributeError, match="no metric is called MEAN; did you mean BLUE_MEAN or GREEN_MEAN"):
        _ = CVMetrics.MEAN


def test_an_unknown_member_is_answered_with_the_nearest():
    with pytest.raises(AttributeError, match="no metric is called CONTRAS; did you mean EXPOSURE_CONTRAST"):
        _ = CVMetrics.CONTRAS
    with pytest.raises(AttributeError, match=r"no metric is called QQQQ$"):
        _ = CVMetrics.QQQQ


def test_python_asks_for_its_own_attributes_in_vain():
    assert not hasattr(CVMetrics, "__wrapped__")
    assert not hasattr(CVMetrics, "_repr_html_")


def test_every_listed_member_exists():
    listed = dir(CVMetrics)
    assert {"CONTRAST", "EXPOSURE_CONTRAST", "RED_MEAN"} <= set(listed)
    assert "MEAN" not in listed
    assert all(getattr(CVMetrics, member) in CVMetrics for member in listed)


def test_it_is_a_collection_of_names():
    assert list(CVMetrics) == registry.names()
    assert len(CVMetrics) == len(registry.names())
    assert "exposure.contrast" in CVMetrics
    assert "exposure.nothing" not in CVMetrics
    assert repr(CVMetrics) == "CVMetrics"
