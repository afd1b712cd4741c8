"""How far each layer goes."""

from __future__ import annotations

import pytest

from lookoutcv.training.fitting.epochs.optimiser import optimiser_of, set_rates, way_factor
from tiny_backbones import from_scratch, small_vit

pytest.importorskip("torch")


def _of(optimiser, module):
    """Learning rate and decay by the name of the parameter."""
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    return {
        names[id(parameter)]: (group["base"], group["weight_decay"])
        for group in optimiser.param_groups
        for parameter in group["params"]
    }


@pytest.mark.parametrize("make", [from_scratch, small_vit])
def test_every_parameter_is_held_once_and_earlier_layers_learn_slower(make):
    module = make().module
    found = _of(optimiser_of(module, 0.01, first_layer=0.1, head=2.0), module)
    assert found.keys() == {name for name, _ in module.named_parameters()}
    blocks = [
        min(rate for name, (rate, _) in found.items() if name.startswith(f"blocks.{index}.")) for index in range(2)
    ]
    first = next(iter(found.values()))[0]
    head = {rate for name, (rate, _) in found.items() if name.startswith(("classifier", "head."))}
    assert first == pytest.approx(0.001)
    assert first < blocks[0] < blocks[1] < 0.01
    assert head == {0.02}


def test_only_weights_are_held_small():
    module = small_vit().module
    found = _of(optimiser_of(module, 0.01), module)
    assert found["blocks.0.attn.qkv.weight"][1] > 0
    assert found["blocks.0.attn.qkv.bias"][1] == 0
    assert found["norm.weight"][1] == 0
    assert found["pos_embed"][1] == 0


def test_the_way_rises_then_falls_to_nothing():
    factors = [way_factor(share / 100) for share in range(101)]
    top = factors.index(max(factors))
    assert factors[top] == 1.0
    assert factors[:top] == sorted(factors[:top])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert factors[-1] == pytest.approx(0, abs=1e-9)


def test_all_groups_go_the_same_way():
    module = from_scratch().module
    optimiser = optimiser_of(module, 0.01, first_layer=0.1)
    assert set_rates(optimiser, 0.55) == pytest.approx(0.005)
    assert all(group["lr"] == pytest.approx(group["base"] / 2) for group in optimiser.param_groups)
