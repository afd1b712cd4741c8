"""The JPEG files that speed is measured on: yours with `--data`, else photographs made here from shipped ones."""

from __future__ import annotations

import os
import shutil
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import simplejpeg

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Size = tuple[int, int]

# Width and height: a web picture, and a small camera's.
SIZES: Sequence[Size] = ((700, 400), (1280, 960))
_ORIGINALS = ("astronaut", "chelsea", "coffee", "rocket", "retina", "hubble_deep_field", "brick", "grass")
# A folder of a hundred thousand entries would measure the file system.
_LINKS_PER_FOLDER = 1000


@contextmanager
def jpeg_files(settings: Namespace, count: int = 300, sizes: Sequence[Size] = SIZES) -> Iterator[list[Path]]:
    """JPEG files to measure on: all below `settings.data`, else `count` made ones that go when the block ends.

    Args:
        settings: With `data`, a folder or None.
        count: How many to make.
        sizes: Of the made ones, in turn.
    Raises:
        SystemExit: There are no JPEG files below `settings.data`.
    """
    if settings.data is not None:
        yield _below(settings.data)
        return
    with TemporaryDirectory(prefix="lookoutcv-benchmark-") as folder:
        yield make(Path(folder), count, sizes)


def describe(files: Sequence[Path]) -> str:
    """How many files there are and how large they are, in words."""
    pixels = sorted(_pixels(path) for path in files[:: max(1, len(files) // 200)])
    stored = sum(path.stat().st_size for path in files) / len(files)
    return f"{len(files):,} JPEGs of {pixels[len(pixels) // 2] / 1e6:.2f} Mpx (median), {stored / 1e3:.0f} kB (mean)"


def make(folder: Path, count: int, sizes: Sequence[Size] = SIZES, seed: int = 0) -> list[Path]:
    """Photographs from those that scikit-image ships: each with its own crop, exposure, noise and JPEG quality.

    Args:
        folder: Where to; it exists.
        count: How many.
        sizes: (width, height) in pixels, taken in turn.
        seed: The same seed gives the same pixels.
    """
    import skimage.data  # noqa: PLC0415 - not needed with --data

    random = np.random.default_rng(seed)
    originals = [_rgb(getattr(skimage.data, name)()) for name in _ORIGINALS]
    made = []
    for number in range(count):
        view = _view(originals[number % len(originals)], sizes[number % len(sizes)], random)
        path = folder / f"{number:05d}.jpg"
        quality = int(random.integers(80, 95))
        path.write_bytes(simplejpeg.encode_jpeg(view, quality, "RGB", "420"))
        made.append(path)
    return made


def multiplied(files: Sequence[Path], count: int, folder: Path) -> Path:
    """A tree of `count` images: hard links, in folders of a thousand, to one copy of each file.

    Args:
        files: What to repeat, in turn.
        count: How many images the tree shall have.
        folder: Where to; it exists.
    Returns:
        The tree's root.
    """
    originals = folder / "originals"
    originals.mkdir(exist_ok=True)
    copies = [originals / f"{number:05d}.jpg" for number in range(len(files))]
    for original, copy in zip(files, copies, strict=True):
        if not copy.exists():
            shutil.copyfile(original, copy)
    tree = folder / f"tree-{count}"
    for number in range(count):
        if number % _LINKS_PER_FOLDER == 0:
            place = tree / f"{number // _LINKS_PER_FOLDER:05d}"
            place.mkdir(parents=True)
        os.link(copies[number % len(copies)], place / f"{number:07d}.jpg")
    return tree


def _below(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    if not found:
        raise SystemExit(f"there are no JPEG files below {folder}")
    return found


def _pixels(path: Path) -> int:
    height, width = simplejpeg.decode_jpeg_header(path.read_bytes())[:2]
    return int(height) * int(width)


def _rgb(picture: Pixels) -> Pixels:
    return picture[..., :3] if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def _view(picture: Pixels, size: Size, random: np.random.Generator) -> Pixels:
    """A view of the size wanted. The picture is mirrored at its edges, not enlarged: an enlarged one has no detail."""
    width, height = size
    rows, columns = picture.shape[:2]
    top, left = (int(random.integers(0, side)) for side in (rows, columns))
    mirrored = np.pad(picture, ((top, max(0, height - rows)), (left, max(0, width - columns)), (0, 0)), "reflect")
    crop = mirrored[:height, :width].astype(np.float32)
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    noisy = crop * random.uniform(0.75, 1.2) + random.normal(0, random.uniform(0.5, 2.5), crop.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
