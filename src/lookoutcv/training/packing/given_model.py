"""A model that exists already, brought into a package: its file copied, or a network of timm exported."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import card_settings, option
from lookoutcv.errors import ConfigError, TrainingError, UnknownModelFormat
from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.inference.labelled_images import LabelledImages, targets_of
from lookoutcv.models import Card, CardLike, package_at
from lookoutcv.models.cards.onnx_weights import weight_files
from lookoutcv.models.model_file import format_of
from lookoutcv.models.packages.manifest import Agreement, Backbone, is_plain_name
from lookoutcv.models.python_function import named_function
from lookoutcv.results.training_run import WeightsOrigin
from lookoutcv.sources.file_names import natural_key
from lookoutcv.training.packing.onnx_export import MOST_COMPARED, ONNX, export_onnx
from lookoutcv.training.packing.package_builder import PackageBuilder
from lookoutcv.training.packing.timm_network import PREFIX, taught_network


@dataclass(frozen=True)
class GivenModel:
    """A model, and what is said of it.

    Args:
        model: Its file, or "timm:NAME".
        weights: Of a network of timm.
        card: As for `open_model`.
        data: Images; None where there are none.
        limits: Of these.
    """

    model: str
    weights: str | os.PathLike[str] | None = None
    card: CardLike = None
    data: Any = None
    limits: Limits = DEFAULT_LIMITS

    @property
    def of_timm(self) -> bool:
        """Whether it is a network of timm."""
        return self.model.startswith(PREFIX)

    @property
    def stem(self) -> str:
        """What it is called where nobody says."""
        return self.model.removeprefix(PREFIX) if self.of_timm else Path(self.model).stem


@dataclass(frozen=True)
class PackedModel:
    """The model as it lies in the package that is being made.

    Args:
        file: Its name there.
        card: As its user has it.
        weights, backbone, agreement: As of `Manifest`.
    """

    file: str
    card: Card
    weights: WeightsOrigin | None = None
    backbone: Backbone | None = None
    agreement: Agreement | None = None


def put_model(builder: PackageBuilder, given: GivenModel) -> PackedModel:
    """Bring a model into a package.

    Raises:
        ModelError: It cannot be used, or is a program of the user's.
        TrainingError: A network of timm has no weights, or gives other answers as ONNX.
        ConfigError: It is a package already, or weights are given that nothing reads.
    """
    if given.of_timm:
        return _exported(builder, given)
    if given.weights is not None:
        raise ConfigError(
            f"{given.model} is a file with its weights, and {option('weights')} are those of a network of timm",
            f"Leave {option('weights')} out, or give {PREFIX}NAME as the model.",
            key="weights",
        )
    return _copied(builder, given.model, given.card)


def _copied(builder: PackageBuilder, model: str, card: CardLike) -> PackedModel:
    """The model's file, and what belongs to it, under names of the package's own."""
    path = Path(model)
    if named_function(model) is not None:
        raise UnknownModelFormat(
            f"{model} is a program, and a package holds none",
            "Export what it runs as ONNX; or keep it, and make a baseline with `lookout baseline SOURCE --model`.",
            model=model,
        )
    if package_at(path) is not None:
        raise ConfigError(f"{model} is a package already", "Give the model's own file.", key="model")
    format = format_of(path)
    beside = list(format.examine(path))  # refuses files that are not its own
    suffix = path.suffix.lower() if path.suffix.lower() in format.suffixes else format.suffixes[0]
    folder = "model/" if beside else ""
    for name in weight_files(path) if beside else ():
        if not is_plain_name(folder + name):
            raise UnknownModelFormat(
                f"{model} keeps weights in a file whose name does not mean the same everywhere: {name!r}",
                "Put them into the file itself: onnx.save(onnx.load(FILE), NEW).",
                model=model,
            )
        shutil.copyfile(path.parent / name, builder.path(folder + name))
    shutil.copyfile(path, builder.path(f"{folder}model{suffix}"))
    return PackedModel(f"{folder}model{suffix}", Card.of(card, path))


def _exported(builder: PackageBuilder, given: GivenModel) -> PackedModel:
    """A network of timm as ONNX."""
    network, classes = taught_network(given.stem, given.weights)
    labels = Card.of(given.card).names or _labels_of(given.data, classes)
    if len(labels) != classes:
        raise TrainingError(
            f"{given.stem} tells {classes:,} classes apart, and {len(labels):,} names of classes are known",
            f"Name them in the order of its scores: {card_settings({'labels': 'names.txt'})}.",
            key="labels",
        )
    card = Card("classification", tuple(labels), 0, network.input, {"name": "logits"})
    metadata = {"names": repr(dict(enumerate(labels)))}
    agreement = export_onnx(network.module, card, builder.path(ONNX), _pixels(given, card), metadata)
    return PackedModel(ONNX, card, network.weights, Backbone("timm", given.stem, network.parameters), agreement)


def _labels_of(data: Any, classes: int) -> tuple[str, ...]:
    """The labels of the images, where they are as many as the classes: in their order, as most loaders have them."""
    labels = () if data is None else tuple(sorted(LabelledImages(targets_of(data)).labels, key=natural_key))
    return labels if len(labels) == classes else ()


def _pixels(given: GivenModel, card: Card) -> list[Any]:
    """A few of the images; noise where there are none."""
    if given.data is None:
        assert card.input.size is not None  # complete
        return [np.random.default_rng(0).integers(0, 256, (*card.input.size, 3), dtype=np.uint8)]
    images = LabelledImages(targets_of(given.data), most=MOST_COMPARED, limits=given.limits, in_result=True)
    return [one.pixels for batch in images.batches(MOST_COMPARED) for one in batch]
