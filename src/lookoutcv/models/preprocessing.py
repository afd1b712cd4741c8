"""From upright RGB pixels to the tensor that a model wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.models.card import Input
from lookoutcv.models.formats.base import Quantisation, Tensor

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
FloatArray = np.ndarray[Any, np.dtype[np.float32]]

_INTERPOLATION = {
    "bilinear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "nearest": cv2.INTER_NEAREST,
    "bicubic": cv2.INTER_CUBIC,
}


@dataclass(frozen=True)
class Framing:
    """How an image lies in the model's input: a pixel (x, y) of the image is at (x * sx + left, y * sy + top).

    Args:
        image: Height and width of the image.
        size: Height and width of the input.
        sx, sy: Factors.
        left, top: Where the image's corner is; negative where it was cut off.
    """

    image: tuple[int, int]
    size: tuple[int, int]
    sx: float
    sy: float
    left: float
    top: float

    def boxes_in_image(self, boxes: Any) -> FloatArray:
        """Boxes in pixels of the input, as boxes in pixels of the image, cut at its edges.

        Args:
            boxes: (n, 4) x1, y1, x2, y2.
        Example:
            >>> Framing((200, 100), (50, 50), 0.25, 0.25, 12.5, 0).boxes_in_image([[12.5, 0, 37.5, 50]]).tolist()
            [[0.0, 0.0, 100.0, 200.0]]
        """
        corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        moved = (corners - (self.left, self.top, self.left, self.top)) / (self.sx, self.sy, self.sx, self.sy)
        height, width = self.image
        return np.clip(moved, 0, (width, height, width, height)).astype(np.float32)

    def crop(self, plane: Any) -> Any:
        """The part of a (h, w) map over the input, of any resolution, that shows the image."""
        rows, columns = plane.shape[0] / self.size[0], plane.shape[1] / self.size[1]
        top, left = max(self.top, 0), max(self.left, 0)
        bottom = min(self.top + self.image[0] * self.sy, self.size[0])
        right = min(self.left + self.image[1] * self.sx, self.size[1])
        y1, x1 = round(top * rows), round(left * columns)
        return plane[y1 : max(round(bottom * rows), y1 + 1), x1 : max(round(right * columns), x1 + 1)]


def framed(pixels: Pixels, how: Input) -> tuple[Pixels, Framing]:
    """An image brought to the size of a model's input.

    Args:
        pixels: (H, W, 3) uint8.
        how: `size` must be known.
    Returns:
        The resized image, and how the image lies in it.
    Raises:
        ShapeMismatch: Not an image.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ShapeMismatch(
            f"an array of shape {pixels.shape} and {pixels.dtype} is no image",
            "Give upright RGB pixels, (H, W, 3) uint8.",
            shape=pixels.shape,
            dtype=str(pixels.dtype),
        )
    assert how.size is not None  # completed before
    image, size = (int(pixels.shape[0]), int(pixels.shape[1])), how.size
    if how.resize == "stretch":
        return _resized(pixels, size, how), Framing(image, size, size[1] / image[1], size[0] / image[0], 0, 0)
    if how.resize == "letterbox":
        return _letterboxed(pixels, image, size, how)
    return _centre_cropped(pixels, image, size, how)


