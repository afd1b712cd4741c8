"""The layer to look at is found in every network that we train, and in plain ones of timm and torchvision."""

from __future__ import annotations

import gc
import weakref
from importlib.util import find_spec
from typing import Any

import pytest

from lookoutcv.errors import ExplanationError
from lookoutcv.explanation import explain_network
from lookoutcv.explanation.layers import target_layer as module_under_test
from lookoutcv.models.networks.timm_import import timm
from taught_shapes import small_network

torch = pytest.importorskip("torch", reason="torch is not installed")
torch.set_num_threads(1)
pytestmark = pytest.mark.skipif(find_spec("timm") is None, reason="timm is not installed")

# Real structures with fewer and narrower layers.
_VIT = {"embed_dim": 48, "depth": 3, "num_heads": 3, "img_size": (64, 96)}
_SWIN = {"embed_dim": 24, "depths": (2, 2), "num_heads": (2, 2), "img_size": (112, 112)}
TIMM: list[tuple[str, dict[str, Any], tuple[int, int], str, tuple[int, int]]] = [
    ("mobilenetv3_small_100", {}, (64, 96), "blocks", (2, 3)),
    ("mobilenetv3_small_050", {}, (64, 64), "blocks", (2, 2)),
    ("resnet18", {}, (64, 96), "layer4", (2, 3)),
    ("efficientnet_b0", {}, (64, 96), "bn2", (2, 3)),
    ("tf_efficientnet_lite0", {}, (64, 96), "bn2", (2, 3)),
    ("convnext_atto", {}, (64, 96), "stages", (2, 3)),
    ("vit_base_patch16_224", _VIT, (64, 96), "blocks.2.norm1", (4, 6)),
    ("vit_base_patch16_224", {**_VIT, "global_pool": "avg"}, (64, 96), "blocks", (4, 6)),
    ("deit_tiny_distilled_patch16_224", _VIT, (64, 96), "blocks.2.norm1", (4, 6)),
    ("vit_base_patch16_siglip_224", _VIT, (64, 96), "norm", (4, 6)),
    ("vit_small_patch14_reg4_dinov2", {**_VIT, "img_size": (56, 84)}, (56, 84), "blocks.2.norm1", (4, 6)),
    ("swin_tiny_patch4_window7_224", _SWIN, (112, 112), "norm", (14, 14)),
    ("levit_128s", {}, (224, 224), "stages", (4, 4)),
]


def awake(network: Any) -> Any:
    """Some networks begin with zeros in places, behind which nothing can be seen."""
    torch.manual_seed(0)
    with torch.no_grad():
        for one in network.parameters():
            if not one.any():
                one.normal_(std=0.5)
    return network.eval()


def blobs(size: tuple[int, int]) -> Any:
    """Four images of blobs, so that places differ however deep a network is."""
    return torch.nn.functional.interpolate(3 * torch.randn(4, 3, 4, 4), size=size)


@pytest.mark.parametrize(
    ("name", "options", "size", "layer", "grid"),
    TIMM,
    ids=[f"{one[0]}-{one[1].get('global_pool', '')}" for one in TIMM],
)
def test_networks_of_timm(
    name: str, options: dict[str, Any], size: tuple[int, int], layer: str, grid: tuple[int, int]
) -> None:
    torch.manual_seed(1)
    network = awake(timm().create_model(name, num_classes=4, **options))
    found = explain_network(network, blobs(size), [0, 1, 2, 3])
    assert {(one.layer, one.values.shape) for one in found} == {(layer, grid)}
    assert any(one.usable for one in found)


def _torchvision(name: str) -> Any:
    timm()  # so that torchvision loads beside any torch
    import torchvision

    models = torchvision.models
    if name == "vit":
        return models.VisionTransformer(64, 16, 3, 3, 48, 96, num_classes=4)
    if name == "swin":
        return models.SwinTransformer([4, 4], 24, [2, 2], [2, 2], [7, 7], num_classes=4)
    return getattr(models, name)(num_classes=4)


@pytest.mark.parametrize(
    ("name", "size", "layer", "grid"),
    [
        ("resnet18", (64, 96), "layer4", (2, 3)),
        ("mobilenet_v3_small", (64, 96), "features", (2, 3)),
        ("squeezenet1_1", (64, 96), "classifier.2", (3, 5)),
        ("vit", (64, 64), "encoder.layers.encoder_layer_2.ln_1", (4, 4)),
        ("swin", (112, 112), "permute", (14, 14)),
    ],
)
def test_networks_of_torchvision(name: str, size: tuple[int, int], layer: str, grid: tuple[int, int]) -> None:
    torch.manual_seed(1)
    network = awake(_torchvision(name))
    found = explain_network(network, blobs(size), [0, 1, 2, 3])
    assert {(one.layer, one.values.shape) for one in found} == {(layer, grid)}
    assert any(one.usable for one in found)


