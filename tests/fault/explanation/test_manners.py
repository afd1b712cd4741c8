"""An explanation leaves a network as it was, whoever shares it, in whatever mode the caller is, whatever goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import ExplanationError, InferenceFailed
from lookoutcv.explanation import explain_network
from lookoutcv.explanation.passes import steady_network
from taught_shapes import shapes_batch, small_network, taught_network, tensor_of

torch = pytest.importorskip("torch", reason="torch is not installed")

METHODS = ["grad_cam", "grad_cam_plus_plus", "eigen_cam", "layer_attribution"]


@pytest.fixture
def batch() -> Any:
    return tensor_of(shapes_batch(range(900, 902))[0])


KINDS = [0, 1, 2, 0, 1, 2]


def state(network: Any) -> list[Any]:
    """All that may be changed of a network, and what its tensors are."""
    told: list[Any] = []
    for name, module in network.named_modules():
        hooks = {key: list(value) for key, value in vars(module).items() if key.endswith("_hooks") and value}
        told.append((name, id(module), module.training, hooks, sorted(vars(module))))
    for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
        grad = None if tensor.grad is None else tensor.grad.clone()
        told.append((name, id(tensor), tensor.requires_grad, tensor._version, tensor.detach().clone(), grad))
    return told


def same(one: list[Any], other: list[Any]) -> None:
    assert len(one) == len(other)
    for mine, yours in zip(one, other, strict=True):
        for left, right in zip(mine, yours, strict=True):
            if isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor):
                torch.testing.assert_close(left, right, rtol=0, atol=0)
            else:
                assert left == right, mine[0]


@pytest.fixture
def lived_in(batch: Any) -> Any:
    """A network in the middle of its life: modes of all kinds, gradients, frozen layers, hooks of its owner."""
    network = small_network().train()
    torch.nn.functional.cross_entropy(network(batch), torch.tensor(KINDS)).backward()
    network[0][1].eval()
    network[0][0].weight.requires_grad_(False)
    network.seen = []
    network[0].register_forward_hook(lambda module, inputs, output: network.seen.append(output.shape))
    return network


@pytest.mark.parametrize("method", METHODS)
def test_a_network_stays_as_it_was(method: str, lived_in: Any, batch: Any) -> None:
    before, shown = state(lived_in), batch.clone()
    explain_network(lived_in, batch, KINDS, method=method)
    same(before, state(lived_in))
    torch.testing.assert_close(batch, shown, rtol=0, atol=0)
    assert batch.grad is None
    assert not batch.requires_grad


class Failing(torch.nn.Module):
    """Fails on one image of a batch, after its layers ran."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = small_network()

    def forward(self, x: Any) -> Any:
        scores = self.inner(x)
        if bool((x > 1.5).any()):
            raise RuntimeError("too bright")
        return scores


def test_also_after_an_exception(batch: Any) -> None:
    network = Failing().train()
    before = state(network)
    explain_network(network, batch, KINDS)  # so that the layer is known and the short way is taken
    bright = batch.clone()
    bright[3] = 2
    for _ in range(2):
        with pytest.raises(InferenceFailed, match="RuntimeError: too bright"):
            explain_network(network, bright, KINDS)
        with pytest.raises(ExplanationError, match="no class 9"):
            explain_network(network, batch, [9] * 6)
        same(before, state(network))
    assert torch.is_grad_enabled()


def test_a_network_that_is_being_taught_is_explained_in_evaluation_mode(batch: Any) -> None:
    network = taught_network()
    evaluated = explain_network(network, batch, KINDS)
    twin = small_network()
    twin.load_state_dict(network.state_dict())
    taught = explain_network(twin.train(), batch, KINDS)
    for one, other in zip(evaluated, taught, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-5)
    assert twin.training


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@pytest.mark.parametrize("made", ["outside", "inside"])
def test_the_caller_may_be_in_any_mode(mode: Any, made: str, batch: Any) -> None:
    expected = explain_network(small_network().eval(), batch, KINDS)
    outside = small_network().eval()
    with mode():
        network = small_network().eval() if made == "inside" else outside
        given = batch.clone() if made == "inside" else batch
        enabled = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        found = explain_network(network, given, KINDS) + explain_network(network, given, KINDS)
        assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == enabled
        network(given)
    for one, other in zip(expected * 2, found, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-6)
        assert one.usable == other.usable


