"""captum and grad-cam agree with the methods, on networks that learnt something and on structures of any weights.

Both oracles change the networks they are given, so each gets one of its own.
"""

from __future__ import annotations

from copy import deepcopy
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
import pytest

from lookoutcv.explanation import explain_network, explain_scores
from lookoutcv.explanation.methods import registry
from lookoutcv.models.networks.timm_import import timm
from taught_shapes import SIDE, shapes_batch, taught_network, tensor_of

torch = pytest.importorskip("torch", reason="torch is not installed")
pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("timm", "captum", "pytorch_grad_cam")), reason="no oracles are installed"
)


@pytest.fixture(scope="module", autouse=True)
def _torchvision_loads() -> None:
    timm()  # grad-cam imports torchvision, which this makes loadable beside any torch


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(np.ravel(one), np.ravel(other))[0, 1])


@pytest.fixture(scope="module")
def shapes() -> tuple[Any, list[int]]:
    pictures, kinds, _ = shapes_batch(range(500, 504))
    return tensor_of(pictures), kinds.tolist()


def agree(ours: Any, theirs: np.ndarray, least: int) -> None:
    """Of those maps that show something, all are alike, and there are some."""
    seen = 0
    for one, other in zip(ours, theirs, strict=True):
        if one.usable:
            large = cv2.resize(one.values, other.shape[::-1], interpolation=cv2.INTER_LINEAR)
            assert correlation(large, other) >= 0.99
            seen += 1
        else:
            assert np.ptp(other) < 1e-4
    assert seen >= least


# captum


def test_captum_gives_the_same_grad_cam(shapes: tuple[Any, list[int]]) -> None:
    from captum.attr import LayerGradCam

    network = deepcopy(taught_network())
    batch, kinds = shapes
    theirs = LayerGradCam(network, network[0]).attribute(batch, target=kinds, relu_attributions=True)
    agree(explain_network(taught_network(), batch, kinds), theirs.detach().numpy()[:, 0], least=9)


def test_captum_gives_the_same_layer_attribution(shapes: tuple[Any, list[int]]) -> None:
    from captum.attr import LayerGradientXActivation

    network = deepcopy(taught_network())
    batch, kinds = shapes
    # A layer whose gradient differs from place to place, and after which an activation works in place.
    theirs = LayerGradientXActivation(network, network[0][4]).attribute(batch, target=kinds)
    ours = explain_network(taught_network(), batch, kinds, method="layer_attribution", layer="0.4")
    agree(ours, theirs.sum(1).clamp(min=0).detach().numpy(), least=9)


def test_captum_gives_the_same_occlusion() -> None:
    from captum.attr import Occlusion

    network = taught_network()
    pictures, kinds, _ = shapes_batch(range(500, 502))

    def scores(images: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(tensor_of(images)).softmax(1).numpy()

    def of_pixels(batch: Any) -> Any:
        return network(batch).softmax(1)

    for picture, kind in zip(pictures, kinds.tolist(), strict=True):
        mean = tensor_of(np.rint(picture.mean((0, 1), keepdims=True)).astype(np.uint8)[None])
        window, step = SIDE // 6, SIDE // 12
        theirs = Occlusion(of_pixels).attribute(
            tensor_of(picture[None]),
            sliding_window_shapes=(3, window, window),
            strides=(3, step, step),
            target=kind,
            baselines=mean.expand(1, 3, SIDE, SIDE),
        )
        ours = explain_scores(scores, picture, kind, samples=11 * 11)
        assert ours.values.shape == (12, 12)
        large = np.kron(ours.values, np.ones((step, step)))
        assert correlation(large, theirs[0, 0].clamp(min=0).numpy()) >= 0.99


# grad-cam


def tokens_on_grid(prefix: int, height: int, width: int) -> Any:
    def transform(tensor: Any) -> Any:
        placed = tensor[:, prefix:].reshape(len(tensor), height, width, tensor.shape[2])
        return placed.permute(0, 3, 1, 2)

    return transform


def their_maps(kind: str, network: Any, layer: Any, batch: Any, classes: list[int], *, transform: Any = None) -> Any:
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    with getattr(pytorch_grad_cam, kind)(network, [layer], reshape_transform=transform) as theirs:
        return theirs(input_tensor=batch, targets=[ClassifierOutputTarget(one) for one in classes])


@pytest.mark.parametrize(
    ("method", "kind"),
    [("grad_cam", "GradCAM"), ("grad_cam_plus_plus", "GradCAMPlusPlus"), ("layer_attribution", "HiResCAM")],
)
def test_grad_cam_gives_the_same_maps_of_a_taught_network(
    method: str, kind: str, shapes: tuple[Any, list[int]]
) -> None:
    network = deepcopy(taught_network())
    with torch.no_grad():
        network[3].weight.mul_(40)  # as below
    batch, kinds = shapes
    ours = explain_network(network, batch, kinds, method=method)
    agree(ours, their_maps(kind, network, network[0], batch, kinds), least=9)


@pytest.mark.parametrize("method", ["grad_cam", "grad_cam_plus_plus", "layer_attribution"])
@pytest.mark.parametrize(
    ("name", "prefix"),
    [("vit_base_patch16_224", 1), ("deit_tiny_distilled_patch16_224", 2), ("vit_base_patch16_siglip_224", 0)],
)
def test_grad_cam_gives_the_same_maps_of_transformers(method: str, name: str, prefix: int) -> None:
    options = {"embed_dim": 48, "depth": 3, "num_heads": 3, "img_size": (64, 96)}
    torch.manual_seed(4)
    network = timm().create_model(name, num_classes=3, **options).eval()
    with torch.no_grad():
        for one in network.parameters():
            one.mul_(3)  # so that attention is not the mean of all places
        network.head.weight.mul_(10)  # their Grad-CAM++ adds a constant that drowns small gradients
    batch = torch.randn(6, 3, 64, 96)
    classes = [0, 1, 2, 0, 1, 2]
    ours = explain_network(network, batch, classes, method=method)
    layer = dict(network.named_modules())[ours[0].layer]
    kinds = {"grad_cam": "GradCAM", "grad_cam_plus_plus": "GradCAMPlusPlus", "layer_attribution": "HiResCAM"}
    theirs = their_maps(kinds[method], network, layer, batch, classes, transform=tokens_on_grid(prefix, 4, 6))
    agree(ours, theirs, least=3)


def test_grad_cam_gives_the_same_principal_component(shapes: tuple[Any, list[int]]) -> None:
    from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection

    with torch.no_grad():
        activation = taught_network()[0](shapes[0])
    theirs = get_2d_projection(activation.numpy())
    ours = registry.get("eigen_cam").map_of(activation, torch.ones_like(activation)).numpy()
    for one, other in zip(ours, theirs, strict=True):
        assert abs(correlation(one, other)) >= 0.999
