"""`lookout explain`: what a model looked at, drawn, as arrays and as a page, for whatever a user has and types."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from fitted_colours import division, fitted
from lookoutcv.models.backbones.backbone import prepare
from lookoutcv.training.packing.pack_fitted import Packing, pack_fitted
from terminal import Terminal
from tiny_backbones import MOBILENET

LEFT = """\
def left(pixels):
    middle = pixels.shape[1] // 2
    return [pixels[:, :middle].mean() / 255, pixels[:, middle:].mean() / 255]
"""
CARD = """\
labels: [left, right]
head: softmax
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A function, a package of a network, and images of two sizes."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "left.py").write_text(LEFT)
    (desk / "card.yaml").write_text(CARD)
    (desk / "day").mkdir()
    for name, size in (("a", (48, 64)), ("b", (48, 64)), ("c", (40, 60))):
        pixels = np.zeros((*size, 3), np.uint8)
        pixels[10:30, 6:16] = 255
        pixels[20:26, 40:50] = 130
        Image.fromarray(pixels).save(desk / "day" / f"{name}.png")
    backbone = prepare(MOBILENET, "none", 3, side_px=32, seed=3)
    network = fitted(backbone=MOBILENET, module=backbone.module.eval(), input=replace(backbone.input, size=(32, 32)))
    how = Packing("colours", perturb=False, options={"cache": False, "workers": 1})
    pack_fitted(network, desk / "colours.zip", division(desk / "images", each=4), how)
    return desk


@pytest.fixture(autouse=True)
def here(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)


ASKED = ("explain", "left.py:left", "--card", "card.yaml")


def test_it_is_drawn_written_and_read_back(lookout: Terminal, tmp_path: Path) -> None:
    outputs = {end: tmp_path / f"found.{end}" for end in ("png", "npy", "npz", "html", "pdf", "md", "json")}
    typed = [word for path in outputs.values() for word in ("-o", str(path))]
    assert lookout(*ASKED, "day/a.png", "day/b.png", "--top", "2", *typed) == 0
    assert lookout.out.count("(occlusion), spread") == 4
    for path in outputs.values():
        assert f"Wrote {path}" in " ".join(lookout.out.split()) or path.name in lookout.out
    values = np.load(outputs["npy"], allow_pickle=False)
    assert (values.shape, values.dtype) == ((2, 2, 48, 64), np.float32)
    assert values[0, 0, :, :32].sum() > 5 * values[0, 0, :, 32:].sum()
    with np.load(outputs["npz"], allow_pickle=False) as arrays:
        names = [name for name in arrays if name != "LookOutCV explanation"]
        assert len(names) == 2
        assert np.array_equal(arrays[names[0]], values[0])
    with Image.open(outputs["png"]) as drawn:
        assert drawn.width > 3 * 64
    page = outputs["html"].read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 6
    sheet = lo.load(outputs["json"])
    assert isinstance(sheet, lo.ExplanationSheet)
    assert [one.label for one in sheet.images[0].classes] == ["left", "right"]
    assert lookout("show", str(outputs["json"]), "-o", str(tmp_path / "again.html")) == 0
    # Ours are replaced, those of others are not.
    assert lookout(*ASKED, "day/a.png", "-o", str(outputs["png"]), "-o", str(outputs["npz"])) == 0
    Image.new("RGB", (8, 8)).save(tmp_path / "mine.png")
    np.savez(tmp_path / "mine.npz", a=np.zeros(3))
    for mine in ("mine.png", "mine.npz"):
        before = (tmp_path / mine).read_bytes()
        assert lookout(*ASKED, "day/a.png", "-o", str(tmp_path / mine)) == 2
        assert "--force" in lookout.err
        assert (tmp_path / mine).read_bytes() == before


def test_a_package_is_explained_by_its_network(lookout: Terminal, tmp_path: Path) -> None:
    assert lookout("explain", "colours.zip", "day", "--json", "-o", str(tmp_path / "x.png")) == 0
    said = json.loads(lookout.out)
    (one, *_) = said["images"][0]["classes"]
    assert one["method"] == "grad_cam"
    assert one["layer"]
    assert one["thumbnail"] is None
    assert lookout("explain", "colours.zip", "day/a.png", "--layer", "blocks.0", "--class", "red") == 0
    assert "red" in lookout.out
    assert "(grad_cam at blocks.0)" in lookout.out
    assert lookout("explain", "colours.zip", "day/a.png", "--layer", "bloks.0") == 2
    assert "blocks.0" in lookout.err


