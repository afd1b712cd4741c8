"""What a decoder filled in is found; bars, floors, grounds, screens and drawings are not taken for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lookoutcv.gate.judges.truncation import truncation
from lookoutcv.pixels.view import Facts, ImageView

HIGH, WIDE = 240, 320


def photograph(seed: int = 0) -> np.ndarray:
    """Soft shapes under a sensor's noise."""
    draw = np.random.default_rng(seed)
    coarse = draw.integers(30, 225, (9, 12, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + draw.normal(0, 3, smooth.shape), 0, 255).astype(np.uint8)


def filled(pixels: np.ndarray, orientation: int | None = None) -> float:
    view = ImageView(np.ascontiguousarray(pixels), Facts(None, orientation))
    return truncation.measure(view, {}).values["filled"]


def cut_at(row: int, filling: int | str, partly: int = 100) -> np.ndarray:
    """A photograph of which rows from `row` on are a filling, and of a row of blocks above it a part."""
    pixels = photograph()
    pixels[row:] = pixels[row - 1] if filling == "repeat" else filling
    if filling != "repeat":
        pixels[row - 16 : row, partly:] = filling
    return pixels


@pytest.mark.parametrize("filling", [128, 0, "repeat"])
def test_a_band_that_was_filled_in_is_found(filling: int | str) -> None:
    assert filled(cut_at(160, filling)) == pytest.approx(1 / 3, abs=0.01)


def test_it_is_found_after_the_picture_is_stored_again() -> None:
    stored = cv2.imdecode(cv2.imencode(".jpg", cut_at(160, 128), [cv2.IMWRITE_JPEG_QUALITY, 92])[1], cv2.IMREAD_COLOR)
    assert filled(stored) > 0.2


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, lambda p: p),
        (2, lambda p: p[:, ::-1]),
        (3, lambda p: p[::-1, ::-1]),
        (4, lambda p: p[::-1]),
        (5, lambda p: p.transpose(1, 0, 2)),
        (6, lambda p: np.rot90(p, -1)),
        (7, lambda p: p[::-1, ::-1].transpose(1, 0, 2)),
        (8, lambda p: np.rot90(p, 1)),
    ],
)
def test_the_end_is_that_of_the_file_however_the_picture_is_turned(orientation: int, upright: object) -> None:
    turned = upright(cut_at(160, 128))  # type: ignore[operator]
    assert filled(turned, orientation) > 0.3
    if orientation > 2:
        assert filled(turned) == 0


def test_bars_on_both_sides_are_a_letterbox() -> None:
    pixels = photograph()
    pixels[:40] = pixels[-40:] = 0
    assert filled(pixels) == 0


def test_a_flat_ground_and_a_flat_floor_are_none() -> None:
    ground = np.full((HIGH, WIDE, 3), 255, np.uint8)
    ground[40:180, 90:230] = photograph()[40:180, 90:230]
    floor = photograph()
    floor[170:] = np.clip(np.random.default_rng(4).normal(90, 2, (70, WIDE, 3)), 0, 255)
    assert filled(ground) == filled(floor) == 0


def test_screens_and_drawings_are_none() -> None:
    screen = np.full((HIGH, WIDE, 3), 255, np.uint8)
    screen[:30] = (40, 60, 200)
    cv2.putText(screen, "a page of text", (10, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    stripes = np.repeat(np.random.default_rng(5).integers(0, 255, (1, WIDE, 3)), HIGH, axis=0).astype(np.uint8)
    uniform = np.full((HIGH, WIDE, 3), 9, np.uint8)
    assert [filled(one) for one in (screen, stripes, uniform)] == [0, 0, 0]


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (16, 1), (40, 2), (300, 1)])
def test_small_pictures_are_answered_too(shape: tuple[int, int]) -> None:
    assert filled(np.zeros((*shape, 3), np.uint8)) == 0
