import cv2
import numpy as np
import pytest
from scipy.linalg import eigh

from drawn_scenes import scene
from lookoutcv.sharpness.structure import NOISE, kept, without_noise
from lookoutcv.sharpness.tiles import PIXELS, tiles


def mean_tensors(plane: np.ndarray) -> np.ndarray:
    return tiles(plane).gradients.mean(axis=2) / (1024 * np.array(PIXELS))[:, None]


def matrix(tensor: np.ndarray) -> np.ndarray:
    return np.array([[tensor[0], tensor[2]], [tensor[2], tensor[1]]])


def test_kept_are_generalised_eigenvalues():
    random = np.random.default_rng(2)
    for _ in range(50):
        fine, coarse = (np.cov(random.standard_normal((2, 5))) for _ in range(2))
        least, most = eigh(fine, coarse + 0.02 * np.eye(2), eigvals_only=True)
        found = kept(*(np.array([m[0, 0], m[1, 1], m[0, 1]]) for m in (fine, coarse)))
        assert found == pytest.approx((least, most), rel=1e-6, abs=1e-9)


def test_nothing_is_kept_of_nothing():
    assert kept(np.zeros(3), np.zeros(3)) == (0, 0)


def test_noise_is_taken_off_both_directions():
    found = without_noise(np.array([5.0, 3.0, 1.0]), 0, 2.0)
    assert matrix(found) == pytest.approx(matrix(np.array([5.0, 3.0, 1.0])) - 2 * NOISE[0] * np.eye(2))


def test_no_direction_falls_below_zero():
    found = matrix(without_noise(np.array([5.0, 0.1, 0.2]), 0, 4.0))
    assert np.linalg.eigvalsh(found)[0] == pytest.approx(0, abs=1e-12)
    assert without_noise(np.array([0.2, 0.2, 0.0]), 0, 4.0).tolist() == [0, 0, 0]


def test_the_constants_of_noise_are_what_noise_gives():
    noise = np.random.default_rng(1).standard_normal((1024, 1024)) * 20 + 128
    tensor = mean_tensors(np.clip(np.rint(noise), 0, 255).astype(np.uint8))
    for level, constant in enumerate(NOISE):
        assert tensor[level, :2] == pytest.approx([400 * constant] * 2, rel=0.03)


def test_motion_takes_from_one_direction():
    sharp, moved = (kept(*mean_tensors(plane)[:2]) for plane in (scene(1), cv2.blur(scene(1), (9, 1))))
    assert moved.least / sharp.least < 0.8 * moved.most / sharp.most