def test_a_map_is_held_against_random_ones(lookout: Terminal) -> None:
    assert lookout(*ASKED, "day/a.png", "--class", "left", "--faithfulness", "--json") == 0
    (one,) = json.loads(lookout.out)["images"][0]["classes"]
    found = one["faithfulness"]
    assert found["better_by"] > 0
    assert found["low"] < found["better_by"] < found["high"]
    assert found["deletion"] < found["insertion"]
    assert lookout(*ASKED, "day/a.png", "--class", "left", "--faithfulness") == 0
    assert "against random maps (95% interval" in " ".join(lookout.out.split())


def test_maps_of_several_sizes_do_not_fit_one_array(lookout: Terminal, tmp_path: Path) -> None:
    assert lookout(*ASKED, "day", "-o", str(tmp_path / "x.npy")) == 2
    assert ".npz, which holds an array for each image" in lookout.err
    assert lookout(*ASKED, "day", "-o", str(tmp_path / "x.npz")) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--class", "lefft"), "Did you mean 'left'?"),
        (("--method", "grad_cam"), "of which only the answers are known"),
        (("--method", "occlusoin"), "'occlusion'"),
        (("--layer", "features"), "layers can be chosen of a network only"),
        (("-o", "day/x.png"), "outside of that folder"),
        (("-o", "x.jpg"), ".png (a picture), .npy or .npz (the maps), or one of .htm"),
        (("-o", "x.csv"), "End its name in"),
        (("--top", "0"), "--top"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_is_said_with_what_to_type(lookout: Terminal, typed: tuple[str, ...], said: str) -> None:
    assert lookout(*ASKED, "day", *typed) in (1, 2)
    assert said in " ".join(lookout.err.split())


def test_images_that_cannot_be_read_are_named(lookout: Terminal, tmp_path: Path) -> None:
    whole = Path("day/a.png").read_bytes()
    (tmp_path / "broken.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.png").write_bytes(whole)
    assert lookout(*ASKED, str(tmp_path)) == 0
    assert "1 image was skipped" in lookout.out
    assert "broken.png" in lookout.out


def test_few_of_many_images_are_asked_about_and_that_is_said(lookout: Terminal) -> None:
    assert lookout(*ASKED, "day", "--sample", "1") == 0
    assert "2 of 3 images were not asked about; --sample N takes more." in " ".join(lookout.out.split())


def test_pictures_are_covered_or_left_out(tmp_path: Path) -> None:
    found = lo.explain("left.py:left", "day/a.png", card="card.yaml", redact="0,0,1,1")
    (one,) = found
    assert one.explanation.pixels.std() < 1
    assert one.explanation.heatmap.values[:, :32].max() > 0.9
    assert any("Covered" in note or "covered" in note for note in found.notes)
    bare: Any = lo.explain("left.py:left", "day/a.png", card="card.yaml", thumbnails=False).sheet()
    assert bare.images[0].thumbnail is None
    assert bare.images[0].classes[0].thumbnail is None


def test_where_it_looks_is_measured_and_shown_from_the_command_line(lookout: Terminal, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for name, place in (("before", 10), ("after", 23)):
        (tmp_path / name).mkdir()
        for number in range(50):
            pixels = random.integers(0, 20, (32, 32, 3), dtype=np.uint8)
            top, left = place + random.integers(0, 4), random.integers(4, 8)
            pixels[top : top + 6, left : left + 6] = 250
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    asked = ("--model", "left.py:left", "--card", "card.yaml", "--metrics", "exposure.brightness", "--workers", "1")
    kept = tmp_path / "b.parquet"
    assert lookout("baseline", str(tmp_path / "before"), *asked, "--explain-share", "1", "-o", str(kept)) == 0
    assert "attention.border" in lookout.out
    report = tmp_path / "r.json"
    told = (*asked, "--baseline", str(kept), "-o", str(report), "--html", str(tmp_path / "r.html"))
    assert lookout("monitor", str(tmp_path / "after"), *told, "--explain-share", "1") == 0
    read = json.loads(report.read_text("utf-8"))
    assert {"attention.border", "attention.spread"} <= {one["name"] for one in read["metrics"]}
    (found,) = read["measured_examples"] or [None]
    assert found is not None
    assert (len(found["window"]), len(found["baseline"])) == (8, 4)
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Where the model looks" in page
    assert page.count("left, score ") >= 12


def test_what_is_wrong_with_a_share_is_said(lookout: Terminal) -> None:
    assert lookout("measure", "day", "--explain-share", "0.5") == 2
    assert "there is no model. Give --model MODEL too." in " ".join(lookout.err.split())
    assert lookout("measure", "day", "--model", "left.py:left", "--card", "card.yaml", "--explain-share", "7") == 2
    assert "--explain-share is 7.0" in " ".join(lookout.err.split())
    assert lookout("measure", "day", "--model", "left.py:left", "--no-inference", "--explain-share", "0.5") == 0
