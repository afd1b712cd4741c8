"""A spot that stays is found and told where; a clean lens, one scene and bars are not taken for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.gate.judges.base import Numbers
from lookoutcv.gate.judges.lens import lens
from lookoutcv.pixels.view import ImageView

HIGH, WIDE = 192, 256


def scene(seed: int, portrait: bool = False) -> np.ndarray:
    """Things of many sizes, with places between them that are flat."""
    draw = np.random.default_rng(seed)
    high, wide = (WIDE, HIGH) if portrait else (HIGH, WIDE)
    pixels = np.full((high, wide, 3), draw.integers(60, 200, 3), np.uint8)
    for _ in range(40):
        x, y, size = draw.integers(0, wide), draw.integers(0, high), draw.integers(4, 30)
        colour = draw.integers(0, 255, 3).tolist()
        cv2.rectangle(pixels, (int(x), int(y)), (int(x + size), int(y + size // 2 + 2)), colour, -1)
    return np.clip(pixels + draw.normal(0, 1, pixels.shape), 0, 255).astype(np.uint8)


def spot(pixels: np.ndarray, look: str) -> np.ndarray:
    """The same with a finger or a drop at the lower left."""
    mask = np.zeros(pixels.shape[:2], np.float32)
    cv2.ellipse(mask, (45, 150), (40, 32), 0, 0, 360, 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    over = np.full(pixels.shape, 20.0) if look == "dark" else cv2.GaussianBlur(pixels, (0, 0), 7)
    return (pixels * (1 - mask) + over * mask).astype(np.uint8)


def judged(pictures: Iterable[np.ndarray]) -> list[Numbers]:
    memory: Any = lens.memory() if lens.memory else None
    return [lens.measure(ImageView(one), {}, memory) for one in pictures]


def test_it_abstains_before_it_has_seen_enough() -> None:
    assert all(one.abstains for one in judged(scene(seed) for seed in range(15)))


@pytest.mark.parametrize("look", ["dark", "blurred"])
def test_a_spot_is_told_with_its_place(look: str) -> None:
    found = judged(spot(scene(seed), look) for seed in range(40))[-1]
    assert 0.05 < found.values["share"] < 0.2
    said = found.details["share"]
    assert said.startswith("at the lower left stays ")
    assert said.endswith("images of this camera: its lens may be dirty or partly covered")
    assert (look == "dark") == ("stays dark" in said)


def test_a_spot_that_comes_later_is_found_and_one_that_is_wiped_off_forgotten() -> None:
    stream = [scene(seed) for seed in range(40)]
    stream += [spot(scene(seed), "dark") for seed in range(40, 100)]
    stream += [scene(seed) for seed in range(100, 140)]
    shares = [one.values["share"] for one in judged(stream)]
    assert shares[39] == 0
    assert shares[99] > 0
    assert shares[139] == 0


def test_a_clean_lens_is_clean() -> None:
    assert judged(scene(seed) for seed in range(80))[-1].values["share"] == 0


def test_one_scene_is_not_judged_however_its_light_changes() -> None:
    def lit(seed: int) -> np.ndarray:
        draw = np.random.default_rng(seed)
        picture = scene(1).astype(float)
        picture[:70] = 200
        x = int(draw.integers(0, WIDE - 40))
        picture[120:150, x : x + 30] = draw.integers(0, 255)
        return np.clip(picture * draw.uniform(0.5, 1.2) + draw.normal(0, 1, picture.shape), 0, 255).astype(np.uint8)

    assert all(one.abstains for one in judged(lit(seed) for seed in range(120)))


@pytest.mark.parametrize(
    "cover",
    [
        lambda pixels: pixels[:70].__setitem__(slice(None), 190),
        lambda pixels: pixels[-40:].__setitem__(slice(None), 30),
        lambda pixels: (pixels[:20].__setitem__(slice(None), 0), pixels[-20:].__setitem__(slice(None), 0)),
    ],
    ids=["sky", "bonnet", "letterbox"],
)
def test_what_reaches_from_side_to_side_is_no_spot(cover: Callable[[np.ndarray], Any]) -> None:
    def covered(seed: int) -> np.ndarray:
        pixels = scene(seed)
        cover(pixels)
        return pixels

    assert not judged(covered(seed) for seed in range(80))[-1].values["share"] > 0


def test_a_camera_that_is_turned_is_looked_at_anew() -> None:
    dirty = [spot(scene(seed), "dark") for seed in range(40)]
    assert judged([*dirty, scene(50, portrait=True)])[-1].abstains


def test_nights_and_small_pictures_tell_nothing() -> None:
    black = np.zeros((HIGH, WIDE, 3), np.uint8)
    assert all(one.abstains for one in judged([black] * 40))
    assert all(one.abstains for one in judged([scene(seed)[:64, :64] for seed in range(40)]))


def test_a_verdict_names_it_while_it_abstains() -> None:
    gate = lo.Gate.load("threshold", threshold=0, judges=["lens"])
    assert gate.check(scene(0), camera="door").abstained == ("lens",)
    assert gate.check(scene(0)).abstained == ()
    last = [gate.check(spot(scene(seed), "dark"), camera="door") for seed in range(1, 40)][-1]
    assert last.verdict == "unfit"
    assert last.reasons[0].startswith("the same ")
    assert "of the picture at the lower left stays dark over the last" in last.reasons[0]
