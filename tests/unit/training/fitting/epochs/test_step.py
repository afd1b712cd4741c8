"""One step of learning: its loss, what it moves and what it leaves."""

from __future__ import annotations

import numpy as np
import pytest

from drawn_pictures import DrawnPictures
from lookoutcv.training.fitting.epochs.optimiser import optimiser_of
from lookoutcv.training.fitting.epochs.step import Step
from lookoutcv.training.fitting.fit_settings import FitSettings
from tiny_backbones import from_scratch, small_vit, state_of

torch = pytest.importorskip("torch")


def _step(make, settings: FitSettings | None = None, **more) -> tuple[Step, np.ndarray, np.ndarray]:
    backbone = make()
    module = backbone.module
    step = Step(
        module, optimiser_of(module, 1e-2), backbone.input, torch.device("cpu"), settings or FitSettings(), **more
    )
    step.begin()
    pictures = DrawnPictures(backbone.input, 2, 1)
    return step, pictures.framed(range(6)), pictures.labels


def _logits(step: Step, pixels: np.ndarray):
    mean, std = (torch.tensor(value) for value in (step.card_input.mean, step.card_input.std))
    batch = ((torch.from_numpy(pixels).float() / 255 - mean) / std).permute(0, 3, 1, 2)
    with torch.no_grad():
        return step.module(batch)


def test_its_loss_is_the_cross_entropy_and_it_gets_smaller(rng):
    step, pixels, labels = _step(small_vit)
    logits = _logits(step, pixels)
    expected = -torch.log_softmax(logits, 1)[range(6), labels].mean()
    loss, right = step.make(pixels, labels, rng)
    assert loss == pytest.approx(float(expected), abs=1e-4)
    assert right == int((logits.argmax(1) == torch.as_tensor(labels)).sum())
    for _ in range(5):
        later, _ = step.make(pixels, labels, rng)
    assert later < loss


def test_rare_classes_weigh_more_in_it(rng):
    weights = torch.tensor([3.0, 1.0, 0.5])
    step, pixels, labels = _step(small_vit, class_weights=weights)
    each = -torch.log_softmax(_logits(step, pixels), 1)[range(6), labels]
    loss, _ = step.make(pixels, labels, rng)
    # By hand: a mean of the losses, each weighed by its class.
    assert loss == pytest.approx(float((each * weights[labels]).sum() / weights[labels].sum()), abs=1e-4)


def test_statistics_stay_where_they_are_to_be_fixed_and_follow_the_pictures_elsewhere(rng):
    for fixed in (True, False):
        step, pixels, labels = _step(from_scratch, fixed_statistics=fixed)
        before = state_of(step.module)
        step.make(pixels, labels, rng)
        after = step.module.state_dict()
        moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
        assert any(name.endswith("running_mean") for name in moved) is not fixed
        assert "conv_stem.weight" in moved


def test_a_loss_that_is_none_moves_nothing(rng):
    step, pixels, labels = _step(small_vit)
    step.module.patch_embed.proj.bias.data[0] = float("inf")
    before = state_of(step.module)
    loss, _ = step.make(pixels, labels, rng)
    assert not np.isfinite(loss)
    assert all(torch.equal(value, before[name]) for name, value in step.module.state_dict().items())


@pytest.mark.parametrize("mixing", [{"mixup": 0.4}, {"cutmix": 1.0}])
def test_mixed_images_are_of_two_and_their_shares_are_the_truth(mixing):
    step, _, _ = _step(small_vit, FitSettings(**mixing))
    # Each image is one number: what a mixed one holds tells of which two it is made, and how much of each.
    images = torch.arange(6.0).reshape(6, 1, 1, 1).expand(6, 3, 32, 32).contiguous()
    truth = torch.arange(6)
    mixed, other, share = step._mixed(images, truth, np.random.default_rng(4))
    assert 0 <= share <= 1
    expected = share * truth + (1 - share) * other
    np.testing.assert_allclose(mixed.mean(dim=(1, 2, 3)).numpy(), expected.numpy(), atol=1e-4)
    assert sorted(other.tolist()) == list(range(6))
    assert images[3].eq(3).all()


def test_without_mixing_nothing_is_mixed(rng):
    step, _, _ = _step(small_vit)
    images, truth = torch.ones(2, 3, 32, 32), torch.tensor([0, 1])
    assert step._mixed(images, truth, rng) == (images, truth, 1.0)


def test_half_precision_is_taken_where_it_is_asked_for(rng):
    step, pixels, labels = _step(small_vit, FitSettings(precision="mixed"))
    seen: list[torch.dtype] = []
    step.module.blocks[0].attn.qkv.register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    loss, _ = step.make(pixels, labels, rng)
    assert np.isfinite(loss)
    assert seen == [torch.bfloat16]
