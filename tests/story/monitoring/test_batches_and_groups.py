"""Days that differ, one camera that fails, and what a baseline says about itself, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from lookoutcv.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lookout(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def shoot(folder: Path, images: int, light: float, seed: int, taken: datetime | None = None) -> None:
    """Noise pictures of one brightness; half of that by chance, so that a day is not one picture."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for i in range(images):
        level = light + rng.normal(0, 12)
        scene = cv2.GaussianBlur(rng.normal(0, 40, (40, 56, 3)), (0, 0), 1.5) * 4 + level
        exif = Image.Exif()
        if taken is not None:
            exif.get_ifd(0x8769)[0x9003] = (taken + timedelta(minutes=i)).strftime("%Y:%m:%d %H:%M:%S")
        Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8)).save(folder / f"{i:03}.jpg", exif=exif, quality=90)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    lights = np.random.default_rng(4).normal(120, 14, 9)
    for day in range(8):
        shoot(root / "val" / f"day-{day + 1}", 25, lights[day], day, datetime(2026, 5, 1 + day, 12))
    shoot(root / "ordinary", 40, 138.0, 50, datetime(2026, 5, 20, 12))
    shoot(root / "night", 40, 8.0, 51)
    for camera, light in (("left", 120.0), ("right", 120.0)):
        shoot(root / "line" / camera, 60, light, len(camera))
        shoot(root / "today" / camera, 150 if camera == "left" else 35, light if camera == "left" else 65.0, 60)
    return root


def test_an_ordinary_day_is_drift_without_batches_and_none_with_them(lookout: Run, world: Path, tmp_path: Path) -> None:
    plain, divided = tmp_path / "plain.parquet", tmp_path / "days.parquet"
    code, out, _ = lookout("baseline", world / "val", "-o", plain, "--workers", 1)
    assert code == 0
    assert "Its own check:" in out
    assert "--batch-by day" in out
    code, out, _ = lookout("baseline", world / "val", "-o", divided, "--batch-by", "day", "--workers", 1)
    assert code == 0
    assert "Batches: 8 (--batch-by day)" in out
    alone = lookout("monitor", world / "ordinary", "-b", plain, "--fail-on", "low", "--workers", 1)
    assert alone[0] == 3
    assert "day to day" in " ".join(alone[1].split())
    known = lookout("monitor", world / "ordinary", "-b", divided, "--fail-on", "low", "--workers", 1)
    assert known[0] == 0
    assert "Tested against the 8 batches" in known[1]
    assert lookout("monitor", world / "night", "-b", divided, "--fail-on", "low", "--workers", 1)[0] == 3
    assert "Batches: 8 (--batch-by day)" in lookout("show", divided)[1]


@pytest.mark.parametrize("by", ["folder", "25"])
def test_folders_and_blocks_are_batches_too(lookout: Run, world: Path, tmp_path: Path, by: str) -> None:
    file = tmp_path / "b.parquet"
    assert lookout("baseline", world / "val", "-o", file, "--batch-by", by, "--workers", 1, "--no-thumbnails")[0] == 0
    code, out, _ = lookout("show", file, "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["batch_by"], told["check"]["batches"]) == (by, 8)
    code, out, _ = lookout("compare", world / "val", world / "ordinary", "--batch-by", by, "--json", "--workers", 1)
    assert json.loads(out)["policy"]["test"] == "batches"


def test_one_camera_that_fails_is_named(lookout: Run, world: Path, tmp_path: Path) -> None:
    file, page, data = tmp_path / "b.parquet", tmp_path / "r.html", tmp_path / "r.json"
    assert lookout("baseline", world / "line", "-o", file, "--workers", 1)[0] == 0
    words = ["monitor", world / "today", "-b", file, "--group-by", "folder", "--workers", 1, "--no-thumbnails"]
    code, out, _ = lookout(*words, "-o", data, "--html", page, "--fail-on", "low")
    assert code == 3
    assert "Groups by folder" in out
    groups = {one["name"]: one for one in json.loads(data.read_text())["groups"]}
    assert groups["left"]["severity"] == "none"
    assert groups["right"]["severity"] != "none"
    assert "darker" in groups["right"]["text"]
    assert "Groups by folder" in page.read_text()
    assert "Groups by folder" in lookout("show", data)[1]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["baseline", "{world}/night", "-o", "{out}", "--batch-by", "day"], 2, "found no image with a time"),
        (["baseline", "{world}/night", "-o", "{out}", "--batch-by", "0"], 2, "at least 1"),
        (["baseline", "{world}/night", "-o", "{out}", "--batch-by", "camera"], 2, "no image with a camera"),
        (["baseline", "{world}/night", "-o", "{out}", "--batch-by", "foldr"], 2, "Did you mean 'folder'"),
        (["compare", "{world}/ordinary", "{world}/night", "--group-by", "20"], 2, "--group-by is 20"),
        (["compare", "{world}/ordinary", "{world}/night", "--group-by", "site"], 2, "no image has a tag 'site'"),
    ],
)
def test_a_wrong_field_is_one_plain_line(lookout: Run, world: Path, words: list[str], code: int, says: str) -> None:
    out = world / "b.parquet"
    found, _, error = lookout(*[word.format(world=world, out=out) for word in words], "--workers", 1)
    assert found == code
    assert says in error
    assert "Traceback" not in error
    assert not out.exists()
