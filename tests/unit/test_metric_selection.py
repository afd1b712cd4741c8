import pytest

from lookoutcv.errors import ConfigError, UnknownPlugin
from lookoutcv.grids import linear
from lookoutcv.metric_selection import CVMetrics, select_metrics
from lookoutcv.metrics import metric, registry


def names(chosen):
    return [one.name for one in chosen]


# Choosing


def test_nothing_asked_for_means_the_default_ones():
    assert names(select_metrics()) == names(select_metrics("default")) == [m.name for m in registry if m.default]
    assert "geometry.width" not in names(select_metrics())


def test_all_are_all():
    assert names(select_metrics("all")) == registry.names() == names(select_metrics(CVMetrics))


def test_families_names_members_and_objects_mix():
    own = metric("smoke.density", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")(lambda view: 0.5)
    chosen = select_metrics(["noise", CVMetrics.CONTRAST, own, registry.get("geometry.width")])
    assert names(chosen) == ["noise.sigma", "exposure.contrast", "smoke.density", "geometry.width"]


def test_a_single_object_needs_no_list():
    own = metric("smoke.density", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours")(lambda view: 0.5)
    assert select_metrics(own) == [own]


def test_each_is_chosen_once_in_the_order_of_first_mention():
    assert names(select_metrics("noise.sigma,exposure.contrast,noise")) == ["noise.sigma", "exposure.contrast"]


def test_text_may_hold_blanks_and_a_last_comma():
    assert names(select_metrics(" noise.sigma , exposure.contrast, ")) == ["noise.sigma", "exposure.contrast"]


@pytest.mark.parametrize("text", ["", "  ", ",", " , "])
def test_text_that_names_nothing_is_refused(text):
    with pytest.raises(ConfigError, match="no metric is named"):
        select_metrics(text)


@pytest.mark.parametrize("thing", [[3], [None], [b"noise"]])
def test_what_is_neither_text_nor_metric_is_refused(thing):
    with pytest.raises(ConfigError, match=r"is no metric\. Give names"):
        select_metrics(thing)


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
        select_metrics([wrong])
    assert right in caught.value.fields["nearest"]
    assert f"'{right}'" in caught.value.remedy
    assert "`lookout plugins` lists them all" in caught.value.remedy


def test_a_name_near_nothing_gets_no_guess():
    with pytest.raises(UnknownPlugin) as caught:
        select_metrics("qqqq")
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
