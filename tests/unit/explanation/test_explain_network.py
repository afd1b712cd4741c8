"""Maps of networks: where they lie, what is asked wrongly, and that nothing of the network changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import ExplanationError, InferenceFailed, ShapeMismatch, UnknownLayer, UnknownPlugin
from lookoutcv.explanation import explain_network
from taught_shapes import SIDE, shapes_batch, small_network, tensor_of

torch = pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture(scope="module")
def network() -> Any:
    return small_network().eval()


@pytest.fixture(scope="module")
def batch() -> Any:
    return tensor_of(shapes_batch(range(2))[0])


def test_each_image_has_a_map_of_the_last_layer_that_keeps_places(network: Any, batch: Any) -> None:
    found = explain_network(network, batch, [0, 1, 2, 0, 1, 2])
    assert {(one.layer, one.values.shape, one.method) for one in found} == {("0", (SIDE // 4, SIDE // 4), "grad_cam")}
    assert [one.class_index for one in found] == [0, 1, 2, 0, 1, 2]
    scores = network(batch).detach().numpy()
    np.testing.assert_allclose([one.score for one in found], scores[range(6), [0, 1, 2, 0, 1, 2]], rtol=1e-5)


def test_a_batch_is_as_its_images_one_by_one(network: Any, batch: Any) -> None:
    together = explain_network(network, batch, [1] * 6)
    for one, image in zip(together, batch, strict=True):
        (alone,) = explain_network(network, image[None], [1])
        np.testing.assert_allclose(alone.values, one.values, atol=1e-4)


def test_without_a_class_the_best_one_is_explained(network: Any, batch: Any) -> None:
    best = network(batch).argmax(1).tolist()
    assert [one.class_index for one in explain_network(network, batch)] == best


def test_a_function_chooses_what_is_explained(network: Any, batch: Any) -> None:
    chosen = explain_network(network, batch, lambda outputs: outputs[:, 2])
    for one, other in zip(chosen, explain_network(network, batch, [2] * 6), strict=True):
        assert one.class_index is None
        np.testing.assert_allclose(one.values, other.values, atol=1e-5)


@pytest.mark.parametrize("output", [tuple, list, lambda x: {"logits": x}], ids=["tuple", "list", "dict"])
def test_scores_are_found_in_what_networks_give(network: Any, batch: Any, output: Any) -> None:
    class Wrapped(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = network

        def forward(self, x: Any) -> Any:
            scores = self.inner(x)
            return output([scores, x]) if output in (tuple, list) else output(scores)

    (found,) = explain_network(Wrapped(), batch[:1], [0])
    assert found.layer == "inner.0"


def test_of_numbers_that_are_none_only_that_is_said(batch: Any) -> None:
    network = small_network()
    with torch.no_grad():
        network[0][0].weight.fill_(float("nan"))
    (found,) = explain_network(network, batch[:1], [0])
    assert not found.usable
    assert len(found.notes) == 1
    assert "numbers that are not finite" in found.notes[0]


def test_a_saturated_score_is_said(batch: Any) -> None:
    network = small_network()
    with torch.no_grad():
        network[3].weight.zero_()
    (found,) = explain_network(network, batch[:1], [0])
    assert not found.usable
    assert "class token after it, or the score is saturated" in found.notes[0]


def test_a_layer_that_runs_twice_is_said(batch: Any) -> None:
    class Twice(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.same, self.head = torch.nn.Conv2d(3, 3, 3, padding=1), torch.nn.Linear(3, 2)

        def forward(self, x: Any) -> Any:
            return self.head(self.same(self.same(x)).mean((2, 3)))

    (found,) = explain_network(Twice(), batch[:1], [0])
    assert found.notes[0] == "The layer same runs 2 times in one pass; the map is of its last run."


def test_a_layer_that_stands_in_two_places_is_one(batch: Any) -> None:
    same = torch.nn.Conv2d(3, 3, 3, padding=1)
    network = torch.nn.Sequential(
        same, torch.nn.ReLU(), same, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 2)
    )
    (found,) = explain_network(network, batch[:1], [0])
    assert found.layer == "0"
    assert "runs 2 times" in found.notes[0]


def test_a_misspelt_layer_is_answered_with_the_nearest_and_the_usable(network: Any, batch: Any) -> None:
    with pytest.raises(UnknownLayer, match=r"Did you mean 0.7") as caught:
        explain_network(network, batch, [0] * 6, layer="0.77")
    assert caught.value.usable[0] == "0"  # type: ignore[attr-defined]
    assert "3" not in caught.value.usable, "it gives one row of numbers"  # type: ignore[attr-defined]


def test_a_layer_that_does_not_run_is_said(batch: Any) -> None:
    network = small_network()
    network.spare = torch.nn.Conv2d(3, 3, 1)
    network.forward = lambda x: network[3](network[2](network[1](network[0](x))))
    with pytest.raises(UnknownLayer, match="spare gives no numbers in a forward pass"):
        explain_network(network, batch, [0] * 6, layer="spare")


def test_a_layer_without_places_is_refused(network: Any, batch: Any) -> None:
    with pytest.raises(ExplanationError, match=r"keeps nothing of where things lie\. Name another layer"):
        explain_network(network, batch, [0] * 6, layer="3")


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"method": "grad_kam"}, UnknownPlugin, "grad_cam"),
        ({"method": "rise"}, ExplanationError, "asks for scores of images"),
        ({"class_indices": [0]}, ExplanationError, "1 classes for 6 images"),
        ({"class_indices": [0, 1, 2, 3, 4, 5]}, ExplanationError, "no class 3 among 3"),
        ({"class_indices": lambda outputs: outputs}, ExplanationError, "one number for each image"),
        ({"class_indices": lambda outputs: 3}, ExplanationError, "gave a int for 6 images"),
        ({"layer": "0", "layout": "NWHC"}, ExplanationError, "'NWHC' is no layout"),
        ({"layer": "0", "layout": "tokens:1"}, ExplanationError, "are no rows of tokens"),
    ],
)
def test_what_cannot_be_done_is_said(network: Any, batch: Any, wrong: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        explain_network(network, batch, **{"class_indices": [0] * 6, **wrong})


@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 3, 8, 8), np.float32), torch.zeros(3, 8, 8), torch.zeros(1, 3, 8, 8).int()]
)
def test_a_batch_is_floating_point_and_has_four_axes(network: Any, wrong: Any) -> None:
    if isinstance(wrong, np.ndarray):
        with pytest.raises(ShapeMismatch, match="a batch to explain is a floating-point tensor"):
            explain_network(network, wrong, [0])
        return
    with pytest.raises(ShapeMismatch, match=r"this is \("):
        explain_network(network, wrong, [0])


def test_outputs_that_are_no_scores_ask_for_a_function(batch: Any) -> None:
    maps = torch.nn.Conv2d(3, 4, 3)
    with pytest.raises(ExplanationError, match="a function from its outputs to one number an image"):
        explain_network(maps, batch, [0] * 6)


def test_a_network_that_fails_is_told_as_that(network: Any) -> None:
    with pytest.raises(InferenceFailed, match=r"fails on a batch of shape \(1, 4, 8, 8\)"):
        explain_network(network, torch.zeros(1, 4, 8, 8), [0])


def compiled(network: Any) -> Any:
    return torch.compile(network, backend="eager")


@pytest.mark.parametrize("wrap", [compiled, torch.nn.DataParallel])
def test_a_network_may_be_wrapped(network: Any, batch: Any, wrap: Any) -> None:
    plain = explain_network(network, batch, [1] * 6)
    for one, other in zip(plain, explain_network(wrap(network), batch, [1] * 6), strict=True):
        assert other.layer.endswith(one.layer)
        np.testing.assert_allclose(one.values, other.values, atol=1e-5)


def test_what_is_no_network_is_refused(batch: Any) -> None:
    with pytest.warns(DeprecationWarning, match="torch.jit.trace"):
        scripted = torch.jit.trace(small_network().eval(), batch)
    for one in (scripted, lambda x: x):
        with pytest.raises(ExplanationError, match="use occlusion or rise"):
            explain_network(one, batch, [0] * 6)
