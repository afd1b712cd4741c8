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


def _rings(height: int, width: int) -> np.ndarray:
    """Rings that become finer outwards: by whole numbers alone, the same everywhere."""
    y, x = np.mgrid[:height, :width]
    return ((((x - 90) ** 2 + (y - 70) ** 2) // 40) % 97 * 2 + (x * y) % 5 + 20).astype(np.uint8)


# What version 1 of the evidence measured: weights that were fitted on it hold for nothing else.
GOLDEN = {
    (200, 260): (
        *(-0.1880624432478316, -0.1613746754050279, -0.1959929989660416, -0.17669972569106, -0.14724323159926214),
        *(-0.0225719882191812, 8.868856680459817, 6.866587163749617, 0.25230999917286195, 0.14663929344512444),
        *(7.330875739147654, -1.3561438102252754, 1.2369949428192046, 192),
    ),
    (1030, 1100): (
        *(-0.07571100604202322, 0.3069819883125711, -0.06778783893308866, 0.8390347734131604, 2.055986859963235),
        *(4.6257602026512945, 7.641060794800845, 6.127901018543193, 1.671373280090837, 0.0323575030195784),
        *(5.1529727600030375, 1.0, 5.269467902853841, 1088),
    ),
}


@pytest.mark.parametrize("shape", GOLDEN)
def test_evidence_stays_what_the_weights_were_fitted_on(shape):
    found = asdict(evidence(_rings(*shape)))
    assert list(found.values()) == pytest.approx(GOLDEN[shape], rel=1e-9)
