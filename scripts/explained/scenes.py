"""What the pictures are drawn from: the demo's photographs, measured; and windows drawn from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

import lookoutcv as lo
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.demo.photographs import Fault, Pixels, photograph
from lookoutcv.measuring.records import Records

SHARPNESS, BRIGHTNESS = "sharpness.laplacian", "exposure.brightness"


def corrupted(kind: str, severity: int) -> Fault:
    """One of the shipped corruptions, as a fault of the camera."""
    return lambda pixels: CORRUPTIONS[kind](pixels, severity)


class Scenes:
    """Folders of photographs in one place, each measured once.

    Args:
        folder: Where they are put.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._measured: dict[str, Records] = {}

    def place(self, name: str, images: int, seed: int, fault: Fault | None = None) -> Path:
        """A folder of so many photographs, made where it is not there."""
        target = self.folder / name
        if not target.exists():
            photograph(target, images, seed, fault)
        return target

    def records(self, name: str, images: int, seed: int, fault: Fault | None = None) -> Records:
        """The same, measured."""
        if name not in self._measured:
            records = lo.measure(self.place(name, images, seed, fault), cache=False, workers=1)
            assert isinstance(records, Records)
            self._measured[name] = records
        return self._measured[name]


def values(records: Records, metric: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """One metric of every image."""
    return np.asarray(records.table.column(metric).to_numpy(), np.float64)


def drawn(records: Records, rows: np.ndarray[Any, np.dtype[np.int64]], name: str) -> Records:
    """Some of the images as a window of their own; a row may be drawn more than once."""
    table = records.table.take(pa.array(rows))
    ids = pa.array([f"{name}-{number}" for number in range(len(rows))])
    hashes = table.schema.get_field_index("id")
    table = table.set_column(hashes, table.schema.field("id"), ids)
    return Records(name, table, len(rows))


def view(folder: Path, subject: str = "coffee", side: int = 72) -> Pixels:
    """A small picture of the first photograph of a subject."""
    first = min((folder / subject).iterdir())
    with Image.open(first) as picture:
        return np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS))