def test_the_last_norm_of_a_class_token_network_is_said_to_show_nothing() -> None:
    network = awake(timm().create_model("vit_base_patch16_224", num_classes=4, **_VIT))
    (found,) = explain_network(network, torch.randn(1, 3, 64, 96), [0], layer="norm")
    assert not found.usable
    assert "read from a class token after it" in found.notes[0]


class Undeclared(torch.nn.Module):
    """A class token whose parameter does not tell what it is."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = torch.nn.Conv2d(3, 24, 8, 8)
        self.extra = torch.nn.Parameter(torch.randn(1, 1, 24))
        self.attention = torch.nn.TransformerEncoderLayer(24, 2, 32, batch_first=True, dropout=0)
        self.head = torch.nn.Linear(24, 2)

    def forward(self, x: Any) -> Any:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        joined = torch.cat([self.extra.expand(len(x), -1, -1), tokens], 1)
        return self.head(self.attention(joined).mean(1))


def test_an_unknown_layout_is_refused_until_it_is_typed() -> None:
    network, batch = awake(Undeclared()), torch.randn(2, 3, 32, 48)
    with pytest.raises(ExplanationError, match=r"25 tokens are no grid .* or say how this one lies: layout=") as caught:
        explain_network(network, batch, [0, 1], layer="attention")
    assert "without 1 of them it would be one" in str(caught.value)
    found = explain_network(network, batch, [0, 1], layer="attention", layout="tokens:1")
    assert [one.values.shape for one in found] == [(4, 6)] * 2


class Branches(torch.nn.Module):
    """Two branches, each with tokens of its own that bear its number."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = torch.nn.ModuleList([torch.nn.Conv2d(3, 24, side, side) for side in (8, 4)])
        self.cls_token_0 = torch.nn.Parameter(torch.randn(1, 1, 24))
        self.cls_token_1 = torch.nn.Parameter(torch.randn(1, 1, 24))
        self.attention = torch.nn.TransformerEncoderLayer(24, 2, 32, batch_first=True, dropout=0)
        self.head = torch.nn.Linear(24, 2)

    def forward(self, x: Any) -> Any:
        scores = 0
        for patches, token in zip(self.patches, (self.cls_token_0, self.cls_token_1), strict=True):
            tokens = patches(x).flatten(2).transpose(1, 2)
            seen = self.attention(torch.cat([token.expand(len(x), -1, -1), tokens], 1))
            scores = scores + self.head(seen.mean(1))
        return scores


def test_tokens_with_numbers_are_those_of_branches() -> None:
    (found,) = explain_network(awake(Branches()), blobs((32, 48))[:1], [0])
    assert (found.layer, found.values.shape) == ("attention", (8, 12))


def test_an_early_layer_is_called_into_question() -> None:
    network, batch = awake(Undeclared()), blobs((32, 48))
    found = explain_network(network, batch, [0, 1, 0, 1])
    assert {one.layer for one in found} == {"patches"}
    assert all("is an early one" in one.notes[0] for one in found)
    assert all("layers come after it" in one.notes[0] for one in explain_network(network, batch, [0, 1, 0, 1]))
    late = explain_network(network, batch, [0, 1, 0, 1], layer="attention", layout="tokens:1")
    assert not any("early" in note for one in late for note in one.notes)


class BoxHead(torch.nn.Module):
    """A detector: a score for each place of a grid, behind two layers that keep places."""

    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 3, 2, 1), torch.nn.ReLU(), torch.nn.Conv2d(8, 8, 9, 2, 4), torch.nn.ReLU()
        )
        self.scores = torch.nn.Conv2d(8, 2, 1)

    def forward(self, x: Any) -> Any:
        return {"boxes": self.scores(self.body(x))}


def test_a_box_is_explained_before_the_head_that_only_reads_its_place() -> None:
    network, batch = awake(BoxHead()), torch.randn(1, 3, 64, 64)
    (found,) = explain_network(network, batch, lambda outputs: outputs["boxes"][:, 1, 4, 11])
    assert found.layer == "body.1"
    assert found.class_index is None


def test_a_network_whose_layers_were_replaced_is_looked_at_again() -> None:
    network, batch = small_network().eval(), torch.randn(1, 3, 32, 32)
    assert explain_network(network, batch, [0])[0].values.shape == (8, 8)
    network[0] = torch.nn.Sequential(torch.nn.Conv2d(3, 32, 2, 2), torch.nn.BatchNorm2d(32).eval())
    assert explain_network(network, batch, [0])[0].values.shape == (16, 16)


def test_what_was_found_is_remembered_as_long_as_the_network_lives() -> None:
    network = small_network().eval()
    explain_network(network, torch.randn(1, 3, 32, 32), [0])
    gone = weakref.ref(network)
    assert network in module_under_test._known
    del network
    gc.collect()
    assert gone() is None


def test_no_layer_with_places_is_said() -> None:
    flat = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 64, 2))
    with pytest.raises(ExplanationError, match="no layer of this network keeps where things lie"):
        explain_network(flat, torch.randn(1, 3, 8, 8), [0])
