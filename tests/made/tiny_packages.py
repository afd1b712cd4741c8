"""Packages made by hand, as any program could make them: what is read must not depend on what writes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import lookoutcv as lo
from tiny_models import onnx_classifier

CARD = """\
task: classification
labels: [red, green, blue]
input: {size: [4, 4], layout: NCHW, colour: RGB, dtype: float32, scale: 0.00392156862745098, mean: 0, std: 1, \
resize: stretch}
head: {name: softmax}
"""
COLOURS = {"red": (220, 20, 20), "green": (20, 220, 20), "blue": (20, 20, 220)}


def colour_pictures(folder: Path, each: int = 15, seed: int = 0) -> Path:
    """A folder a colour, with small pictures of it that differ."""
    from PIL import Image

    random = np.random.default_rng(seed)
    for label, colour in COLOURS.items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            noise = random.integers(-20, 20, (24, 32, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number}.png")
    return folder


def hand_packed(folder: Path, baseline: lo.Baseline | None = None, **changes: Any) -> Path:
    """A package with a classifier of colours.

    Args:
        folder: Is made.
        baseline: Of its model.
        changes: Keys of package.json with other values.
    """
    folder.mkdir(parents=True)
    onnx_classifier(folder / "model.onnx")
    (folder / "model.card.yaml").write_text(CARD, encoding="utf-8")
    if baseline is not None:
        baseline.save(folder / "baseline.parquet")
    return declared(folder, **changes)


def declared(folder: Path, **changes: Any) -> Path:
    """Writes the package.json of what lies in a folder."""
    files = [
        {"name": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.iterdir())
        if path.name != "package.json"
    ]
    values = {
        "format": "lookoutcv.package",
        "version": 1,
        "name": "colours",
        "model_version": "3",
        "created": "2026-11-30T00:00:00Z",
        "tool": "by hand",
        "task": "classification",
        "classes": list(COLOURS),
        "model": "model.onnx",
        "files": files,
    }
    (folder / "package.json").write_text(json.dumps({**values, **changes}), encoding="utf-8")
    return folder


def zipped(folder: Path, path: Path, top: str = "") -> Path:
    """A folder as a ZIP, all below `top`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                archive.write(one, top + one.relative_to(folder).as_posix())
    return path
