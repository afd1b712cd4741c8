"""What a model looked at in several images: maps to compute with, a picture of all, and what a report holds."""

from __future__ import annotations

import base64
import io
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError
from lookoutcv.explanation.drawing.contact_sheet import contact_sheet
from lookoutcv.explanation.drawing.heatmap import Explanation, Heatmap, Pixels
from lookoutcv.explanation.drawing.overlay import overlay
from lookoutcv.explanation.focus import mass_on_border, spread
from lookoutcv.files.outputs import FileKind, check_output, marked, write_output
from lookoutcv.images import thumbnail
from lookoutcv.results.explanation_sheet import ExplainedClass, ExplainedPicture, ExplanationSheet, MapFaithfulness
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.version import TOOL

# In what a report holds.
_SIDE_PX = 256
_MARK = "LookOutCV explanation"


@dataclass(frozen=True, eq=False)
class ExplainedImage:
    """One image of several.

    Args:
        id: Its name in its source.
        explanation: What the model looked at.
    """

    id: str
    explanation: Explanation


@only_known_keywords(types=False)
@dataclass(frozen=True, eq=False)
class Explanations:
    """What a model looked at in several images. Made by `explain`.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        items: One an image, in order.
        count: How many images the sources hold.
        skipped: The first thousand that could not be read.
        skipped_count: How many there were.
        notes: What of the card was assumed or guessed, and how the images were read, in sentences.
        thumbnails: Whether a sheet has pictures.
    """

    model: str
    sha256: str | None
    items: tuple[ExplainedImage, ...] = field(repr=False)
    count: int
    skipped: tuple[Skipped, ...] = ()
    skipped_count: int = 0
    notes: tuple[str, ...] = ()
    thumbnails: bool = True

    def __iter__(self) -> Iterator[ExplainedImage]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> ExplainedImage:
        return self.items[place]

    @property
    def picture(self) -> Pixels:
        """(H, W, 3) uint8 RGB: a row an image, a column a class, each with its scale, class and score."""
        return contact_sheet([(one.id, one.explanation) for one in self.items])

    @property
    def values(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The maps as one array: (images, classes, H, W) float32, 0 to 1; NaN where the model saw nothing.

        Raises:
            ConfigError: The images are shown in different sizes, or have different numbers of maps.
        """
        maps = [_maps(one) for one in self.items]
        if len({one.shape for one in maps}) > 1:
            raise ConfigError(
                "the maps are of different sizes, and one array cannot hold them",
                "Write .npz, which holds an array for each image; or give images of one size.",
                key="output",
            )
        return np.stack(maps)

    def sheet(self) -> ExplanationSheet:
        """What `lo.render` draws as HTML, PDF, Markdown or JSON."""
        return ExplanationSheet(
            self.model,
            self.sha256,
            [_picture(one, self.thumbnails) for one in self.items],
            self.count,
            list(self.skipped),
            self.skipped_count,
            list(self.notes),
        )

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the picture of all (.png), or the maps: one array (.npy), or one an image by its name (.npz).

        Args:
            path: Where.
            force: Replace a file that lies there and is none of these, too.
        Raises:
            ConfigError: Another ending; or maps of different sizes for .npy.
            OutputUnwritable: It cannot be written there.
        """
        kind = kind_of(path)
        check_output(path, kind, force=force)
        if kind is _PICTURE:
            data = _png_bytes(self.picture)
        elif kind is _ARRAY:
            data = _array_bytes(self.values)
        else:
            data = _arrays_bytes({one.id: _maps(one) for one in self.items})
        write_output(path, data, kind, force=force)
        return Path(path)


def kind_of(path: str | os.PathLike[str]) -> FileKind:
    """The kind of file that an ending means.

    Raises:
        ConfigError: It means none.
    """
    kind = _KINDS.get(Path(path).suffix.lower())
    if kind is None:
        raise ConfigError(
            f"{os.fspath(path)!r} is no name for maps or a picture of them",
            f"End its name in {' or '.join(_KINDS)}; `lo.render(found.sheet(), PATH)` writes pages and JSON.",
            key="output",
        )
    return kind


def _is_array(path: Path) -> bool:
    found = np.load(path, mmap_mode="r", allow_pickle=False)
    return bool(found.dtype == np.float32 and found.ndim == 4)


def _are_arrays(path: Path) -> bool:
    with np.load(path, allow_pickle=False) as found:
        return _MARK in found


_PICTURE = marked("a picture of explanations", rf"\A\x89PNG.*{_MARK}")
_ARRAY = FileKind("an array of maps", _is_array)
_ARRAYS = FileKind("arrays of maps", _are_arrays)
_KINDS = {".png": _PICTURE, ".npy": _ARRAY, ".npz": _ARRAYS}


def _png_bytes(pixels: Pixels) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Software", TOOL)
    told.add_text("Title", _MARK)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=told)
    return buffer.getvalue()


def _array_bytes(values: np.ndarray[Any, Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _arrays_bytes(arrays: dict[str, np.ndarray[Any, Any]]) -> bytes:
    buffer = io.BytesIO()
    # By its first entry a file of ours is known.
    named: dict[str, Any] = {_MARK: np.array(TOOL), **arrays}
    np.savez_compressed(buffer, allow_pickle=False, **named)
    return buffer.getvalue()


def _maps(one: ExplainedImage) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(classes, H, W)"""
    return np.stack([heatmap.values for heatmap in one.explanation.heatmaps])


def _picture(one: ExplainedImage, thumbnails: bool) -> ExplainedPicture:
    explanation = one.explanation
    return ExplainedPicture(
        one.id,
        explanation.size[1],
        explanation.size[0],
        [_class(explanation, heatmap, thumbnails) for heatmap in explanation.heatmaps],
        list(explanation.notes),
        _jpeg(explanation.pixels) if thumbnails else None,
    )


def _class(explanation: Explanation, heatmap: Heatmap, thumbnails: bool) -> ExplainedClass:
    # On the method's own grid: what the image was before the model saw it makes no difference.
    seen = heatmap.attribution.values
    return ExplainedClass(
        heatmap.label,
        None if math.isnan(heatmap.score) else min(max(heatmap.score, 0.0), 1.0),
        heatmap.attribution.method,
        heatmap.attribution.layer,
        heatmap.usable,
        spread(seen) if heatmap.usable else None,
        mass_on_border(seen) if heatmap.usable else None,
        list(heatmap.notes),
        _jpeg(overlay(explanation.pixels, heatmap)) if thumbnails and heatmap.usable else None,
        _faithfulness(heatmap),
    )


def _faithfulness(heatmap: Heatmap) -> MapFaithfulness | None:
    found = heatmap.attribution.faithfulness
    if found is None:
        return None
    return MapFaithfulness(found.deletion_area, found.insertion_area, found.better_by, found.low, found.high)


def _jpeg(pixels: Pixels) -> str:
    return base64.b64encode(thumbnail(pixels, _SIDE_PX)).decode("ascii")