def _letterboxed(pixels: Pixels, image: tuple[int, int], size: tuple[int, int], how: Input) -> tuple[Pixels, Framing]:
    factor = min(size[0] / image[0], size[1] / image[1])
    inner = (max(1, int(image[0] * factor)), max(1, int(image[1] * factor)))
    spare = (size[0] - inner[0], size[1] - inner[1])
    top, left = (0, 0) if how.place == "top_left" else (spare[0] // 2, spare[1] // 2)
    canvas = np.full((*size, 3), how.fill, dtype=np.uint8)
    canvas[top : top + inner[0], left : left + inner[1]] = _resized(pixels, inner, how)
    return canvas, Framing(image, size, inner[1] / image[1], inner[0] / image[0], left, top)


def _centre_cropped(
    pixels: Pixels, image: tuple[int, int], size: tuple[int, int], how: Input
) -> tuple[Pixels, Framing]:
    # Cut first, then resize: pixels that nobody sees need no resizing.
    factor = max(size[0] / image[0], size[1] / image[1]) / how.crop
    kept = (min(image[0], size[0] / factor), min(image[1], size[1] / factor))
    top, left = round((image[0] - kept[0]) / 2), round((image[1] - kept[1]) / 2)
    height, width = max(1, round(kept[0])), max(1, round(kept[1]))
    cut = pixels[top : top + height, left : left + width]
    sy, sx = size[0] / cut.shape[0], size[1] / cut.shape[1]
    return _resized(cut, size, how), Framing(image, size, sx, sy, -left * sx, -top * sy)


def _resized(pixels: Pixels, size: tuple[int, int], how: Input) -> Pixels:
    if pixels.shape[:2] == size:
        return pixels
    found = cv2.resize(pixels, (size[1], size[0]), interpolation=_INTERPOLATION[how.interpolation])
    return np.asarray(found, dtype=np.uint8)


class Preprocessor:
    """Images to tensors, after a card.

    A resized pixel has 256 values, so everything that follows (scale, mean, std, quantisation, dtype) is one table
    of 256 entries a channel.

    Args:
        how: Complete: size, layout, colour, dtype, scale, mean and std are known.
        quantisation: Of the input, where it is whole numbers.
    Example:
        >>> how = Input((2, 2), "NCHW", "RGB", "float32", 1 / 255, 0.0, 1.0)
        >>> batch, _ = Preprocessor(how)([np.full((4, 4, 3), 255, np.uint8)])
        >>> batch.shape, float(batch.max())
        ((1, 3, 2, 2), 1.0)
    """

    def __init__(self, how: Input, quantisation: Quantisation | None = None) -> None:
        self._how = how
        self._table = table(how, quantisation)
        self.dtype = self._table.dtype
        channels = self._table.shape[1]
        half = self.dtype == np.float16
        self._lookup = (self._table.view(np.int16) if half else self._table).reshape(256, 1, channels)
        # Raw pixels into uint8: nothing to look up.
        self._plain = bool(self.dtype == np.uint8 and (self._table == np.arange(256)[:, None]).all())
        assert how.size is not None  # completed before
        self._shape = (channels, *how.size) if how.layout == "NCHW" else (*how.size, channels)

    def __call__(self, images: Sequence[Pixels]) -> tuple[Tensor, list[Framing]]:
        """A batch and how each image lies in it.

        Args:
            images: (H, W, 3) uint8 RGB, of any sizes.
        Raises:
            ShapeMismatch: One is no image.
        """
        batch = np.empty((len(images), *self._shape), dtype=self._table.dtype)
        framings = []
        for place, pixels in zip(batch, images, strict=True):
            resized, framing = framed(pixels, self._how)
            framings.append(framing)
            self._fill(place, resized)
        return batch, framings

    def _fill(self, place: Tensor, resized: Pixels) -> None:
        if self._how.colour == "GREY":
            ordered: Any = cv2.cvtColor(resized, cv2.COLOR_RGB2GRAY)[..., None]
        else:
            ordered = cv2.cvtColor(resized, cv2.COLOR_RGB2BGR) if self._how.colour == "BGR" else resized
        if self._plain:
            place[...] = ordered.transpose(2, 0, 1) if self._how.layout == "NCHW" else ordered
            return
        # OpenCV's table look-up: a quarter of the time of numpy's. It knows no float16, and needs not to.
        target = place.view(np.int16) if place.dtype == np.float16 else place
        if self._how.layout == "NHWC":
            cv2.LUT(ordered, self._lookup, target)
            return
        for channel, plane in enumerate(cv2.split(ordered)):
            cv2.LUT(plane, np.ascontiguousarray(self._lookup[:, 0, channel]), target[channel])


def table(how: Input, quantisation: Quantisation | None) -> Tensor:
    """What each grey level becomes: (256, C) of the input's dtype, in the order of the input's channels."""
    channels = 1 if how.colour == "GREY" else 3
    scale = 1.0 if how.scale is None else how.scale
    mean = np.broadcast_to(np.asarray(0.0 if how.mean is None else how.mean, dtype=np.float64), (channels,))
    std = np.broadcast_to(np.asarray(1.0 if how.std is None else how.std, dtype=np.float64), (channels,))
    real = (np.arange(256, dtype=np.float64)[:, None] * scale - mean) / std
    dtype = np.dtype(how.dtype)
    if quantisation is not None:
        real = real / quantisation.scale + quantisation.zero_point
    if np.issubdtype(dtype, np.integer):
        bounds = np.iinfo(str(dtype))
        real = np.clip(np.rint(real), bounds.min, bounds.max)
    return np.ascontiguousarray(real.astype(dtype))
