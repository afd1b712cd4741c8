"""Open a model: a file, a function in a file, or a function."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import LookoutError, WrongCard
from lookoutcv.models.cards.card import Card
from lookoutcv.models.formats.base import RuntimeOptions
from lookoutcv.models.image_function import ImageFunction
from lookoutcv.models.model_file import check_device, digest_of, format_of
from lookoutcv.models.networks.network_runtime import NetworkRuntime, is_network
from lookoutcv.models.networks.own_input import own_input
from lookoutcv.models.networks.packed_network import has_network, packed_network
from lookoutcv.models.packages.package import Package, package_at
from lookoutcv.models.predictor import Predictor
from lookoutcv.models.python_function import FunctionRuntime, named_function
from lookoutcv.models.runtimes.confined_runtime import ConfinedRuntime
from lookoutcv.models.tensor_model import TensorModel
from lookoutcv.processes.machine import cpu_count

_log = logging.getLogger(__name__)

CardLike = Card | Mapping[str, Any] | str | os.PathLike[str] | None


@only_known_keywords(labels="They stand in the card: `card={'labels': [...]}`.")
def open_model(
    model: str | os.PathLike[str] | Callable[..., Any],
    card: CardLike = None,
    *,
    device: str = "cpu",
    threads: int | None = None,
    trust: bool = False,
) -> Predictor:
    """Open a model.

    Args:
        model: An ONNX, TFLite or TorchScript file; a package, as a folder or a ZIP; "file.py:function"; a function; or
            a network of torch (`torch.nn.Module`), whose card says its input where timm does not. A function gets one
            image (H, W, 3) uint8 RGB and returns a `Prediction`, or scores that the card's head reads. With `input` in
            the card it gets tensor batches instead, and returns one output or a list of them.
        card: A `Card`, a mapping, or a YAML or JSON file; None takes MODEL.card.yaml beside the model, if any, and of a
            package its own. What it leaves out is read from the file or guessed; `notes` says what was.
        device: "cpu", "cuda" or "cuda:1".
        threads: How many threads an inference may use; None for one a core.
        trust: Run the file's runtime in this process. Else it has one of its own, which can read no file but the model,
            write none, and reach no network, within bounds of time and memory: a model's file is a program. A function
            always runs in this process.
    Returns:
        What predicts: `predict(images)`, with `card`, `task`, `labels`, `sha256` and `notes`.
    Raises:
        ModelNotFound, UnknownModelFormat, BrokenModel, UntrustedModel: The file cannot be used.
        FileFormatError: A package is damaged, incomplete, or of a newer version.
        WrongCard: The card or its labels do not fit the model.
        ConfigError: The card holds a wrong key or value, or there is no such device.
        MissingExtra: The runtime is not installed.
        InferenceFailed: It fails on a picture of noise.
    Example:
        >>> import numpy as np
        >>> def dark(pixels):
        ...     return [pixels.mean() / 255, 1 - pixels.mean() / 255]
        >>> found = open_model(dark, {"labels": ["day", "night"], "head": "softmax"})
        >>> found.predict([np.zeros((8, 8, 3), np.uint8)])[0].label
        'night'
    """
    check_device(device)
    if isinstance(model, str | os.PathLike):
        named = named_function(os.fspath(model))
        if named is None:
            return _from_file(Path(model), card, device, threads or cpu_count(), trust=trust)
        path, function = named
        return _from_function(function, Card.of(card, path), os.fspath(model), digest_of(path))
    if is_network(model):
        return _from_network(model, Card.of(card), device)
    return _from_function(model, Card.of(card), getattr(model, "__name__", type(model).__name__), None)


def _from_file(path: Path, card: CardLike, device: str, threads: int, *, trust: bool) -> Predictor:
    if (package := package_at(path)) is not None:
        return _from_package(package, card, device, threads, trust=trust)
    format = format_of(path)
    user_card = Card.of(card, path)
    options = RuntimeOptions(device, user_card.engine, threads)
    runtime = format.open(path, options) if trust else ConfinedRuntime(path, format, options)
    return TensorModel(str(path), runtime, user_card, digest_of(path))


def _from_package(package: Package, card: CardLike, device: str, threads: int, *, trust: bool) -> Predictor:
    user_card = package.card if card is None else Card.of(card)
    path = package.model_file
    called = f"{package.path}: {package.manifest.model}"
    options = RuntimeOptions(device, user_card.engine, threads)
    try:
        format = format_of(path)
        runtime = format.open(path, options) if trust else ConfinedRuntime(path, format, options, called, package)
    except LookoutError as error:
        raise error.with_name(called, instead_of=str(path)) from error.__cause__
    if package.foreign_note:
        _log.warning("%s", package.foreign_note)
    find_network = (lambda: packed_network(package).to(device)) if has_network(package) else None
    return TensorModel(package.name, runtime, user_card, package.sha256, find_network)


def _from_network(module: Any, user_card: Card, device: str) -> Predictor:
    name = type(module).__name__
    said = getattr(module, "pretrained_cfg", None)
    if user_card.input.size is None and isinstance(said, Mapping) and said.get("input_size"):
        user_card = replace(user_card, input=own_input(name, said))
    if user_card.input.size is None:
        raise WrongCard(
            f"nobody says how {name} wants its images",
            "Give a card: card={'labels': [...], 'input': {'size': [224, 224], 'scale': 1/255, 'mean': [...], "
            "'std': [...]}}.",
            model=name,
            key="input.size",
        )
    given = replace(user_card.input, layout=user_card.input.layout or "NCHW")
    placed = module.to(device) if device != "cpu" else module
    return TensorModel(name, NetworkRuntime(placed), replace(user_card, input=given), None, lambda: placed)


def _from_function(function: Callable[..., Any], user_card: Card, name: str, sha256: str | None) -> Predictor:
    if user_card.input.size is None:
        return ImageFunction(name, function, user_card, sha256)
    return TensorModel(name, FunctionRuntime(function), user_card, sha256)
