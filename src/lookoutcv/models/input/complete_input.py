"""What a card leaves open, filled in from the model's file; what had to be assumed is noted."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from lookoutcv.calls.option_names import card_settings
from lookoutcv.errors import WrongCard
from lookoutcv.models.cards.card import Dtype, Input, Layout
from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import TensorInfo

_CHANNELS = (1, 3)
_SILENT = FileFacts()


def complete_input(
    card_input: Input, info: TensorInfo | None, model: str, facts: FileFacts = _SILENT
) -> tuple[Input, list[str]]:
    """An input with everything known, and sentences on what was assumed.

    Args:
        card_input: Of the card.
        info: Of the file; None where it does not say.
        model: What messages call the model.
        facts: What its exporter wrote into the file.
    Raises:
        WrongCard: Card and file contradict each other, or neither says the size.
    Example:
        >>> info = TensorInfo("x", (1, 3, 8, 8), "float16")
        >>> complete_input(Input(colour="RGB", scale=1), info, "net")[0].layout
        'NCHW'
    """
    notes: list[str] = []
    shape = (None, None, None, None) if info is None else info.shape
    if len(shape) != 4:
        raise WrongCard(
            f"{model}: its input of shape {shape_text(shape)} is not a batch of images",
            "Export it with one image input of four sides.",
            model=model,
            key="input",
        )
    layout = _layout(card_input, shape, model, notes)
    channels, height, width = (shape[1], shape[2], shape[3]) if layout == "NCHW" else (shape[3], shape[1], shape[2])
    colour = card_input.colour or (None if info is None else info.colour)
    if colour is None:
        colour = "GREY" if channels == 1 else "RGB"
        if colour == "RGB" and facts.resize is None:
            notes.append("input.colour RGB is assumed; some models want BGR.")
    if channels is not None and channels != (1 if colour == "GREY" else 3):
        if card_input.colour is None:
            raise WrongCard(
                f"{model}: its input has {channels} channels, and an image has 1 (grey) or 3 (RGB, BGR)",
                "Export it with one image as its input, or wrap it in a function of your own: file.py:function.",
                model=model,
                key="input",
            )
        raise _contradiction(model, "colour", colour, f"{channels} channels")
    complete = replace(
        card_input,
        layout=layout,
        colour=colour,
        size=_size(card_input, (height, width), model),
        dtype=_dtype(card_input, info, model),
        resize=card_input.resize or facts.resize or "stretch",
    )
    return _normalised(complete, info, facts, notes), notes


def shape_text(shape: tuple[int | None, ...]) -> str:
    """A shape for people: a free side is a question mark.

    Example:
        >>> shape_text((None, 3))
        '? x 3'
    """
    return " x ".join("?" if side is None else str(side) for side in shape) or "()"


def _layout(card_input: Input, shape: tuple[int | None, ...], model: str, notes: list[str]) -> Layout:
    places: dict[Layout, int | None] = {"NCHW": shape[1], "NHWC": shape[3]}
    if card_input.layout is not None:
        if places[card_input.layout] not in (*_CHANNELS, None):
            raise _contradiction(model, "layout", card_input.layout, f"the shape {shape_text(shape)}")
        return card_input.layout
    possible = [layout for layout, channels in places.items() if channels in _CHANNELS]
    if len(possible) == 1:
        return possible[0]
    notes.append(f"input.layout NCHW is assumed: the shape {shape_text(shape)} does not tell.")
    return "NCHW"


def _size(card_input: Input, file_size: tuple[int | None, int | None], model: str) -> tuple[int, int]:
    if card_input.size is None:
        if file_size[0] is None or file_size[1] is None:
            raise WrongCard(
                f"{model}: neither its file nor its card says how large its input is",
                "Write it in the card, such as `input: {size: [224, 224]}`, or add "
                f"{card_settings({'input.size': [224, 224]})}.",
                model=model,
                key="input.size",
            )
        return file_size[0], file_size[1]
    if any(side not in (None, wanted) for side, wanted in zip(file_size, card_input.size, strict=True)):
        raise _contradiction(model, "size", list(card_input.size), shape_text(file_size))
    return card_input.size


def _dtype(card_input: Input, info: TensorInfo | None, model: str) -> Dtype:
    if info is None:
        return card_input.dtype or "float32"
    if info.dtype not in get_args(Dtype):
        raise WrongCard(
            f"{model}: its input is {info.dtype}, which no image is",
            f"Export it with an input of one of {', '.join(get_args(Dtype))}.",
            model=model,
            key="input.dtype",
        )
    if card_input.dtype is not None and card_input.dtype != info.dtype:
        raise _contradiction(model, "dtype", card_input.dtype, info.dtype)
    dtype: Dtype = info.dtype  # type: ignore[assignment]  # it is one of them
    return dtype


def _lowest(dtype: Dtype | None) -> int:
    return int(np.iinfo(np.dtype(str(dtype))).min)


def _normalised(card_input: Input, info: TensorInfo | None, facts: FileFacts, notes: list[str]) -> Input:
    quantisation = None if info is None else info.quantisation
    mean, std = 0.0 if card_input.mean is None else card_input.mean, 1.0 if card_input.std is None else card_input.std
    if card_input.scale is not None:
        return replace(card_input, mean=mean, std=std)
    if card_input.mean is not None or card_input.std is not None:
        # Means of grey levels and of shares differ by two orders of magnitude.
        grey_levels = float(np.max(np.abs(mean))) > 2 or float(np.max(std)) > 2
        notes.append(f"input.scale {'1' if grey_levels else '1/255'} is assumed, from the size of mean and std.")
        return replace(card_input, scale=1.0 if grey_levels else 1 / 255, mean=mean, std=std)
    if quantisation is not None:
        # The 256 grey levels onto the 256 numbers of the input, whatever real range they stand for.
        lowest = _lowest(card_input.dtype)
        return replace(
            card_input, scale=quantisation.scale, mean=(quantisation.zero_point - lowest) * quantisation.scale, std=std
        )
    if np.issubdtype(np.dtype(card_input.dtype), np.integer):
        lowest = _lowest(card_input.dtype)
        return replace(card_input, scale=1.0, mean=float(-lowest), std=std)
    if info is not None and info.mean is not None and info.std is not None:
        return replace(card_input, scale=1.0, mean=_plain(info.mean), std=_plain(info.std))
    if facts.resize is None:
        notes.append(
            "input.scale 1/255 is assumed (pixels of 0 to 1); labelled images tell: lookout card MODEL --try IMAGES."
        )
    return replace(card_input, scale=1 / 255, mean=mean, std=std)


def _plain(values: tuple[float, ...]) -> float | tuple[float, ...]:
    return values[0] if len(set(values)) == 1 else values


def _contradiction(
    model: str, key: Literal["size", "layout", "colour", "dtype"], card_input: object, file_value: str
) -> WrongCard:
    return WrongCard(
        f"{model}: the card's input.{key} is {card_input}, and its file has {file_value}",
        f"Leave input.{key} out of the card, or correct it.",
        model=model,
        key=f"input.{key}",
    )
