"""Two classifiers of small pictures, and what they say of clean and corrupted ones.

The first is a model file that holds a residual network for CIFAR-10. The second is trained here: a logistic regression
on the features of a MobileNet, from 40 pictures a class that are used for nothing else.
"""

from __future__ import annotations

import warnings
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from harness.corrupted import values_of
from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS, SEVERITIES

Array = np.ndarray[Any, np.dtype[Any]]
# A corruption and its severity; ("clean", 0) for pictures as they are.
Condition = tuple[str, int]
CLEAN: Condition = ("clean", 0)

RESNET, MOBILENET = "cifar10_resnet.tflite", "mobilenet_v1_0.25_128_quant.tflite"
TRAINED_ON = 40
# Penalty on the squared weights of features scaled to unit variance: tried .003 to .3 on the training pictures alone.
_RIDGE = 0.03


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures of known class.

    Args:
        pixels: (n, H, W, 3) uint8 RGB.
        truth: (n,) index of the class.
        labels: Names of the classes.
    """

    pixels: Array
    truth: Array
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answers:
    """What one model says of the same pictures under every condition.

    Args:
        name: Of the model.
        truth: (n,) index of each picture's class.
        scores: (n, C) float32 probabilities, by condition.
        features: (n, D) float32 embeddings, by condition; empty where the model gives none.
        rows: (n,) which of the pictures these are.
    """

    name: str
    truth: Array
    scores: Mapping[Condition, Array]
    features: Mapping[Condition, Array]
    rows: Array


def labelled_and_models(settings: Namespace) -> tuple[Path, Path] | None:
    """The folders `cifar10` and `models` below --data; None where they are not there."""
    if settings.data is None:
        return None
    labelled, models = settings.data / "cifar10", settings.data / "models"
    return (labelled, models) if labelled.is_dir() and (models / RESNET).is_file() else None


def read(folder: Path) -> Labelled:
    """A folder of folders, one a class, with pictures of one size."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    files = [(file, index) for index, path in enumerate(classes) for file in sorted(path.iterdir())]
    pixels = np.stack([cv2.imread(str(file), cv2.IMREAD_COLOR_RGB) for file, _ in files])
    return Labelled(pixels, np.array([index for _, index in files]), tuple(path.name for path in classes))


def conditions(severities: Sequence[int] = SEVERITIES) -> list[Condition]:
    """Clean, and every shipped corruption at these severities."""
    return [CLEAN, *((kind, severity) for kind in CORRUPTIONS for severity in severities)]


def resnet_answers(pictures: Labelled, models: Path, wanted: Sequence[Condition]) -> Answers:
    """The residual network on every picture."""
    found = over(_resnet, (pictures.pixels, str(models / RESNET)), wanted)
    return Answers("ResNet", pictures.truth, dict(zip(wanted, found, strict=True)), {}, np.arange(len(pictures.truth)))


def mobilenet_answers(pictures: Labelled, models: Path, wanted: Sequence[Condition], seed: int) -> Answers:
    """The regression on the pictures that it was not trained on, and the features that it saw."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(pictures.truth))
    place = np.empty(len(order), int)
    for index in range(len(pictures.labels)):
        mine = order[pictures.truth[order] == index]
        place[mine] = np.arange(len(mine))
    train, rest = np.flatnonzero(place < TRAINED_ON), np.flatnonzero(place >= TRAINED_ON)
    path = str(models / MOBILENET)
    seen = _mobilenet((pictures.pixels[train], path), CLEAN)
    predict = _regression(seen, pictures.truth[train], len(pictures.labels))
    features = dict(zip(wanted, over(_mobilenet, (pictures.pixels[rest], path), wanted), strict=True))
    scores = {condition: predict(rows) for condition, rows in features.items()}
    return Answers("regression on MobileNet features", pictures.truth[rest], scores, features, rest)


def metric_tables(pictures: Labelled, names: Sequence[str], wanted: Sequence[Condition]) -> dict[Condition, Array]:
    """(n, m) metrics of every picture, by condition."""
    return dict(zip(wanted, over(_measured, (pictures.pixels, tuple(names)), wanted), strict=True))


def _measured(shared: tuple[Array, tuple[str, ...]], condition: Condition) -> Array:
    pixels, names = shared
    return np.stack([values_of(one, names) for one in _changed(pixels, condition)]).astype(np.float32)


def _regression(rows: Array, truth: Array, classes: int) -> Callable[[Array], Array]:
    """Multinomial, with a ridge."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    scaled, wanted = (rows - mean) / spread, np.eye(classes)[truth]

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(-1, classes)
        logits = scaled @ weights[1:] + weights[0]
        logs = logits - logsumexp(logits, axis=1, keepdims=True)
        residual = (np.exp(logs) - wanted) / len(rows)
        slope = np.vstack([residual.sum(axis=0), scaled.T @ residual + _RIDGE * weights[1:]])
        return float(-(logs * wanted).sum() / len(rows) + _RIDGE / 2 * (weights[1:] ** 2).sum()), slope.ravel()

    start = np.zeros((rows.shape[1] + 1) * classes)
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x.reshape(-1, classes)

    def predict(unseen: Array) -> Array:
        logits = (unseen - mean) / spread @ weights[1:] + weights[0]
        return np.exp(logits - logsumexp(logits, axis=1, keepdims=True)).astype(np.float32)

    return predict


def _changed(pixels: Array, condition: Condition) -> Iterator[Array]:
    kind, severity = condition
    for one in pixels:
        yield one if condition == CLEAN else CORRUPTIONS[kind](one, severity)


def _resnet(shared: tuple[Array, str], condition: Condition) -> Array:
    pixels, path = shared
    model = _interpreter(path)
    entry, out = model.get_input_details()[0]["index"], model.get_output_details()[0]["index"]
    rows = np.stack(list(_changed(pixels, condition))).astype(np.float32)
    model.resize_tensor_input(entry, (100, *rows.shape[1:]))
    model.allocate_tensors()
    found = []
    for start in range(0, len(rows), 100):
        part = rows[start : start + 100]
        model.set_tensor(entry, np.concatenate([part, np.zeros((100 - len(part), *part.shape[1:]), np.float32)]))
        model.invoke()
        found.append(model.get_tensor(out)[: len(part)].copy())
    return np.concatenate(found)


def _mobilenet(shared: tuple[Array, str], condition: Condition) -> Array:
    pixels, path = shared
    model = _interpreter(path, every_tensor=True)
    model.allocate_tensors()
    entry = model.get_input_details()[0]
    pooled = next(one for one in model.get_tensor_details() if one["name"].endswith("AvgPool"))
    size = tuple(int(side) for side in entry["shape"][1:3])
    found = []
    for one in _changed(pixels, condition):
        model.set_tensor(entry["index"], cv2.resize(one, size[::-1], interpolation=cv2.INTER_LINEAR)[None])
        model.invoke()
        found.append(model.get_tensor(pooled["index"]).ravel() * np.float32(pooled["quantization"][0]))
    return np.stack(found)


def _interpreter(path: str, every_tensor: bool = False) -> Any:
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - optional: only this benchmark needs it

    with warnings.catch_warnings():
        # It warns of the memory that the tensors between take; these are small.
        warnings.simplefilter("ignore")
        return Interpreter(path, num_threads=1, experimental_preserve_all_tensors=every_tensor)
