"""`lookout init` on a terminal: where images have no labels of their own, it asks what says them."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import typer
import yaml

import lookoutcv as lo
from terminal import Terminal
from tiny_packages import colour_pictures, hand_packed


def test_labels_are_asked_for_where_images_bring_none(
    lookout: Terminal, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = sorted((good / "cat").glob("*.jpg"))[:3]
    (tmp_path / "reference").mkdir()
    for one in pictures:
        (tmp_path / "reference" / one.name).write_bytes(one.read_bytes())
    images = [{"id": i, "file_name": one.name} for i, one in enumerate(pictures)]
    boxes = [{"image_id": i, "category_id": 1, "bbox": [1, 1, 9, 9]} for i in range(3)]
    said = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "cat"}]}
    (tmp_path / "reference" / "marks.json").write_text(json.dumps(said))
    asked = []

    def answer(words: str, default: str) -> str:
        asked.append(words)
        return "reference/marks.json" if "labels" in words else default

    monkeypatch.setattr(typer, "prompt", answer)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert lookout("init", tmp_path) == 0
    assert [("labels" in words) for words in asked] == [False, False, False, True]
    assert "Their boxes come along" in lookout.out
    settings = yaml.safe_load((tmp_path / "lookout.yaml").read_text())
    assert settings["baseline"]["source"] == "reference/marks.json"
    assert lookout("init", tmp_path, "--yes", "--force") == 0
    assert "They have no labels that were recognised" in lookout.out
    assert len(asked) == 4


def test_a_package_in_the_folder_becomes_the_model_with_its_baseline(
    lookout: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    colour_pictures(tmp_path / "val", each=12)
    colour_pictures(tmp_path / "today", each=8, seed=3)
    package = hand_packed(tmp_path / "runs" / "pets" / "package")
    made = lo.baseline(tmp_path / "val", model=package, perturb=False, workers=1)
    shutil.rmtree(package)
    hand_packed(package, made)
    assert lookout("init", "--yes") == 0
    assert "A model to ask about them: runs/pets/package" in lookout.out
    assert "The package of the model brings its baseline" in lookout.out
    assert "Next: lookout monitor" in lookout.out
    settings = yaml.safe_load((tmp_path / "lookout.yaml").read_text())
    assert settings["model"]["file"] == "runs/pets/package"
    assert "baseline" not in settings.get("monitor", {})
    assert lookout("monitor", "--json") == 0, lookout.err
    assert json.loads(lookout.out)["baseline"]["images"] == 36
