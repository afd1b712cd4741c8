"""Every method of explanation: maps of the image's shape, finite, repeatable; what it was given stays as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.explanation import explain_network, explain_scores
from lookoutcv.explanation.methods import Method, registry
from taught_shapes import drawn_shape, probabilities_of, small_network, tensor_of

torch = pytest.importorskip("torch", reason="torch is not installed")

OF_LAYERS = [one for one in registry if one.needs == "layer"]
OF_SCORES = [one for one in registry if one.needs == "scores"]
SAMPLES = 60


def named(method: Method) -> str:
    return method.name


@pytest.fixture(scope="module")
def network() -> Any:
    return small_network().eval()


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.stack([drawn_shape(kind, 3)[0][:, :32] for kind in range(3)])


def explained(method: Method, network: Any, picture: np.ndarray, kind: int = 1) -> Any:
    if method.needs == "layer":
        return explain_network(network, tensor_of(picture[None]), [kind], method=method.name)[0]
    return explain_scores(probabilities_of(network), picture, kind, method=method.name, samples=SAMPLES)


def test_what_is_shipped_is_found() -> None:
    assert {one.name for one in OF_LAYERS} >= {"grad_cam", "grad_cam_plus_plus", "eigen_cam", "layer_attribution"}
    assert {one.name for one in OF_SCORES} >= {"occlusion", "rise"}
    assert len(OF_LAYERS) + len(OF_SCORES) == len(registry.names())


@pytest.mark.parametrize("method", list(registry), ids=named)
def test_it_says_what_it_is_and_where_it_comes_from(method: Method) -> None:
    assert method.summary.endswith(".")
    assert any(letter.isdigit() for letter in method.source), "a source has a year"
    assert (method.samples > 0) == (method.needs == "scores")


@pytest.mark.parametrize("method", list(registry), ids=named)
def test_maps_are_from_0_to_1_and_have_the_shape_of_the_image(
    method: Method, network: Any, pictures: np.ndarray
) -> None:
    found = [explained(method, network, picture, kind) for picture in pictures for kind in range(3)]
    assert any(one.usable for one in found)
    for one in found:
        assert one.values.dtype == np.float32
        assert one.values.min() >= 0
        assert one.values.max() == (1 if one.usable else 0)
        assert one.usable or one.notes
        height, width = one.values.shape
        assert height / width == pytest.approx(48 / 32, abs=0.2)
        assert one.method == method.name
        assert np.isfinite(one.score)


@pytest.mark.parametrize("method", list(registry), ids=named)
def test_it_is_repeatable_and_leaves_the_image_alone(method: Method, network: Any, pictures: np.ndarray) -> None:
    before = pictures.copy()
    first, again = (explained(method, network, pictures[0]) for _ in range(2))
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(pictures, before)


@pytest.mark.parametrize("method", list(registry), ids=named)
@pytest.mark.parametrize("size", [(16, 16), (17, 5), (8, 40), (33, 47)])
def test_odd_sizes(method: Method, network: Any, size: tuple[int, int], rng: np.random.Generator) -> None:
    found = explained(method, network, rng.integers(0, 256, (*size, 3)).astype(np.uint8))
    assert np.isfinite(found.values).all()
    assert found.usable or found.notes


@pytest.mark.parametrize("method", list(registry), ids=named)
@pytest.mark.parametrize("value", [0, 255])
def test_an_image_of_one_colour_is_no_error(method: Method, network: Any, value: int) -> None:
    found = explained(method, network, np.full((24, 24, 3), value, np.uint8))
    assert np.isfinite(found.values).all()
    assert found.usable or found.notes


@pytest.mark.parametrize("method", OF_LAYERS, ids=named)
def test_whether_it_depends_on_the_class_is_as_it_says(method: Method, network: Any, pictures: np.ndarray) -> None:
    maps = [explained(method, network, pictures[0], kind) for kind in range(3)]
    same = all((one.values == maps[0].values).all() for one in maps)
    assert same != method.by_class
    assert ("whatever the class" in " ".join(maps[0].notes)) != method.by_class


# The weights of Grad-CAM++ depend on the strength by their definition.
@pytest.mark.parametrize("method", [one for one in OF_LAYERS if one.name != "grad_cam_plus_plus"], ids=named)
@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_strength_of_scores_changes_no_map(
    method: Method, network: Any, pictures: np.ndarray, scale: float
) -> None:
    batch = tensor_of(pictures)
    plain = explain_network(network, batch, lambda outputs: outputs[:, 1], method=method.name)
    scaled = explain_network(network, batch, lambda outputs: scale * outputs[:, 1], method=method.name)
    for one, other in zip(plain, scaled, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-4)


@pytest.mark.parametrize("method", OF_LAYERS, ids=named)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_every_precision_gives_a_finite_map(method: Method, pictures: np.ndarray, dtype: Any) -> None:
    network, batch = small_network().eval(), tensor_of(pictures)
    full = explain_network(network, batch, [1] * 3, method=method.name)
    half = explain_network(network.to(dtype), batch.to(dtype), [1] * 3, method=method.name)
    for one, other in zip(full, half, strict=True):
        assert one.usable == other.usable
        assert np.isfinite(other.values).all()
        np.testing.assert_allclose(one.values, other.values, atol=0.15)


@pytest.mark.parametrize("method", OF_LAYERS, ids=named)
def test_numbers_that_are_not_finite_are_said_for_their_image_alone(
    method: Method, network: Any, pictures: np.ndarray
) -> None:
    batch = tensor_of(pictures)
    batch[1, 0, 20, 20] = float("nan")
    one, broken, other = explain_network(network, batch, [1] * 3, method=method.name)
    assert not broken.usable
    assert "not finite" in broken.notes[-1]
    alone = explain_network(network, batch[:1], [1], method=method.name)[0]
    np.testing.assert_allclose(one.values, alone.values, atol=1e-4)
    assert one.usable or other.usable


@pytest.mark.parametrize("method", OF_SCORES, ids=named)
def test_what_a_function_gives_may_be_of_any_number_type(method: Method, pictures: np.ndarray) -> None:
    def whole(images: np.ndarray) -> np.ndarray:
        return images[:, :16].mean((1, 2, 3)).astype(np.int64)[:, None]

    found = explain_scores(whole, pictures[0], 0, method=method.name, samples=SAMPLES)
    assert np.isfinite(found.values).all()
