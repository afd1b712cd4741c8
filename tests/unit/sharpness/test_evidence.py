from dataclasses import asdict

import numpy as np
import pytest

from drawn_scenes import scene, softened
from lookoutcv.sharpness.evidence import evidence


@pytest.mark.parametrize("shape", [(1, 1), (15, 400), (16, 16), (17, 33), (16, 3000), (1024, 1025), (2100, 1030)])
@pytest.mark.parametrize("level", [0, 3, 128, 255])
def test_flat_pictures_of_any_size_are_measured(shape, level):
    found = asdict(evidence(np.full(shape, level, np.uint8)))
    assert np.isfinite(list(found.values())).all()
    assert found["noise_sigma"] == 0


def test_under_a_tile_only_the_size_is_known():
    found = evidence(scene(1, 15, 15))
    assert found.tiles == 0
    assert found.size == pytest.approx(np.log2(15 / 512))


def test_a_board_of_single_pixels_is_measured():
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.isfinite(list(asdict(evidence(board)).values())).all()


def test_noise_is_measured_beside_edges():
    luma = scene(1, 512, 512)
    noisy = np.clip(np.rint(luma + 6 * np.random.default_rng(1).standard_normal(luma.shape)), 0, 255).astype(np.uint8)
    assert evidence(noisy).noise_sigma == pytest.approx(6, rel=0.25)


def test_large_pictures_are_reduced_first():
    luma = scene(3, 300, 300)
    large = np.kron(np.tile(luma, (2, 2)), np.ones((2, 2), np.uint8))
    assert asdict(evidence(large)) | {"size": 0} == asdict(evidence(np.tile(luma, (2, 2)))) | {"size": 0}


@pytest.mark.parametrize("name", ["kept_few", "kept_some", "typical_tile", "finest_detail", "straight_detail"])
def test_blur_takes_sharpness_and_hardly_content(name):
    sharp, soft = (evidence(softened(scene(5), sigma)) for sigma in (0, 2))
    assert getattr(sharp, name) > getattr(soft, name) + 0.5
    assert sharp.content - soft.content < 1.5


def test_a_narrow_strip_takes_bounded_memory():
    import tracemalloc

    strip = np.tile(scene(1, 64, 256), (1, 400))
    evidence(strip[:, :512])
    tracemalloc.start()
    try:
        evidence(strip)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * strip.nbytes
