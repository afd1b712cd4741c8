"""From upright RGB pixels to the tensor that a model wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.models.formats.base import Quantisation, Tensor
from lookoutcv.models.input.framing import Framing, Pixels, framed


class Preprocessor:
    """Images to tensors, after a card.

    A resized pixel has 256 values, so everything that follows (scale, mean, std, quantisation, dtype) is one table
    of 256 entries a channel.

    Args:
        card_input: Complete: size, layout, colour, dtype, scale, mean and std are known.
        quantisation: Of the input, where it is whole numbers.
    Example:
        >>> card_input = Input((2, 2), "NCHW", "RGB", "float32", 1 / 255, 0.0, 1.0)
        >>> batch, _ = Preprocessor(card_input)([np.full((4, 4, 3), 255, np.uint8)])
        >>> batch.shape, float(batch.max())
        ((1, 3, 2, 2), 1.0)
    """

    def __init__(self, card_input: Input, quantisation: Quantisation | None = None) -> None:
        self._how = card_input
        self._table = table(card_input, quantisation)
        self.dtype = self._table.dtype
        channels = self._table.shape[1]
        half = self.dtype == np.float16
        self._lookup = (self._table.view(np.int16) if half else self._table).reshape(256, 1, channels)
        # Raw pixels into uint8: nothing to look up.
        self._plain = bool(self.dtype == np.uint8 and (self._table == np.arange(256)[:, None]).all())
        self._channels = [np.ascontiguousarray(self._lookup[:, 0, channel]) for channel in range(channels)]
        # Then an image can be resized to where it is wanted.
        self._whole = self._plain and card_input.layout == "NHWC" and card_input.colour == "RGB"
        assert card_input.size is not None  # completed before
        # Fresh memory for each image costs more than what is written there.
        self._canvas = np.empty((*card_input.size, 3), np.uint8)
        self._planes = [np.empty(card_input.size, np.uint8) for _ in range(channels)]
        self.shape = (channels, *card_input.size) if card_input.layout == "NCHW" else (*card_input.size, channels)

    def __call__(self, images: Sequence[Pixels], into: Tensor | None = None) -> tuple[Tensor, list[Framing]]:
        """A batch and how each image lies in it.

        Args:
            images: (H, W, 3) uint8 RGB, of any sizes.
            into: What `empty` gave, to be filled again: fresh memory for each batch costs as much as filling it.
        Raises:
            ShapeMismatch: One is no image.
        """
        batch = (self.empty(len(images)) if into is None else into)[: len(images)]
        framings = []
        for tensor, pixels in zip(batch, images, strict=True):
            resized, framing = framed(pixels, self._how, tensor if self._whole else self._canvas)
            framings.append(framing)
            if resized is not tensor:
                self._fill(tensor, resized)
        return batch, framings

    def filled(self, seen: Sequence[Pixels]) -> Tensor:
        """A batch of images that `framed` brought to the model's size already.

        Args:
            seen: (height, width, 3) uint8 RGB each.
        """
        batch = self.empty(len(seen))
        for tensor, pixels in zip(batch, seen, strict=True):
            self._fill(tensor, pixels)
        return batch

    def empty(self, count: int) -> Tensor:
        """Room for a batch."""
        return np.empty((count, *self.shape), dtype=self._table.dtype)

    def _fill(self, tensor: Tensor, resized: Pixels) -> None:
        if self._how.layout == "NCHW":
            self._fill_planes(tensor, resized)
            return
        if self._how.colour == "GREY":
            ordered: Any = cv2.cvtColor(resized, cv2.COLOR_RGB2GRAY)[..., None]
        else:
            ordered = cv2.cvtColor(resized, cv2.COLOR_RGB2BGR) if self._how.colour == "BGR" else resized
        if self._plain:
            tensor[...] = ordered
        else:
            # OpenCV's table look-up: a quarter of the time of numpy's. It knows no float16, and needs not to.
            cv2.LUT(ordered, self._lookup, tensor.view(np.int16) if tensor.dtype == np.float16 else tensor)

    def _fill_planes(self, tensor: Tensor, resized: Pixels) -> None:
        if self._how.colour == "GREY":
            planes: Sequence[Any] = [cv2.cvtColor(resized, cv2.COLOR_RGB2GRAY, self._planes[0])]
        else:
            planes = cv2.split(resized, self._planes)
        target = tensor.view(np.int16) if tensor.dtype == np.float16 else tensor
        for channel, plane in enumerate(planes[::-1] if self._how.colour == "BGR" else planes):
            if self._plain:
                target[channel] = plane
            else:
                cv2.LUT(plane, self._channels[channel], target[channel])


def table(card_input: Input, quantisation: Quantisation | None) -> Tensor:
    """What each grey level becomes: (256, C) of the input's dtype, in the order of the input's channels."""
    channels = 1 if card_input.colour == "GREY" else 3
    scale = 1.0 if card_input.scale is None else card_input.scale
    mean = np.broadcast_to(
        np.asarray(0.0 if card_input.mean is None else card_input.mean, dtype=np.float64), (channels,)
    )
    std = np.broadcast_to(np.asarray(1.0 if card_input.std is None else card_input.std, dtype=np.float64), (channels,))
    real = (np.arange(256, dtype=np.float64)[:, None] * scale - mean) / std
    dtype = np.dtype(card_input.dtype)
    if quantisation is not None:
        real = real / quantisation.scale + quantisation.zero_point
    if np.issubdtype(dtype, np.integer):
        bounds = np.iinfo(str(dtype))
        real = np.clip(np.rint(real), bounds.min, bounds.max)
    return np.ascontiguousarray(real.astype(dtype))
