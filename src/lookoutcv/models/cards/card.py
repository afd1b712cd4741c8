"""The card of a model: what it is for, how it wants its images, and what its outputs mean."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError
from lookoutcv.models.cards.label_file import read_labels
from lookoutcv.predictions import Task
from lookoutcv.settings.typed_values import typed
from lookoutcv.settings.yaml_file import read_mapping

Layout = Literal["NCHW", "NHWC"]
Colour = Literal["RGB", "BGR", "GREY"]
Resize = Literal["stretch", "letterbox", "centre_crop"]
Place = Literal["top_left", "centre"]
Interpolation = Literal["bilinear", "area", "nearest", "bicubic"]
Dtype = Literal["float32", "float16", "float64", "uint8", "int8"]

CARD_SUFFIXES = (".card.yaml", ".card.yml", ".card.json")


@dataclass(frozen=True)
class Input:
    """How a model wants its images. A value of None is read from the model's file.

    A pixel of 0 to 255 becomes (pixel * scale - mean) / std, then a whole number where the input is quantised.

    Args:
        size: Height and width in pixels.
        layout: NCHW or NHWC.
        colour: RGB, BGR or GREY.
        dtype: Of the tensor.
        scale: Factor of the pixels: 0.00392156862745098 (1/255) for a model that wants 0 to 1.
        mean: Taken off after the factor; one number, or one a channel in the order of `colour`.
        std: Divides then; likewise.
        resize: `stretch` to the size, which is assumed where the file does not say; `letterbox` keeps the shape and
            fills the rest; `centre_crop` cuts the rest off.
        place: Where a letterbox puts the image: `centre`, its sides rounded to the nearest as Ultralytics does, or
            `top_left`, rounded down as YOLOX does.
        fill: The grey level, 0 to 255, that fills a letterbox.
        crop: Share of the shorter side that `centre_crop` keeps: 0.875 for ImageNet's 224 of 256.
        interpolation: `bilinear` (of 4 neighbours, as TensorFlow and OpenCV do), `area`, `nearest` or `bicubic`.
    Raises:
        ConfigError: A size, a factor or a share out of range.
    """

    size: tuple[int, int] | None = None
    layout: Layout | None = None
    colour: Colour | None = None
    dtype: Dtype | None = None
    scale: float | None = None
    mean: float | tuple[float, ...] | None = None
    std: float | tuple[float, ...] | None = None
    resize: Resize | None = None
    place: Place = "centre"
    fill: int = 114
    crop: float = 1.0
    interpolation: Interpolation = "bilinear"

    def __post_init__(self) -> None:
        stds = self.std if isinstance(self.std, tuple) else (self.std,)
        wrong = {
            "size": self.size is not None and not all(1 <= side <= 16384 for side in self.size),
            "scale": self.scale == 0,
            "std": any(std == 0 for std in stds),
            "fill": not 0 <= self.fill <= 255,
            "crop": not 0 < self.crop <= 1,
            "mean": isinstance(self.mean, tuple) and len(self.mean) not in (1, 3),
        }
        for key, bad in wrong.items():
            if bad:
                raise ConfigError(
                    f"input.{key} is {getattr(self, key)!r}", "Give a value in its range.", key=f"input.{key}"
                )


@only_known_keywords()
@dataclass(frozen=True)
class Card:
    """What a model is: its task, labels, input and outputs. What is left out is read from its file, or guessed.

    Args:
        task: classification, detection, segmentation or embedding.
        labels: The names of the classes, or the path of a file with one a line, beside the card.
        label_offset: Which label is the first score's; 1 where the labels begin with a background that the model does
            not have.
        input: How it wants its images.
        head: What its outputs mean: a head's name, or a mapping with `name` and the head's own settings.
        engine: PyTorch's engine for quantised operators: qnnpack, x86, fbgemm, onednn.
    Example:
        >>> Card.of({"task": "classification", "input": {"size": [32, 32]}}).input.size
        (32, 32)
    """

    task: Task | None = None
    labels: tuple[str, ...] | str | None = None
    label_offset: int = 0
    input: Input = field(default_factory=Input)
    head: str | Mapping[str, Any] | None = None
    engine: str | None = None

    @classmethod
    def of(cls, card: Card | Mapping[str, Any] | str | os.PathLike[str] | None, beside: Path | None = None) -> Card:
        """A card from a mapping, a YAML or JSON file, or the file beside a model.

        Args:
            card: As such; None looks for MODEL.card.yaml or .card.json beside the model, and else is an empty card.
            beside: The model's file.
        Raises:
            ConfigError: It cannot be read, or holds a wrong key or value.
        """
        if isinstance(card, Card):
            return card
        if isinstance(card, Mapping):
            return typed(card, cls, "the card")
        path = card_beside(beside) if card is None else Path(card)
        if path is None:
            return cls()
        parsed = typed(read_mapping(path), cls, str(path))
        if isinstance(parsed.labels, str):
            return replace(parsed, labels=str(path.parent / parsed.labels))
        return parsed

    @property
    def names(self) -> tuple[str, ...] | None:
        """The labels themselves, those before the offset left out; None where the card has none.

        Raises:
            ConfigError: Their file cannot be read.
        """
        if self.labels is None:
            return None
        return (read_labels(self.labels) if isinstance(self.labels, str) else self.labels)[self.label_offset :]

    @property
    def head_name(self) -> str | None:
        """The name of the head; None where it is to be guessed.

        Raises:
            ConfigError: The head's settings have no name.
        """
        if self.head is None or isinstance(self.head, str):
            return self.head
        name = self.head.get("name")
        if not isinstance(name, str):
            raise ConfigError("the card's head has no name", "Write `name: ...` in it.", key="head.name")
        return name

    @property
    def head_settings(self) -> dict[str, Any]:
        """The settings of the head, without its name."""
        return (
            {}
            if self.head is None or isinstance(self.head, str)
            else {k: v for k, v in self.head.items() if k != "name"}
        )


def card_path(model: Path) -> Path:
    """Where the card of a model is written: model.tflite has model.card.yaml.

    Example:
        >>> card_path(Path("a/net.onnx")).name
        'net.card.yaml'
    """
    return model.parent / (model.stem + CARD_SUFFIXES[0])


def card_beside(model: Path | None) -> Path | None:
    """The card that lies beside a model's file: MODEL.card.yaml or the like; None where there is none."""
    if model is None:
        return None
    paths = (model.parent / (stem + suffix) for stem in (model.stem, model.name) for suffix in CARD_SUFFIXES)
    return next((path for path in paths if path.is_file()), None)
