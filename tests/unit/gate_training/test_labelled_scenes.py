"""Which images are sharp, whatever form says so."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import DataError
from lookoutcv.gate_training.labelled_scenes import read_scenes
from lookoutcv.gate_training.parting import parted


def image(path: Path, level: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((8, 8, 3), level, np.uint8))


@pytest.mark.parametrize(("good", "bad"), [("sharp", "blurred"), ("Sharp", "Blurry"), ("1", "0"), ("in_focus", "bad")])
def test_folders_say_it(good: str, bad: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        image(tmp_path / good / f"{name}.png")
    image(tmp_path / bad / "c.png")
    scenes = read_scenes(tmp_path)
    assert (len(scenes.sharp), len(scenes.blurred)) == (2, 1)


def test_a_table_says_it(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        image(tmp_path / f"{name}.png")
    (tmp_path / "labels.csv").write_text("filename,label,scene\na.png,1,x\nb.png,0,x\nc.png,,y\n")
    scenes = read_scenes(tmp_path / "labels.csv")
    assert [(one.id, one.sharp, one.group) for one in scenes.items] == [("a.png", True, "x"), ("b.png", False, "x")]
    assert scenes.unlabelled == 1


@pytest.mark.parametrize("names", [("a.png", "b.png"), ("cat/a.png", "dog/b.png")])
def test_good_images_alone_are_all_sharp_and_that_is_said(names: tuple[str, ...], tmp_path: Path) -> None:
    for name in names:
        image(tmp_path / name)
    scenes = read_scenes(tmp_path)
    assert len(scenes.sharp) == 2
    assert "all" in scenes.notes[-1]
    assert "sharp" in scenes.notes[-1]
    assert [one.scene_kind for one in scenes.items] == ([""] * 2 if "/" not in names[0] else ["cat", "dog"])


def test_a_label_beside_blurred_that_says_neither_is_refused(tmp_path: Path) -> None:
    image(tmp_path / "sharp" / "a.png")
    image(tmp_path / "blurred" / "b.png")
    image(tmp_path / "hazy" / "c.png")
    with pytest.raises(DataError, match="'hazy', which says neither sharp nor blurred"):
        read_scenes(tmp_path)


def test_copies_of_a_scene_are_never_on_both_sides(tmp_path: Path) -> None:
    lines = ["path,label,scene"]
    for number in range(70):
        for label in (1, 0):
            image(tmp_path / f"{number}-{label}.png")
            lines.append(f"{number}-{label}.png,{label},scene-{number}")
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    scenes = read_scenes(tmp_path / "labels.csv")
    learning, choosing, seen = parted(scenes, learns=True)
    assert not seen
    assert {one.group for one in learning.items}.isdisjoint(one.group for one in choosing.items)
    assert len(learning.items) + len(choosing.items) == 140
    assert parted(scenes, learns=False) == (scenes, scenes, True)


@pytest.mark.parametrize(("name", "sharp"), [("sharp", True), ("blurred", False)])
def test_a_single_folder_says_what_its_name_says(tmp_path: Path, name: str, sharp: bool) -> None:
    kept = lo.gate_data(tmp_path / "all", count=4).folder / "raw" / "cv" / name
    (tmp_path / "some").mkdir()
    kept.rename(tmp_path / "some" / name)
    assert {one.sharp for one in read_scenes(tmp_path / "some", all_sharp=False).items} == {sharp}


def test_a_table_whose_labels_say_neither_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        image(tmp_path / f"{name}.png")
    (tmp_path / "labels.csv").write_text("path,label\na.png,yes\nb.png,no\n")
    with pytest.raises(DataError, match="'yes' and 'no', which says neither sharp nor blurred"):
        read_scenes(tmp_path / "labels.csv")


def test_a_misspelt_folder_beside_sharp_is_refused(tmp_path: Path) -> None:
    image(tmp_path / "sharp" / "a.png")
    image(tmp_path / "blured" / "b.png")
    with pytest.raises(DataError, match="'blured', which says neither"):
        read_scenes(tmp_path)
