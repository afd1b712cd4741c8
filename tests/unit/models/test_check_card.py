"""A wrong card is found by labelled images; a right one is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from lookoutcv.errors import ConfigError
from lookoutcv.models import open_model
from lookoutcv.models.check_card import check_card, one_sided_p
from tiny_models import onnx_classifier, onnx_constant, picture

LABELS = ["red", "green", "blue"]
COLOURS = [(250, 20, 20), (20, 250, 20), (20, 20, 250)]
IMAGES = [picture(COLOURS[i % 3]) for i in range(30)]
TRUTHS = [LABELS[i % 3] for i in range(30)]


def test_a_right_card_is_left_alone(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS})
    check = check_card(opened, IMAGES, TRUTHS)
    assert (check.accuracy, check.chance, check.images, check.better) == (1.0, 1 / 3, 30, None)
    assert check.corrected(opened.card) == opened.card


def test_the_other_colour_order_is_found(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS, "input": {"colour": "BGR"}})
    check = check_card(opened, IMAGES, TRUTHS)
    assert check.accuracy == pytest.approx(1 / 3)
    assert check.better is not None
    assert (check.better.name, check.better.accuracy) == ("RGB", 1.0)
    assert check.corrected(opened.card).input.colour == "RGB"


def test_moved_labels_are_found_and_left_to_a_person(tmp_path: Path) -> None:
    names = ["nothing", *LABELS]
    opened = open_model(onnx_classifier(tmp_path / "net.onnx", classes=4), {"labels": names})
    check = check_card(opened, IMAGES, TRUTHS)
    assert check.accuracy == 0
    assert check.better is not None
    assert (check.better.name, check.better.offset) == ("labels moved by +1", 1)
    assert check.corrected(opened.card) == opened.card


def test_few_images_prove_nothing(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS, "input": {"colour": "BGR"}})
    assert check_card(opened, IMAGES[:3], TRUTHS[:3]).better is None


def test_folders_stand_for_labels_that_a_model_does_not_have(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"))
    renamed = [{"red": "a", "green": "b", "blue": "c"}[truth] for truth in TRUTHS]
    check = check_card(opened, IMAGES, renamed)
    assert (check.accuracy, check.by_order) == (1.0, ("a", "b", "c"))
    assert check.corrected(opened.card).labels == ("a", "b", "c")


def test_numbers_stand_for_classes_and_other_names_are_said(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS})
    check = check_card(opened, IMAGES[:4], ["0", "1", "2", "mauve"])
    assert (check.images, check.accuracy, check.unmatched) == (3, 1.0, ("mauve",))


def test_images_without_any_known_label(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS})
    with pytest.raises(
        ConfigError, match="no label of the images is one of the model's: mauve; the model's begin with "
    ):
        check_card(opened, IMAGES[:1], ["mauve"])


def test_answers_that_are_no_numbers_are_never_right(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx", bias=float("nan"))
    check = check_card(open_model(path, {"labels": LABELS, "head": "softmax"}), IMAGES, TRUTHS)
    assert {variant.accuracy for variant in check.variants} == {0.0}
    assert check.better is None


def test_a_detector_has_no_such_check(tmp_path: Path) -> None:
    rows = np.zeros((1, 21, 8), np.float32)
    opened = open_model(onnx_constant(tmp_path / "net.onnx", [rows]), {"head": "yolo"})
    with pytest.raises(ConfigError, match="only a classifier's card"):
        check_card(opened, IMAGES, TRUTHS)


@pytest.mark.parametrize(("gained", "count"), [(0, 0), (3, 5), (10, 10), (7, 20)])
def test_the_p_value_is_the_exact_binomial(gained: int, count: int) -> None:
    wanted = binomtest(gained, count, 0.5, "greater").pvalue if count else 1.0
    assert one_sided_p(gained, count) == pytest.approx(wanted)
