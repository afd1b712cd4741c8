"""A camera that sends the same picture is found; one that looks at a still scene is not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.gate.judges.frozen import frozen
from lookoutcv.pixels.view import ImageView

HIGH, WIDE = 200, 320


def scene(seed: int = 0, dark: bool = False) -> Any:
    coarse = np.random.default_rng(seed).integers(30, 225, (9, 12, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    return smooth / 8 - 8 if dark else smooth


def taken(light: Any, seed: int, sigma: float = 1.5) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, light.shape)
    return np.clip(np.round(light + noise), 0, 255).astype(np.uint8)


def stored(pixels: np.ndarray, quality: int) -> np.ndarray:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1))


def counted(pictures: Iterable[np.ndarray]) -> list[float]:
    memory = frozen.memory() if frozen.memory else None
    return [frozen.measure(ImageView(one), {}, memory).values["images"] for one in pictures]


def with_clock(pixels: np.ndarray, second: int) -> np.ndarray:
    stamped = pixels.copy()
    cv2.putText(stamped, f"12:00:{second:02}", (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2)
    return stamped


def test_the_same_picture_is_counted() -> None:
    assert counted([taken(scene(), 1)] * 6) == [1, 2, 3, 4, 5, 6]


def test_pictures_in_turn_are_no_new_ones() -> None:
    two = [taken(scene(), 1), taken(scene(1), 2)]
    assert counted(two * 4)[-1] == 7


def test_a_picture_that_is_stored_anew_is_the_same() -> None:
    first = stored(taken(scene(), 1), 75)
    assert counted(stored(first, quality) for quality in (95, 75, 95, 75, 95))[-1] == 5


def test_a_clock_at_the_edge_may_run_on() -> None:
    picture = taken(scene(), 1)
    assert counted(with_clock(picture, second) for second in range(8))[-1] == 8


def test_a_uniform_frame_is_frozen_when_it_is_repeated() -> None:
    assert counted([np.full((HIGH, WIDE, 3), 16, np.uint8)] * 5)[-1] == 5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("quality", [None, 75])
def test_a_still_scene_is_new_each_time(dark: bool, quality: int | None) -> None:
    light = scene(dark=dark)
    pictures = [taken(light, seed) for seed in range(8)]
    assert counted(pictures if quality is None else [stored(one, quality) for one in pictures]) == [1] * 8


def test_what_moves_in_the_midst_is_new() -> None:
    picture = taken(scene(), 1)

    def moved(step: int) -> np.ndarray:
        changed = picture.copy()
        cv2.circle(changed, (60 + 20 * step, 100), 14, (255, 255, 255), -1)
        return changed

    assert counted(moved(step) for step in range(8)) == [1] * 8


def test_it_says_so_by_camera_and_stops_when_the_camera_goes_on() -> None:
    gate = lo.Gate.load("threshold", threshold=0, judges=["frozen"])
    picture = taken(scene(), 1)
    verdicts = [gate.check(picture, camera="door") for _ in range(5)]
    assert [one.verdict for one in verdicts] == ["fit"] * 4 + ["unfit"]
    assert verdicts[-1].reasons == ("the camera may be frozen: its last 5 images show nothing new, at most 4 is usual",)
    assert gate.check(picture, camera="yard").verdict == "fit"
    assert gate.check(picture).verdict == "fit"
    assert gate.check(taken(scene(3), 9), camera="door").verdict == "fit"