def test_frozen_parameters_are_no_hindrance(batch: Any) -> None:
    network = small_network().eval()
    expected = explain_network(network, batch, KINDS)
    for one in network.parameters():
        one.requires_grad_(False)
    for one, other in zip(expected, explain_network(network, batch, KINDS), strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-6)


class Frozen(torch.nn.Module):
    """A body that its own forward pass runs without gradients."""

    def __init__(self, mode: Any) -> None:
        super().__init__()
        self.inner, self.mode = small_network(), mode

    def forward(self, x: Any) -> Any:
        with self.mode():
            seen = self.inner[0](x)
        return self.inner[3](seen.mean((2, 3)))


@pytest.mark.parametrize("mode", [torch.no_grad, nullcontext])
def test_a_no_grad_within_the_network_is_no_hindrance(mode: Any, batch: Any) -> None:
    expected = explain_network(small_network().eval(), batch, KINDS)
    network = Frozen(mode).eval()
    for _ in range(2):
        found = explain_network(network, batch, KINDS)
        assert found[0].layer == "inner.0"
        for one, other in zip(expected, found, strict=True):
            np.testing.assert_allclose(one.values, other.values, atol=1e-5)


def test_activations_that_work_in_place_after_the_layer_change_no_map(batch: Any) -> None:
    network = taught_network()
    outside = small_network()
    outside.load_state_dict(network.state_dict())
    for one in outside.modules():
        if isinstance(one, torch.nn.ReLU):
            one.inplace = False
    for layer in ("0.1", "0.4", "0.7", "0.3"):
        found = explain_network(network, batch, KINDS, layer=layer)
        other = explain_network(outside.eval(), batch, KINDS, layer=layer)
        for one, two in zip(found, other, strict=True):
            np.testing.assert_allclose(one.values, two.values, atol=1e-5)
        assert any(one.usable for one in found)


def test_weights_that_hooks_compute_and_weights_that_layers_share(batch: Any) -> None:
    class Shared(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv2d(3, 8, 3, 2, 1))
            self.second, self.third = torch.nn.Conv2d(8, 8, 3, 1, 1), torch.nn.Conv2d(8, 8, 3, 1, 1)
            self.third.weight = self.second.weight
            self.head = torch.nn.Linear(8, 3)

        def forward(self, x: Any) -> Any:
            return self.head(self.third(self.second(self.first(x)).relu()).relu().mean((2, 3)))

    torch.manual_seed(0)
    network = Shared()
    before = state(network)
    found = explain_network(network, batch, KINDS)
    assert found[0].layer == "third"
    np.testing.assert_allclose(found[4].score, network(batch)[4, 1].item(), rtol=1e-5)
    same(before, state(network))


@pytest.fixture
def alone(batch: Any) -> dict[tuple[int, int, str], np.ndarray]:
    """What each of twelve explanations gives when nothing else runs."""
    return {
        (image, kind, method): explain_network(taught_network(), batch[image : image + 1], [kind], method=method)[
            0
        ].values
        for image in range(2)
        for kind in range(3)
        for method in ("grad_cam", "layer_attribution")
    }


def test_twelve_explanations_at_once_are_those_made_one_by_one(alone: Any, batch: Any) -> None:
    ready = threading.Barrier(len(alone))

    def explain(key: tuple[int, int, str]) -> list[np.ndarray]:
        image, kind, method = key
        ready.wait()
        return [
            explain_network(taught_network(), batch[image : image + 1], [kind], method=method)[0].values
            for _ in range(5)
        ]

    with ThreadPoolExecutor(len(alone)) as pool:
        for key, maps in zip(alone, pool.map(explain, alone), strict=True):
            for one in maps:
                np.testing.assert_allclose(one, alone[key], atol=1e-5)


