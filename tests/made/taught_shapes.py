"""Small pictures of shapes at known places, and networks of torch that tell the shapes apart."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

SIDE = 48
KINDS = 3


def drawn_shape(kind: int, seed: int, side: int = SIDE) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A disc, a cross or a bar on noise: (side, side, 3) uint8, and its box in pixels (left, top, right, bottom)."""
    rng = np.random.default_rng((kind, seed))
    picture = rng.integers(0, 110, (side, side, 3)).astype(np.uint8)
    reach = side // 8
    x, y = (int(one) for one in rng.integers(reach + 1, side - reach - 1, 2))
    colour = tuple(int(one) for one in rng.integers(180, 256, 3))
    if kind == 0:
        cv2.circle(picture, (x, y), reach, colour, -1)
    elif kind == 1:
        cv2.line(picture, (x - reach, y), (x + reach, y), colour, 3)
        cv2.line(picture, (x, y - reach), (x, y + reach), colour, 3)
    else:
        cv2.line(picture, (x - reach, y - reach), (x + reach, y + reach), colour, 3)
    return picture, (x - reach, y - reach, x + reach + 1, y + reach + 1)


def shapes_batch(seeds: range) -> tuple[np.ndarray, np.ndarray, list[tuple[int, int, int, int]]]:
    """Pictures of all kinds for each seed, their kinds and their boxes."""
    drawn = [(*drawn_shape(kind, seed), kind) for seed in seeds for kind in range(KINDS)]
    return np.stack([one[0] for one in drawn]), np.array([one[2] for one in drawn]), [one[1] for one in drawn]


def tensor_of(pictures: np.ndarray) -> Any:
    """As the networks here take it: (N, 3, H, W) float32."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 127.5 - 1


def small_network(kinds: int = KINDS, seed: int = 0) -> Any:
    """Three convolutions with activations that work in place, a mean over places and a linear layer; untaught."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    nn = torch.nn
    layers = []
    for before, after, stride in ((3, 16, 2), (16, 32, 2), (32, 32, 1)):
        layers += [nn.Conv2d(before, after, 3, stride, 1), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
    return nn.Sequential(nn.Sequential(*layers), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, kinds))


@cache
def taught_network() -> Any:
    """The same, taught for seconds until it is right on nearly all shapes; in evaluation mode. Do not change it."""
    import torch

    module = small_network()
    pictures, kinds, _ = shapes_batch(range(80))
    inputs, targets = tensor_of(pictures), torch.from_numpy(kinds)
    optimiser = torch.optim.AdamW(module.parameters(), 0.01)
    steps = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.02, 20 * 8)
    with torch.enable_grad():  # whoever asks first may be in another mode
        for batch in (part for _ in range(20) for part in torch.randperm(len(inputs)).split(30)):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(module(inputs[batch]), targets[batch]).backward()
            optimiser.step()
            steps.step()
    optimiser.zero_grad(set_to_none=True)
    return module.eval()


def probabilities_of(module: Any) -> Any:
    """What `explain_scores` takes: a function from uint8 pictures to probabilities."""
    import torch

    def scores(pictures: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return module(tensor_of(pictures)).softmax(1).numpy()

    return scores
