"""Samples: as older services had them, and of photographs; what others wrote stays."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, LookoutError, OutputUnwritable
from lookoutcv.gate_training.samples import make_samples
from lookoutcv.gate_training.samples.degrading import BLURS


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "processed" / "cv" / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_by_default_24_grey_patterns_half_of_them_blurred(tmp_path: Path) -> None:
    samples = lo.gate_data(tmp_path / "data")
    assert (samples.sharp, samples.blurred) == (12, 12)
    listed = rows(tmp_path / "data")
    assert [row["label"] for row in listed] == ["1"] * 12 + ["0"] * 12
    for row in listed:
        pixels = cv2.imread(str(tmp_path / "data" / row["path"]), cv2.IMREAD_UNCHANGED)
        assert pixels.shape == (128, 128)
        assert row["path"].startswith(f"raw/cv/{row['label_name']}/")
    blurred = [row for row in listed if row["label"] == "0"]
    assert {(row["kind"], row["strength"]) for row in blurred} == {("gaussian", "3")}


def test_the_blur_of_old_is_a_kernel_of_9_and_sigma_3() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    ours = BLURS["gaussian"](picture, 3.0, np.random.default_rng(0))
    assert np.array_equal(ours, cv2.GaussianBlur(picture, (9, 9), 3.0))


@pytest.mark.parametrize("kind", sorted(BLURS))
@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0])
def test_a_blur_is_as_wide_as_it_says(kind: str, sigma: float) -> None:
    point = np.zeros((61, 61), np.uint8)
    point[30, 30] = 255
    # Of a point too little light is left for whole levels: a bright square is as wide as itself and the blur together.
    square = np.zeros((81, 81), np.uint8)
    square[36:45, 36:45] = 250
    spread = BLURS[kind](square, sigma, np.random.default_rng(1)).astype(float)
    down, across = np.mgrid[:81, :81] - 40.0
    variance = [float((spread * axis**2).sum() / spread.sum()) for axis in (down, across)]
    of_square = (9**2 - 1) / 12
    expected = sigma**2 * (1 if kind == "motion" else 2)
    # A Gaussian's kernel ends at 1.5 sigma, as that of old does.
    low, high = (0.5, 1.05) if kind == "gaussian" else (0.8, 1.35)
    assert low * expected < sum(variance) - 2 * of_square < high * expected


def test_photographs_give_sharp_and_blurred_copies_of_each(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for name in ("a", "b"):
        cv2.imwrite(str(tmp_path / "photos" / f"{name}.png"), draw.integers(0, 256, (80, 100, 3), dtype=np.uint8))
    samples = lo.gate_data(tmp_path / "made", photos=tmp_path / "photos", strengths=[2], nuisances="none,jpeg")
    assert (samples.sharp, samples.blurred, samples.scenes) == (4, 4, 2)
    assert samples.kinds == ("gaussian", "defocus", "motion")
    assert {row["scene"] for row in rows(tmp_path / "made")} == {"a.png", "b.png"}
    assert {row["nuisance"] for row in rows(tmp_path / "made")} == {"none", "jpeg"}


def test_made_again_with_fewer_it_leaves_no_old_ones_and_nothing_of_others(tmp_path: Path) -> None:
    lo.gate_data(tmp_path, count=10)
    own = tmp_path / "raw" / "cv" / "sharp" / "mine.png"
    own.write_bytes(b"mine")
    lo.gate_data(tmp_path, count=4)
    assert len(list((tmp_path / "raw").rglob("pattern-*.png"))) == 4
    assert own.read_bytes() == b"mine"


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "raw" / "cv" / "sharp").mkdir(parents=True)
    (tmp_path / "raw" / "cv" / "sharp" / "own.png").write_bytes(b"own")
    with pytest.raises(OutputUnwritable, match="holds files already"):
        lo.gate_data(tmp_path)
    assert not (tmp_path / "processed").exists()


def test_photographs_are_not_written_into(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((40, 40, 3), np.uint8))
    with pytest.raises(OutputUnwritable):
        lo.gate_data(tmp_path, photos=tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kinds": "gausian"}, "'gausian'"),
        ({"nuisances": ["fog"]}, "'fog'"),
        ({"strengths": "1,x"}, "not all numbers"),
        ({"strengths": [0]}, "has 0"),
        ({"count": 1}, "count is 1"),
    ],
)
def test_what_is_none_is_refused(wrong: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        lo.gate_data(tmp_path, **wrong)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_every_nuisance_meets_every_blur(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for number in range(6):
        pixels = draw.integers(0, 256, (20, 20, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), pixels)
    lo.gate_data(tmp_path / "made", photos=tmp_path / "photos", strengths=[1, 2], nuisances="none,dark,noise")
    met = {(row["kind"], row["strength"], row["nuisance"]) for row in rows(tmp_path / "made") if row["label"] == "0"}
    assert len(met) == 3 * 2 * 3


def test_what_was_begun_and_is_stopped_leaves_no_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def stopped(path: Path, pixels: np.ndarray) -> None:
        written.append(path)
        if len(written) > 3:
            raise KeyboardInterrupt
        cv2.imwrite(str(path), pixels)

    monkeypatch.setattr(make_samples, "write_png", stopped)
    with pytest.raises(KeyboardInterrupt):
        lo.gate_data(tmp_path)
    assert not list(tmp_path.rglob("*.png"))


def test_photographs_that_are_none_are_said(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"no image")
    with pytest.raises(LookoutError):
        lo.gate_data(tmp_path / "made", photos=tmp_path / "photos")
    assert not list((tmp_path / "made").rglob("*.csv"))
