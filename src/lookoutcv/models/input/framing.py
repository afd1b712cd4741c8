"""How an image lies in a model's input: stretched, in a letterbox, or cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.models.cards.card import Input

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
        in_image = (corners - (self.left, self.top, self.left, self.top)) / (self.sx, self.sy, self.sx, self.sy)
        height, width = self.image
        return np.clip(in_image, 0, (width, height, width, height)).astype(np.float32)

    def crop(self, plane: Any) -> Any:
        """The part of a (h, w) map over the input, of any resolution, that shows the image."""
        rows, columns = plane.shape[0] / self.size[0], plane.shape[1] / self.size[1]
        top, left = max(self.top, 0), max(self.left, 0)
        bottom = min(self.top + self.image[0] * self.sy, self.size[0])
        right = min(self.left + self.image[1] * self.sx, self.size[1])
        y1, x1 = round(top * rows), round(left * columns)
        return plane[y1 : max(round(bottom * rows), y1 + 1), x1 : max(round(right * columns), x1 + 1)]

    def plane_in_image(self, plane: Any, size: tuple[int, int]) -> FloatArray:
        """A map over the input as a map over the image: between its cells it is interpolated.

        Args:
            plane: (h, w) float over the whole input, of any resolution.
            size: Height and width of what is returned; the image lies in it stretched.
        Returns:
            (height, width) float32; NaN where the image was cut off, and the model saw nothing.
        Example:
            >>> Framing((4, 8), (4, 4), 1, 1, -2, 0).plane_in_image(np.ones((2, 2)), (1, 8)).tolist()
            [[nan, nan, 1.0, 1.0, 1.0, 1.0, nan, nan]]
        """
        values = np.asarray(plane, dtype=np.float32)
        # Middles of the wanted pixels, in the image, in the input, among the cells of the map.
        x = (np.arange(size[1]) + 0.5) * self.image[1] / size[1] * self.sx + self.left
        y = (np.arange(size[0]) + 0.5) * self.image[0] / size[0] * self.sy + self.top
        columns = (x * values.shape[1] / self.size[1] - 0.5).astype(np.float32)
        rows = (y * values.shape[0] / self.size[0] - 0.5).astype(np.float32)
        grid = np.meshgrid(columns, rows)
        found = cv2.remap(values, grid[0], grid[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        seen = ((y >= 0) & (y <= self.size[0]))[:, None] & ((x >= 0) & (x <= self.size[1]))[None]
        return np.where(seen, found, np.float32(np.nan)).astype(np.float32)


def framed(pixels: Pixels, card_input: Input, into: Pixels | None = None) -> tuple[Pixels, Framing]:
    """An image brought to the size of a model's input.

    Args:
        pixels: (H, W, 3) uint8.
        card_input: `size` must be known.
        into: (height, width, 3) uint8 to resize to; it is what is returned then, but for an image that needs nothing.
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
    assert card_input.size is not None  # completed before
    image, size = (int(pixels.shape[0]), int(pixels.shape[1])), card_input.size
    if card_input.resize == "letterbox":
        return _letterboxed(pixels, image, card_input, np.empty((*size, 3), np.uint8) if into is None else into)
    if card_input.resize == "centre_crop":
        return _centre_cropped(pixels, image, card_input, into)
    stretched = Framing(image, size, size[1] / image[1], size[0] / image[0], 0, 0)
    return _resized(pixels, size, card_input, into), stretched


def _letterboxed(pixels: Pixels, image: tuple[int, int], card_input: Input, canvas: Pixels) -> tuple[Pixels, Framing]:
    size = (int(canvas.shape[0]), int(canvas.shape[1]))
    factor = min(size[0] / image[0], size[1] / image[1])
    # As their makers round: Ultralytics, in the middle, to the nearest; YOLOX, in the corner, down.
    whole = int if card_input.place == "top_left" else round
    inner = (max(1, whole(image[0] * factor)), max(1, whole(image[1] * factor)))
    spare = (size[0] - inner[0], size[1] - inner[1])
    top, left = (0, 0) if card_input.place == "top_left" else (spare[0] // 2, spare[1] // 2)
    canvas[...] = card_input.fill
    inside = canvas[top : top + inner[0], left : left + inner[1]]
    if _resized(pixels, inner, card_input, inside) is not inside:
        inside[...] = pixels
    return canvas, Framing(image, size, inner[1] / image[1], inner[0] / image[0], left, top)


def _centre_cropped(
    pixels: Pixels, image: tuple[int, int], card_input: Input, into: Pixels | None
) -> tuple[Pixels, Framing]:
    assert card_input.size is not None  # completed before
    size = card_input.size
    # Cut first, then resize: pixels that nobody sees need no resizing.
    factor = max(size[0] / image[0], size[1] / image[1]) / card_input.crop
    crop_size = (min(image[0], size[0] / factor), min(image[1], size[1] / factor))
    top, left = round((image[0] - crop_size[0]) / 2), round((image[1] - crop_size[1]) / 2)
    height, width = max(1, round(crop_size[0])), max(1, round(crop_size[1]))
    cut = pixels[top : top + height, left : left + width]
    sy, sx = size[0] / cut.shape[0], size[1] / cut.shape[1]
    return _resized(cut, size, card_input, into), Framing(image, size, sx, sy, -left * sx, -top * sy)


def _resized(pixels: Pixels, size: tuple[int, int], card_input: Input, into: Pixels | None = None) -> Pixels:
    if pixels.shape[:2] == size:
        return pixels
    resized = cv2.resize(pixels, (size[1], size[0]), dst=into, interpolation=_INTERPOLATION[card_input.interpolation])
    return resized if into is None else into  # type: ignore[return-value]
