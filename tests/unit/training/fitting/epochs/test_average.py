"""The mean of weights over the last steps."""

from __future__ import annotations

import pytest

from lookoutcv.training.fitting.epochs.average import Average

torch = pytest.importorskip("torch")


def test_it_follows_the_weights_and_lies_between_them():
    layer = torch.nn.BatchNorm1d(1)
    average = Average(layer)
    expected = 1.0
    for step in range(1, 41):
        with torch.no_grad():
            layer.weight.fill_(float(step))
            layer.num_batches_tracked += 1
        average.add(step, 100)
        # By hand: a fifth of a step while it is young, then the twentieth of all of them.
        expected += (step - expected) / min(5.0, (step + 1) / 2)
    assert float(average.state["weight"]) == pytest.approx(expected)
    assert int(average.state["num_batches_tracked"]) == 40
    assert float(layer.weight.detach()) == 40
