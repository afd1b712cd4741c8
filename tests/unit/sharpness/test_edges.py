import cv2
import numpy as np
import pytest

from drawn_scenes import scene, softened
from lookoutcv.sharpness import edges as module
from lookoutcv.sharpness.edges import strongest
from lookoutcv.sharpness.tiles import Tiles, tiles

FIELDS = ("few", "some", "noise_sigma", "typical", "sharpest", "finest", "across", "down")


def planes() -> list[np.ndarray]:
    random = np.random.default_rng(6)
    shapes = [(16, 16), (17, 31), (64, 64), (150, 121), (27, 500)]
    noise = [random.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    board = (np.indices((80, 80)).sum(axis=0) % 2 * 255).astype(np.uint8)
    return [*noise, board, np.full((64, 80), 7, np.uint8), scene(1), softened(scene(2, 300, 500), 2)]


@pytest.mark.skipif(module._chosen is None, reason="the kernel is not compiled")
@pytest.mark.parametrize("corner", [(0, 0), (3, 7)])
@pytest.mark.parametrize("number", range(9))
def test_the_kernel_and_numpy_find_the_same(number, corner, monkeypatch):
    plane = planes()[number]
    compiled = strongest(plane, tiles(plane), *corner)
    monkeypatch.setattr(module, "_chosen", None)
    plain = strongest(plane, tiles(plane), *corner)
    for name in FIELDS:
        assert getattr(compiled, name) == pytest.approx(getattr(plain, name), rel=1e-12), name


@pytest.fixture(params=[True, False], ids=["compiled", "numpy"])
def _either(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(module, "_chosen", None)


@pytest.mark.usefixtures("_either")
def test_the_strongest_tiles_are_looked_at():
    # Of 20 x 20 tiles 12 have stripes, others are grey.
    plane = np.full((320, 320), 100, np.uint8)
    stripes = np.tile((np.arange(16) % 8 < 4) * np.uint8(80), (16, 1)).astype(np.uint8)
    striped = [(2 * (number % 6) + 3, 2 * (number // 6) + 5) for number in range(12)]
    for down, across in striped:
        plane[16 * down : 16 * down + 16, 16 * across : 16 * across + 16] += stripes
    sums = tiles(plane)
    found = strongest(plane, sums, 0, 0)
    expected = [sums.gradients[0, 0, 20 * down + across] for down, across in striped]
    assert found.few[0, 0] == pytest.approx(np.mean(expected) / (128 * 1024))
    assert found.few[2, 0] > found.some[2, 0] > 0
    assert found.noise_sigma == 0


@pytest.mark.usefixtures("_either")
def test_of_equal_tiles_the_first_are_looked_at():
    plane = np.tile(scene(3, 16, 16), (20, 20))
    sums = tiles(plane)
    same = Tiles(20, np.ones_like(sums.gradients), sums.second, sums.light, sums.steps, sums.step_counts)
    changed = np.arange(400) * np.ones_like(sums.gradients)
    changed[2] = 1
    later = Tiles(20, changed, sums.second, sums.light, sums.steps, sums.step_counts)
    assert strongest(plane, same, 0, 0).few[0, 0] == pytest.approx(1 / (128 * 1024))
    assert strongest(plane, later, 0, 0).few[0, 0] == pytest.approx(np.arange(12).mean() / (128 * 1024))


@pytest.mark.usefixtures("_either")
def test_powers_are_those_of_opencvs_cosines():
    plane = np.random.default_rng(1).integers(0, 256, (16, 16), dtype=np.uint8)
    found = strongest(plane, tiles(plane), 0, 0)
    blocks = [plane[y : y + 8, x : x + 8].astype(np.float64) for y in (0, 8) for x in (0, 8)]
    powers = [cv2.dct(block) ** 2 for block in blocks]
    total = np.add.outer(np.arange(8), np.arange(8))
    coarse = [power[(total == 1) | (total == 2)].sum() for power in powers]
    chosen = [powers[at] for at in np.argsort(coarse)[2:]]
    fine = np.mean([power[(total == 7) | (total == 8)] for power in chosen])
    assert found.finest == pytest.approx(fine, rel=1e-3)
    assert found.across == pytest.approx(np.mean([power[0, 3:5] for power in chosen]), rel=1e-3)
    assert found.down == pytest.approx(np.mean([power[3:5, 0] for power in chosen]), rel=1e-3)


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("shape", [(16, 16), (17, 16), (16, 31), (23, 23)])
def test_one_tile_may_hold_no_whole_block_of_a_grid(shape):
    plane = scene(2, *shape)
    for phase in range(8):
        found = strongest(plane, tiles(plane), phase, phase)
        assert np.isfinite([found.finest, found.across, found.down]).all()


@pytest.mark.usefixtures("_either")
def test_black_and_white_tiles_do_not_hide_the_noise():
    random = np.random.default_rng(2)
    plane = np.clip(np.rint(128 + 5 * random.standard_normal((160, 160))), 0, 255).astype(np.uint8)
    plane[:, :80] = 0
    plane[:80, 80:] = 255
    assert strongest(plane, tiles(plane), 0, 0).noise_sigma == pytest.approx(5, rel=0.2)


def test_what_does_not_fit_is_refused():
    if module._chosen is None:
        pytest.skip("the kernel is not compiled")
    plane = scene(1, 64, 64)
    found = tiles(plane)
    with pytest.raises(ValueError, match="do not fit"):
        module._compiled(plane[:32], found, (0, 0), [1, 1, 1])
    with pytest.raises(ValueError, match="do not fit"):
        module._compiled(plane, found, (0, 0), [1, 17, 1])
