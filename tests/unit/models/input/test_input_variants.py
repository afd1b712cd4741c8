"""What people mix up is tried, in words that say what is different."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.input_variants import detector_variants, input_variants

HOW = Input((4, 4), "NCHW", "RGB", "float32", 1 / 255, 0.0, 1.0, resize="stretch")


def test_the_usual_mistakes_are_tried() -> None:
    names = [name for name, _ in input_variants(HOW)]
    assert "BGR" in names
    assert "pixels of 0 to 255" in names
    assert "BGR, ImageNet's mean and std" in names
    assert "pixels of 0 to 1" not in names  # that is the card itself
    turned = dict(input_variants(HOW))["BGR, ImageNet's mean and std"]
    assert turned.mean == (0.406, 0.456, 0.485)
    grey = Input((4, 4), "NCHW", "GREY", "uint8", 1.0, 0.0, 1.0)
    assert input_variants(grey) == []


def test_a_detector_is_also_given_its_pictures_in_other_ways() -> None:
    variants = dict(detector_variants(HOW))
    assert len(variants) == 2 * 5 * 3 - 1, "two colour orders, five scalings, three framings, without the card's own"
    assert len(set(map(repr, variants.values()))) == len(variants)
    assert HOW not in variants.values()
    found = variants["BGR, pixels of 0 to 255, letterbox at the top left"]
    assert (found.colour, found.scale, found.resize, found.place) == ("BGR", 1.0, "letterbox", "top_left")
    assert variants["BGR, pixels of 0 to 255"].resize == "stretch"


def test_framings_of_the_card_itself_are_not_tried_twice() -> None:
    boxed = dict(detector_variants(replace(HOW, resize="letterbox", place="top_left")))
    assert "stretched" in boxed
    assert "letterbox" in boxed
    assert "letterbox at the top left" not in boxed
    cut = dict(detector_variants(replace(HOW, resize="centre_crop", crop=0.8)))
    assert {"stretched", "letterbox", "letterbox at the top left"} <= set(cut)
    assert cut["BGR"].resize == "centre_crop"


def test_a_layout_is_tried_only_where_it_is_assumed() -> None:
    assert {one.layout for _, one in detector_variants(HOW)} == {"NCHW"}
    both = dict(detector_variants(HOW, layout=True))
    assert both["NHWC, BGR"] == replace(HOW, layout="NHWC", colour="BGR")
    assert len(both) == 2 * 30 - 1
