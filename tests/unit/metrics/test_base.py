import math
import pickle

import numpy as np
import pytest

from lookoutcv.errors import ConfigError, MetricFailed
from lookoutcv.grids import linear
from lookoutcv.metrics import Metric, metric, registry
from lookoutcv.pixels.view import ImageView

VIEW = ImageView(np.zeros((4, 4, 3), np.uint8))


def make(function=lambda view: 0.5, name="smoke.density", **changes):
    facts = {"unit": "1", "range": (0, 1), "grid": linear(0, 1, 10), "source": "ours"} | changes
    return metric(name, **facts)(function)


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

    with pytest.raises(MetricFailed, match="leave it out of metrics") as caught:
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
