"""What a model looked at: of classes by name or number, of objects, over the image as it lies in the model's input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ExplanationError, UnknownPlugin, UsageError, WrongCard
from lookoutcv.models.explain_image import SHOWN_PX
from lookoutcv.predictions import Classification, Detections, Embedding
from tiny_models import onnx_classifier

CARD = {"labels": ["left", "right"], "head": "softmax"}


def halves(pixels: Any) -> list[float]:
    """How bright the left half is, and the right one."""
    middle = pixels.shape[1] // 2
    left, right = pixels[:, :middle].mean() / 255, pixels[:, middle:].mean() / 255
    return [float(left), float(right)]


def picture(height: int = 48, width: int = 64) -> Any:
    """A bright spot in each half."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[height // 3 : 2 * height // 3, width // 8 : width // 4] = 255
    pixels[height // 3 : 2 * height // 3, 3 * width // 4 : 7 * width // 8] = 255
    return pixels


def share(values: Any, columns: slice) -> float:
    seen = np.nan_to_num(values)
    return float(seen[:, columns].sum() / seen.sum())


def test_each_class_has_a_map_of_its_own() -> None:
    model = lo.open_model(halves, CARD)
    (found,) = model.explain(picture(), classes=["right", 0])
    assert [one.label for one in found.heatmaps] == ["right", "left"]
    assert [one.number for one in found.heatmaps] == [1, 0]
    assert share(found.heatmaps[0].values, slice(32, 64)) > 0.9
    assert share(found.heatmaps[1].values, slice(0, 32)) > 0.9
    assert all(one.usable and one.attribution.method == "occlusion" for one in found.heatmaps)
    assert isinstance(found.prediction, Classification)


def test_the_most_probable_classes_are_taken_unless_told_otherwise() -> None:
    bright = picture()
    bright[:, 32:] = np.maximum(bright[:, 32:], 60)
    model = lo.open_model(halves, {"labels": ["left", "right"]})
    assert [one.label for one in model.explain(bright)[0].heatmaps] == ["right"]
    (found,) = model.predict(bright, top=2, explain=True)
    assert [one.label for one in found.heatmaps] == ["right", "left"]
    assert found.heatmaps[0].score > found.heatmaps[1].score


def test_several_images_are_explained_in_order(tmp_path: Path) -> None:
    from PIL import Image

    Image.fromarray(picture()).save(tmp_path / "a.png")
    model = lo.open_model(halves, CARD)
    found = model.explain([tmp_path / "a.png", np.roll(picture(), 8, axis=0)], classes="left")
    rows = [(one.heatmap.values.sum(1) * np.arange(48)).sum() / one.heatmap.values.sum() for one in found]
    assert rows[1] - rows[0] == pytest.approx(8, abs=1)


@pytest.mark.parametrize("wanted", ["middle", "2", 2, -1])
def test_a_class_that_there_is_not_is_said(wanted: Any) -> None:
    model = lo.open_model(halves, CARD)
    with pytest.raises(ExplanationError, match=f"the model has no class '{wanted}'") as error:
        model.explain(picture(), classes=wanted)
    assert "left, right" in error.value.remedy


def test_a_misspelt_class_is_answered_with_the_nearest() -> None:
    with pytest.raises(ExplanationError, match="no class 'lefft'") as error:
        lo.open_model(halves, CARD).explain(picture(), classes="lefft")
    assert "Did you mean 'left'?" in error.value.remedy


@pytest.mark.parametrize("resize", ["stretch", "letterbox", "centre_crop"])
def test_the_map_lies_where_the_image_lay_in_the_input(resize: str, tmp_path: Path) -> None:
    def spot(batch: Any) -> Any:
        bright = batch.mean((1, 2, 3))
        return np.stack([bright, 1 - bright], 1)

    pixels = np.zeros((900, 1200, 3), np.uint8)
    pixels[500:700, 700:900] = 255
    size = {"size": [48, 48], "layout": "NCHW", "scale": 1 / 255, "mean": 0, "std": 1, "resize": resize}
    card = {"labels": ["bright", "dark"], "head": "softmax", "input": {**size, "fill": 0}}
    (found,) = lo.open_model(spot, card).explain(pixels, classes="bright")
    assert found.size == (900, 1200)
    assert found.pixels.shape == (480, SHOWN_PX, 3)
    values = found.heatmap.values
    assert values.shape == (480, SHOWN_PX)
    assert np.isnan(values).any() == (resize == "centre_crop")
    rows, columns = np.indices(values.shape)
    seen = np.nan_to_num(values)
    assert (seen * rows).sum() / seen.sum() == pytest.approx(480 * 600 / 900, abs=20)
    assert (seen * columns).sum() / seen.sum() == pytest.approx(SHOWN_PX * 800 / 1200, abs=20)


def test_an_onnx_model_is_asked_in_a_process_of_its_own(tmp_path: Path) -> None:
    model = lo.open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": ["red", "green", "blue"]})
    (found,) = model.explain(np.full((8, 8, 3), 30, np.uint8), samples=16)
    assert found.heatmap.attribution.layer == ""
    assert found.heatmap.values.shape == (8, 8)


def test_layers_are_of_networks_only(tmp_path: Path) -> None:
    model = lo.open_model(halves, CARD)
    for how in ({"method": "grad_cam"}, {"layer": "features"}):
        with pytest.raises(ExplanationError, match="of which only the answers are known") as error:
            model.explain(picture(), **how)
        assert "occlusion or rise" in error.value.remedy
    with pytest.raises(ExplanationError, match="occlusion looks at no layer"):
        model.explain(picture(), method="occlusion", layer="features")
    with pytest.raises(UnknownPlugin, match="'grad_cm'"):
        model.explain(picture(), method="grad_cm")


def test_what_would_not_be_heard_is_refused() -> None:
    import torch

    with pytest.raises(ExplanationError, match="names what is explained, and top would choose it"):
        lo.open_model(halves, CARD).explain(picture(), classes="left", top=2)
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    given = {"size": [32, 32], "scale": 1 / 255, "mean": 0, "std": 1, "dtype": "float32", "colour": "RGB"}
    model = lo.open_model(network, {"labels": ["left", "right"], "head": "logits", "input": given})
    for method in ("auto", "grad_cam"):
        with pytest.raises(ExplanationError, match="looks at a layer"):
            model.explain(picture(), method=method, samples=9)
    assert model.explain(picture(), method="occlusion", samples=9)[0].heatmap.attribution.layer == ""


def test_images_may_come_one_by_one() -> None:
    model = lo.open_model(halves, CARD)
    assert len(model.explain(picture() for _ in range(3))) == 3


def test_top_without_explain_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing is to be"):
        lo.open_model(halves, CARD).predict(picture(), top=3)


def test_what_gives_no_scores_of_classes_is_not_explained() -> None:
    vector = lo.open_model(lambda pixels: Embedding(np.ones(4, np.float32)))
    with pytest.raises(ExplanationError, match="gives no score for each class"):
        vector.explain(picture())
    only_label = lo.open_model(lambda pixels: Classification("cat", 0.5))
    with pytest.raises(ExplanationError, match="gives no score for each class"):
        only_label.explain(picture())


def finder(pixels: Any) -> Detections:
    """A box in each half that is bright somewhere, surer the brighter it is."""
    middle = pixels.shape[1] // 2
    boxes, labels, sure = [], [], []
    for name, start in (("cat", 0), ("dog", middle)):
        half = pixels[:, start : start + middle].mean(2)
        rows, columns = np.nonzero(half > 100)
        if len(rows):
            boxes.append([start + columns.min(), rows.min(), start + columns.max() + 1, rows.max() + 1])
            labels.append(name)
            sure.append(float(half.max() / 255) * (0.9 if name == "dog" else 0.6))
    return Detections.of(np.array(boxes, np.float32).reshape(-1, 4), labels, sure)


def test_an_object_is_explained_by_what_it_is_found_by() -> None:
    model = lo.open_model(finder, {"labels": ["cat", "dog"]})
    (found,) = model.explain(picture())
    assert (found.heatmap.label, found.heatmap.number) == ("dog", 1)
    assert share(found.heatmap.values, slice(32, 64)) > 0.9
    for wanted in ("cat", 0, "0"):
        (found,) = model.explain(picture(), classes=wanted)
        assert (found.heatmap.label, found.heatmap.number) == ("cat", 0)
        assert share(found.heatmap.values, slice(0, 32)) > 0.9


def test_an_object_that_there_is_not_is_said() -> None:
    model = lo.open_model(finder, {"labels": ["cat", "dog"]})
    only_cat = picture()
    only_cat[:, 32:] = 0
    for wanted in ("dog", 1):
        with pytest.raises(ExplanationError, match="among the objects of this image") as error:
            model.explain(only_cat, classes=wanted)
        assert "It found cat." in error.value.remedy
    with pytest.raises(ExplanationError, match="found no object in this image"):
        model.explain(picture() * 0)
    with pytest.raises(ExplanationError, match="no class 'dgo'"):
        model.explain(picture(), classes="dgo")


def test_a_network_of_torch_is_opened_and_stays_as_it_is() -> None:
    import torch

    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, padding=1),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(inplace=True),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(4, 2),
    ).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    card = {
        "labels": ["left", "right"],
        "head": "logits",
        "input": {"size": [32, 32], "scale": 1 / 255, "mean": 0, "std": 1, "dtype": "float32", "colour": "RGB"},
    }
    model = lo.open_model(network, card)
    with torch.inference_mode():
        (found,) = model.predict(picture(), explain=True)
    assert found.heatmap.attribution.method == "grad_cam"
    assert network.training
    assert all(part.training for part in network.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())


def test_a_network_whose_input_nobody_knows_is_refused() -> None:
    import torch

    with pytest.raises(WrongCard, match="nobody says how Linear wants its images") as error:
        lo.open_model(torch.nn.Linear(2, 2), {"labels": ["a", "b"]})
    assert "'input'" in error.value.remedy
