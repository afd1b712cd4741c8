"""The arithmetic by which judges of sharpness are ranked, and the blurs that they are ranked on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from harness.blur_figures import Judged
from harness.blur_grid import DRAWN, Rows
from harness.nuisances import CROSSED, OTHERS, drawn, seen
from harness.optics import BLURS, at_side, blurred, pixels_of
from harness.plain_pictures import before_a_blurred_ground, plain_crops
from harness.plain_pictures import drawn as drawn_plain


@pytest.mark.parametrize("kind", BLURS)
@pytest.mark.parametrize("sigma", [1.5, 3.0])
def test_every_blur_spreads_a_point_by_its_sigma(kind: str, sigma: float) -> None:
    point = np.zeros((65, 65, 3), np.uint8)
    point[32, 32] = 255
    spread = np.zeros((65, 65))
    for seed in range(40):
        spread += blurred(point, kind, sigma, np.random.default_rng(seed))[..., 0].astype(float)
    y, x = np.mgrid[-32:33, -32:33]
    # Over all directions of motion half of its spread is along either axis.
    axes = 1 if kind == "motion" else 2
    found = np.sqrt((spread * (x * x + y * y)).sum() / spread.sum() / axes)
    assert found == pytest.approx(sigma, rel=0.15)


def test_a_small_photograph_goes_on_in_its_mirror_images() -> None:
    photograph = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    found = at_side(photograph, 50)
    assert found.shape == (50, 50, 3)
    assert np.array_equal(found[:20, :30], photograph)
    assert np.array_equal(found[20:40, :30], photograph[::-1])
    assert at_side(photograph, 10).shape == (10, 15, 3)
    assert pixels_of(2, np.zeros((1500, 1024, 3), np.uint8)) == 4
    assert pixels_of(2, photograph) == 2


def rows() -> Rows:
    """Of four photographs at two sizes: sharp ones score 10 and more at 128 px, 20 and more at 512 px."""
    found = [
        (
            scene,
            side,
            nuisance,
            blur,
            0 if blur == "sharp" else 2,
            (10 if side == 128 else 20) + scene - 15 * (blur != "sharp"),
        )
        for scene in range(4)
        for side in (128, 512)
        for nuisance, blur in (("none", "sharp"), (DRAWN, "sharp"), ("none", "gauss"))
    ]
    scene, side, nuisance, blur, sigma, scores = (np.array(column) for column in zip(*found, strict=True))
    return Rows(scene, side, nuisance, blur, sigma, scores[:, None].astype(float), np.ones((len(found), 1), bool))


def test_cuts_come_from_the_other_half_of_the_photographs_at_each_size() -> None:
    judge = Judged(rows(), 0)
    cuts = judge.own_cuts(0.0)
    expected = {(0, 128): 11, (1, 128): 10, (2, 512): 21, (3, 512): 20}
    for (scene, side), cut in expected.items():
        assert cuts[(judge.rows.scene == scene) & (judge.rows.side == side)] == pytest.approx(cut)
    # Scene 0 lies below the least of 1 and 3; every blurred one is found.
    assert judge.errors(cuts) == {"none": (pytest.approx(0.25), 0)}


def test_what_is_not_told_is_not_counted() -> None:
    table = rows()
    judge = Judged(Rows(*vars(table).values()), 0)
    assert judge.found(judge.soft, 100.0) == 1
    table.told[judge.soft & (table.scene > 0)] = False
    assert judge.answered(judge.soft) == 0.25
    assert judge.found(judge.soft, -100.0) == 0
    assert judge.auc() == pytest.approx(
        np.mean([[s > b for b in (-5, -4, -3, -2, 5, 6, 7, 8)] for s in (*range(10, 14), *range(20, 24))])
    )


def test_nuisances_and_plain_pictures_are_pictures() -> None:
    random = np.random.default_rng(1)
    photograph = random.integers(0, 256, (140, 150, 3), dtype=np.uint8)
    for nuisance in [*CROSSED.values(), *OTHERS.values(), *(drawn(random) for _ in range(5))]:
        assert seen(photograph, nuisance, random).dtype == np.uint8
    assert before_a_blurred_ground(photograph, random).shape == photograph.shape
    assert plain_crops(photograph, 2) == []
    assert len(plain_crops(np.full((140, 300, 3), 9, np.uint8), 1)) == 1
    assert all(min(one.shape[:2]) >= 128 for one in drawn_plain(3, 1))
