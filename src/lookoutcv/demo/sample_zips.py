"""Two ZIPs of labelled images to try training on: drawn shapes, and crops of photographs beside small drawings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import simplejpeg

from lookoutcv.demo.drawn_things import SHAPES, THINGS, drawing
from lookoutcv.demo.photographs import SUBJECTS, views
from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.outputs import FileKind, write_output

SHAPE_IMAGES, PICTURE_IMAGES = 60, 20
_SIDE_PX = 64
_QUALITY = 92
# The same bytes whenever they are made.
_DATE = (2026, 1, 1, 0, 0, 0)
_COMMENT = b"Drawn by lookout demo --train, which draws it anew when it is run again."


def _is_ours(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return archive.comment == _COMMENT


SAMPLES = FileKind("a ZIP of sample images", _is_ours)


@dataclass(frozen=True)
class SampleZips:
    """Where they lie.

    Args:
        shapes: 4 classes of 60 drawings each.
        pictures: 10 classes of 20 images each: views of 4 photographs, and 6 kinds of drawings.
    """

    shapes: Path
    pictures: Path


def make_sample_zips(folder: Path, seed: int = 0) -> SampleZips:
    """Draw them.

    Args:
        folder: Made where it is missing; files of these names that it made are made anew.
        seed: The same seed draws the same.
    Raises:
        OutputUnwritable: They cannot be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise OutputUnwritable(
            f"the sample images cannot be written to {folder} ({reason.strerror or reason})",
            "Choose another folder.",
            path=str(folder),
            reason=str(reason),
        ) from reason
    found = SampleZips(folder / "shapes.zip", folder / "pictures.zip")
    write_output(found.shapes, _zipped(_drawings(list(SHAPES), SHAPE_IMAGES, seed)), SAMPLES)
    write_output(found.pictures, _zipped(_pictures(seed + 1)), SAMPLES)
    return found


def _drawings(names: list[str], images: int, seed: int) -> Iterator[tuple[str, Any]]:
    random = np.random.default_rng(seed)
    for name in names:
        for number in range(images):
            yield f"{name}/{number:03d}.jpg", drawing(name, random, _SIDE_PX)


def _pictures(seed: int) -> Iterator[tuple[str, Any]]:
    taken = dict.fromkeys(SUBJECTS, 0)
    for subject, view in views(PICTURE_IMAGES * len(SUBJECTS), seed):
        small = cv2.resize(view, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
        yield f"{subject}/{taken[subject]:03d}.jpg", small
        taken[subject] += 1
    yield from _drawings(list(THINGS), PICTURE_IMAGES, seed)


def _zipped(images: Iterator[tuple[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, pixels in images:
            data = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=_QUALITY, colorspace="RGB")
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)
        archive.comment = _COMMENT
    return buffer.getvalue()
