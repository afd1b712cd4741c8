"""Damage image files at random and read them, until the time is up: `decode_loop.py SECONDS SEED CASE`.

CASE is a file that always holds the bytes being read, so that a crash leaves its cause behind. The last line on
standard output is JSON: how many were read, how many refused, the slowest, and what was neither an image nor an error.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence

from lookoutcv.errors import ImageError
from lookoutcv.images import Limits, read

LIMITS = Limits(max_bytes=10_000_000, max_pixels=2_000_000)
MOST_SURPRISES = 5
# Where formats keep sizes, counts, depths and offsets, and what makes them overflow.
_EDGES = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)


def originals() -> dict[str, bytes]:
    """Small files of every format that is read, in its variants."""
    random = np.random.default_rng(0)
    smooth = np.linspace(0, 200, 61 * 47).reshape(47, 61)[..., None] + random.integers(0, 50, (47, 61, 3))
    colour = Image.fromarray(smooth.astype(np.uint8))
    exif = Image.Exif()
    exif.update({0x010F: "ACME", 0x0110: "One", 0x0112: 6, 0x0132: "2026:01:02 03:04:05"})
    grey, alpha, palette = colour.convert("L"), colour.convert("RGBA"), colour.quantize(32)
    deep = Image.fromarray((smooth[..., 0] * 256).astype(np.uint16))
    frames: dict[str, Any] = {"save_all": True, "append_images": [colour.rotate(90), colour.rotate(180)]}
    return {
        "jpeg": _saved(colour, "JPEG", exif=exif),
        "jpeg progressive": _saved(colour, "JPEG", progressive=True, quality=90, subsampling=0),
        "jpeg restart": _saved(colour, "JPEG", restart_marker_blocks=2),
        "jpeg grey": _saved(grey, "JPEG"),
        "jpeg cmyk": _saved(colour.convert("CMYK"), "JPEG"),
        "png": _saved(colour, "PNG", exif=exif),
        "png alpha": _saved(alpha, "PNG"),
        "png palette": _saved(palette, "PNG", transparency=3),
        "png 16": _saved(deep, "PNG"),
        "png 1": _saved(grey.convert("1"), "PNG"),
        "webp": _saved(colour, "WEBP", exif=exif),
        "webp lossless": _saved(alpha, "WEBP", lossless=True),
        "webp animation": _saved(colour, "WEBP", **frames),
        "tiff": _saved(colour, "TIFF", exif=exif),
        "tiff lzw": _saved(colour, "TIFF", compression="tiff_lzw"),
        "tiff deflate": _saved(colour, "TIFF", compression="tiff_adobe_deflate"),
        "tiff jpeg": _saved(colour, "TIFF", compression="jpeg"),
        "tiff fax": _saved(grey.convert("1"), "TIFF", compression="group4"),
        "tiff 16": _saved(deep, "TIFF"),
        "tiff pages": _saved(colour, "TIFF", **frames),
        "gif": _saved(palette, "GIF"),
        "gif animation": _saved(palette, "GIF", save_all=True, append_images=[*ImageSequence.Iterator(palette)]),
        "bmp": _saved(colour, "BMP"),
        "bmp palette": _saved(palette, "BMP"),
    }


def _saved(image: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def damaged(data: bytes, random: np.random.Generator) -> bytes:
    """One to eight random wounds, half of them near the head, where the sizes are."""
    changed = bytearray(data)
    for _ in range(int(random.integers(1, 9))):
        if not changed:
            break
        reach = min(len(changed), 300) if random.random() < 0.5 else len(changed)
        _wound(changed, int(random.integers(reach)), random)
    return bytes(changed)


def _wound(data: bytearray, at: int, random: np.random.Generator) -> None:
    length = int(random.integers(1, 40))
    match int(random.integers(7)):
        case 0:
            data[at] ^= 1 << int(random.integers(8))
        case 1:
            data[at] = int(random.choice(_EDGES))
        case 2:
            data[at : at + 4] = bytes([int(random.choice(_EDGES))]) * min(4, len(data) - at)
        case 3:
            data[at : at + length] = random.bytes(min(length, len(data) - at))
        case 4:
            del data[at : at + length]
        case 5:
            data[at:at] = data[at : at + length] if random.random() < 0.5 else random.bytes(length)
        case _:
            del data[max(at, 12) :]


def main(seconds: float, seed: int, case: Path) -> None:
    """Read damaged files until the time is up."""
    random = np.random.default_rng(seed)
    whole = originals()
    outcomes: Counter[str] = Counter()
    surprises: list[str] = []
    slowest = 0.0
    for name, data in whole.items():
        read(data, limits=LIMITS)
        outcomes[f"{name}: read"] += 1
    end = time.monotonic() + seconds
    with case.open("r+b" if case.exists() else "w+b", buffering=0) as held:
        while time.monotonic() < end and len(surprises) < MOST_SURPRISES:
            name = str(random.choice(list(whole)))
            data = damaged(whole[name], random)
            held.seek(0)
            held.write(data)
            held.truncate()
            started = time.monotonic()
            try:
                pixels = read(data, limits=LIMITS).pixels
                right = pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.size <= LIMITS.max_pixels * 3
                outcomes["read" if right else "wrong pixels"] += 1
                surprises += [] if right else [f"{name}: pixels {pixels.dtype} {pixels.shape}: {data.hex()}"]
            except ImageError:
                outcomes["refused"] += 1
            except BaseException as error:  # whatever it is, it is what this run looks for
                surprises.append(f"{name}: {type(error).__name__}: {error}: {data.hex()}")
            slowest = max(slowest, time.monotonic() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(
        json.dumps(
            {
                "read": outcomes["read"],
                "refused": outcomes["refused"],
                "surprises": surprises,
                "slowest_seconds": slowest,
                "peak_bytes": peak,
            }
        )
    )


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