def test_predictions_of_other_threads_are_not_disturbed(batch: Any) -> None:
    network = small_network().train()  # whoever predicts relies on the mode that was set
    network[0][1].momentum = network[0][4].momentum = network[0][7].momentum = 0.0
    with torch.no_grad():
        expected = network(batch)
    wrong: list[str] = []
    done = threading.Event()

    def predict() -> Iterator[None]:
        while not done.is_set():
            with torch.no_grad():
                scores = network(batch)
            if not torch.allclose(scores, expected, atol=1e-5) or not network.training:
                wrong.append("other scores or another mode")
            yield

    with ThreadPoolExecutor(2) as pool:
        predicting = [pool.submit(lambda: sum(1 for _ in predict())) for _ in range(2)]
        try:
            for _ in range(40):
                explain_network(network, batch, KINDS)
        finally:
            done.set()
        turns = [one.result() for one in predicting]
    assert wrong == []
    assert min(turns) > 0


def test_one_network_may_be_taught_between_explanations(batch: Any) -> None:
    network = small_network()
    optimiser = torch.optim.SGD(network.parameters(), 0.5)
    before = explain_network(network, batch, KINDS)
    for _ in range(5):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(batch), torch.tensor(KINDS)).backward()
        kept = [one.grad.clone() for one in network.parameters()]
        explain_network(network, batch, KINDS)
        for one, grad in zip(network.parameters(), kept, strict=True):
            torch.testing.assert_close(one.grad, grad, rtol=0, atol=0)
        optimiser.step()
    after = explain_network(network, batch, KINDS)
    assert any(abs(one.score - other.score) > 1e-3 for one, other in zip(before, after, strict=True))


class Disturbed(torch.nn.Module):
    """Whose numbers change, as by another thread's optimiser, after its body ran and before gradients flow back."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = small_network()
        # Lists, which a twin shares: what another thread holds, and how many steps it still takes.
        self.others, self.steps = [self.inner], [0]

    def forward(self, x: Any) -> Any:
        seen = self.inner[0](x)
        scores = self.inner[3](self.inner[1:3](seen))
        if self.steps[0]:
            self.steps[0] -= 1
            self.others[0].train()
            with torch.no_grad():
                for one in self.others[0].parameters():
                    one.mul_(-2)
        return scores


@pytest.mark.parametrize("method", METHODS)
def test_an_explanation_is_of_one_state_where_another_thread_takes_a_step_meanwhile(method: str, batch: Any) -> None:
    network = Disturbed().eval()
    explain_network(network, batch, KINDS, method=method)  # so that the layer is known and the short way is taken
    network.steps[0] = 1
    found = explain_network(network, batch, KINDS, method=method)
    assert network.steps == [0]
    assert network.inner.training
    after = explain_network(network, batch, KINDS, method=method)
    for one, other in zip(found, after, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-5)
        assert one.score == pytest.approx(other.score, rel=1e-4)


def test_a_network_that_never_rests_is_said(batch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter(range(1000))
    monkeypatch.setattr(steady_network, "_changes", lambda tensors: [next(counts)])
    for one in explain_network(small_network(), batch, KINDS):
        assert np.isfinite(one.values).all()
        assert any("faster than it can be copied" in note for note in one.notes)


def test_a_network_may_be_taught_by_another_thread_meanwhile(batch: Any) -> None:
    network = small_network()
    optimiser = torch.optim.SGD(network.parameters(), 1e-4, momentum=0.9)
    done = threading.Event()

    def teach() -> int:
        steps = 0
        while not done.is_set():
            network.train()
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(batch), torch.tensor(KINDS)).backward()
            optimiser.step()
            network.eval()
            steps += 1
        return steps

    with ThreadPoolExecutor(1) as pool:
        teaching = pool.submit(teach)
        try:
            found = [explain_network(network, batch, KINDS) for _ in range(40)]
        finally:
            done.set()
        assert teaching.result() > 0
    for maps in found:
        assert all(np.isfinite(one.values).all() for one in maps)


def test_a_network_without_gradients_is_told_which_method_needs_none(batch: Any) -> None:
    class Hard(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            return x.round()

        @staticmethod
        def backward(context: Any, *gradients: Any) -> Any:
            raise RuntimeError("rounding has no gradient")

    class Rounded(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = small_network()

        def forward(self, x: Any) -> Any:
            return Hard.apply(self.inner(x))

    with pytest.raises(ExplanationError, match=r"rounding has no gradient.*Use the method occlusion or rise"):
        explain_network(Rounded().eval(), batch, KINDS)
