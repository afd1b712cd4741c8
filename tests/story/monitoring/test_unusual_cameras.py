"""Cameras that are grey, deep, tiny or a video, from files to the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main

Picture = np.ndarray


def scene(rng: np.random.Generator, height: int = 40, width: int = 56, light: float | None = None) -> Picture:
    level = rng.normal(120, 20, 3) if light is None else np.full(3, light)
    blobs = cv2.GaussianBlur(rng.normal(0, 60, (height, width, 3)), (0, 0), 1.5).reshape(height, width, 3) * 3
    return np.clip(blobs + level, 0, 255).astype(np.uint8)


def png(image: Picture) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def tiff(image: Picture) -> bytes:
    return cv2.imencode(".tiff", image)[1].tobytes()


def grey(image: Picture) -> Picture:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def deep(image: Picture, bits: int = 16) -> Picture:
    return (image.astype(np.float64) / 255 * (2**bits - 1)).round().astype(np.uint16)


def report(
    rng: np.random.Generator, before: Callable[[Picture], bytes], after: Callable[[Picture], bytes], n: int = 60
) -> lo.DriftReport:
    sides = [before(scene(rng)) for _ in range(n)], [after(scene(rng)) for _ in range(n)]
    return lo.compare(*sides, workers=1, thumbnails=False)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_grey_camera_is_compared_on_what_it_has(bits: int, rng: np.random.Generator) -> None:
    def camera(image: Picture) -> bytes:
        return png(grey(image) if bits == 8 else deep(grey(image)))

    found = report(rng, camera, camera)
    assert found.overall_drift_detected is False
    assert any("nothing to compare" in note and "colour.saturation" in note for note in found.notes)


def test_colour_that_goes_is_said_in_words(rng: np.random.Generator) -> None:
    found = report(rng, png, lambda image: png(grey(image)))
    assert found.overall_drift_detected
    assert "less colourful" in found.summary
    assert found.cause is not None
    assert "The colour is gone: 100% of the images are grey now, 0% before." in found.cause.text


def test_colour_that_comes_is_no_cast(rng: np.random.Generator) -> None:
    found = report(rng, lambda image: png(grey(image)), png)
    assert found.overall_drift_detected
    assert "more colourful" in found.summary
    assert found.cause is not None
    assert found.cause.family != "colour_cast"
    assert "The images are in colour now" in found.cause.text


@pytest.mark.parametrize("encode", [png, tiff])
def test_16_bits_are_the_same_picture(encode: Callable[[Picture], bytes], rng: np.random.Generator) -> None:
    image = scene(rng)
    assert np.array_equal(lo.read(encode(deep(image))).pixels, lo.read(encode(image)).pixels)


def test_12_bits_in_16_are_black_and_said_to_be(rng: np.random.Generator) -> None:
    known = lo.baseline([png(deep(grey(scene(rng)), 12)) for _ in range(60)], workers=1, thumbnails=False)
    assert known.check is not None
    assert any(said.startswith("Nearly black") and "12-bit camera" in said for said in known.check.sentences)
    found = report(rng, lambda image: png(grey(image)), lambda image: png(deep(grey(image), 12)))
    assert found.overall_drift_detected
    assert any(note.startswith("Nearly black") for note in found.notes)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 5), (8, 8), (28, 28), (1, 700), (700, 1), (2, 300)])
def test_tiny_and_thin_images_have_values_and_are_compared(size: tuple[int, int], rng: np.random.Generator) -> None:
    table = lo.measure([scene(rng, *size) for _ in range(3)], metrics="all", workers=1).table
    undefined = [
        n for n in table.column_names if "." in n and n != "file.bytes" and np.isnan(table[n].to_numpy()).any()
    ]
    assert undefined == []
    before = [scene(rng, *size) for _ in range(60)]
    same = lo.compare(before, [scene(rng, *size) for _ in range(40)], workers=1)
    dark = lo.compare(before, [scene(rng, *size) // 4 for _ in range(40)], workers=1)
    assert (same.overall_drift_detected, dark.overall_drift_detected) == (False, True)
    assert any(metric.name == "exposure.brightness" and metric.significant for metric in dark.metrics)


def test_images_of_all_sizes_at_once(rng: np.random.Generator) -> None:
    sizes = ((1, 1), (4, 4), (8, 8), (60, 60), (20, 200))
    before, after = ([scene(rng, *size) for size in sizes for _ in range(16)] for _ in range(2))
    assert lo.compare(before, after, workers=1, thumbnails=False).overall_drift_detected is False


def test_one_picture_over_and_over(rng: np.random.Generator) -> None:
    before = [png(scene(rng)) for _ in range(60)]
    stuck = lo.compare(before, [png(scene(rng, light=120))] * 40, workers=1, thumbnails=False)
    assert stuck.overall_drift_detected
    assert any("All 40 images of the window are the same picture" in note for note in stuck.notes)


def film(folder: Path, frames: int, seed: int, dark: float = 1.0) -> Path:
    """A light that wanders slowly, over a scene that changes a little with every frame."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    light, still = random.normal(0, 1), random.normal(0, 40, (24, 32, 3))
    for i in range(frames):
        light = 0.93 * light + 0.37 * random.normal()
        still = 0.93 * still + 0.37 * random.normal(0, 40, still.shape)
        frame = (cv2.GaussianBlur(still, (0, 0), 1.0) * (1 + 0.1 * light) + 120 + 15 * light) * dark
        cv2.imwrite(str(folder / f"frame_{i:05}.png"), np.clip(frame, 0, 255).astype(np.uint8))
    return folder


def test_a_video_is_recognised_and_judged_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Story: frames of a line camera; the next minute is no alarm, the lamp that fails is."""
    video, later, dark = film(tmp_path / "v", 600, 1), film(tmp_path / "w", 60, 2), film(tmp_path / "d", 60, 3, 0.3)
    file = tmp_path / "b.parquet"
    assert main(["baseline", str(video), "-o", str(file), "--workers", "1", "--no-thumbnails"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Neighbours: images in a row are alike, as frames of one video are" in said
    assert "--batch-by 30, or as many images as a window has" in said
    words = ["-b", str(file), "--fail-on", "low", "--workers", "1", "--no-thumbnails"]
    assert main(["monitor", str(later), *words]) == 0
    assert "blocks of about" in " ".join(capsys.readouterr().out.split())
    assert main(["monitor", str(dark), *words]) == 3
