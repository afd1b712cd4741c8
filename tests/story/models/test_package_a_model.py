"""A model that exists already is wrapped, and then watched with nothing but its package."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.models import package_at
from terminal import Terminal
from tiny_models import (
    linear_weights,
    onnx_classifier,
    onnx_constant,
    onnx_weights_elsewhere,
    tflite_mean,
    torchscript_mean,
)
from tiny_packages import CARD, colour_pictures

PLAIN = ("--no-perturb", "--workers", 1)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOKOUTCV_CACHE", str(tmp_path / "cache"))
    colour_pictures(Path("val"), each=14)
    colour_pictures(Path("today"), each=14, seed=3)
    onnx_classifier(Path("net.onnx"))
    Path("net.card.yaml").write_text("labels: [red, green, blue]\n", encoding="utf-8")
    return tmp_path


def test_an_onnx_file_with_its_card(lookout: Terminal) -> None:
    licence = ("--licence", "mit", "--name", "colours", "--model-version", "7")
    assert lookout("package", "net.onnx", "--data", "val", "-o", "colours.zip", *licence, *PLAIN) == 0, lookout.err
    assert "Package colours.zip: colours 7, classification, 3 classes" in lookout.out
    assert "Next: lookout monitor TODAYS_IMAGES --model colours.zip --html report.html" in lookout.out
    assert "The baseline rests on 42 labelled images" in lookout.out
    package = package_at("colours.zip")
    assert package is not None
    assert package.manifest.licence == "mit"
    assert package.read("model.onnx") == Path("net.onnx").read_bytes()
    assert json.loads(package.read("evaluation.json"))["accuracy"] == 1
    assert any(note.startswith("Assumed when it was packed: ") for note in package.manifest.notes)
    # What was guessed stands in the card from then on.
    assert lo.open_model("colours.zip").notes == ()
    Path("net.onnx").unlink()
    Path("net.card.yaml").unlink()
    assert lookout("monitor", "today", "--model", "colours.zip", "--json") == 0
    report = json.loads(lookout.out)
    assert report["accuracy"]["measured"]["accuracy"] == 1


def test_its_name_is_that_of_its_file_unless_another_is_given(lookout: Terminal) -> None:
    assert lookout("package", "net.onnx", "--data", "val", *PLAIN, "--json") == 0, lookout.err
    values = json.loads(lookout.out)
    assert (values["name"], Path(values["path"]).name) == ("net", "net.zip")
    assert lookout("package", "net.onnx", "--data", "val", *PLAIN) == 2
    assert "a package lies there" in lookout.err
    assert lookout("package", "net.onnx", "--data", "val", *PLAIN, "--force") == 0
    assert lookout("package", "net.onnx", "--name", "../../con", *PLAIN) == 0
    assert (Path("_.._con.zip")).is_file()


def test_without_images_there_is_no_baseline_and_that_is_said(lookout: Terminal) -> None:
    assert lookout("package", "net.onnx", "-o", "p") == 0
    assert "It has no baseline" in lookout.out
    assert lookout("monitor", "today", "--model", "p") == 2
    assert lookout("predict", "p", "today/red/0.png") == 0


def test_images_without_labels_make_a_baseline_all_the_same(lookout: Terminal) -> None:
    assert lookout("package", "net.onnx", "--data", "val/red", "-o", "p", *PLAIN) == 0, lookout.err
    package = package_at("p")
    assert package is not None
    assert "How good it is was not measured" in " ".join(package.manifest.notes)
    assert lo.Baseline.load("p").profile.count == 14


def test_other_formats(lookout: Terminal) -> None:
    tflite_mean(Path("net.tflite"))
    torchscript_mean(Path("script.pt"))
    Path("script.card.yaml").write_text(
        "labels: [red, green, blue]\ntask: classification\ninput: {size: [4, 4], scale: 0.01}\nhead: logits\n"
    )
    for model, file in (("net.tflite", "model.tflite"), ("script.pt", "model.pt")):
        target = f"{model}.zip"
        assert lookout("package", model, "--data", "val", "-o", target, *PLAIN) == 0, lookout.err
        package = package_at(target)
        assert package is not None
        assert package.manifest.model == file
        before, after = lo.open_model(model), lo.open_model(target)
        pixels = np.full((9, 9, 3), (200, 10, 10), np.uint8)
        one, two = before.predict([pixels])[0], after.predict([pixels])[0]
        np.testing.assert_array_equal(one.scores, two.scores)
        assert before.labels == after.labels


def test_weights_beside_a_file_travel_with_it(lookout: Terminal, tmp_path: Path) -> None:
    onnx_weights_elsewhere(Path("far.onnx"), "weights.bin")
    Path("weights.bin").write_bytes(linear_weights().tobytes())
    Path("far.card.yaml").write_text(CARD.replace("softmax", "logits"))
    for target in ("p", "p.zip"):
        assert lookout("package", "far.onnx", "--data", "val", "-o", target, *PLAIN) == 0, lookout.err
    Path("weights.bin").unlink()
    for target in ("p", "p.zip"):
        assert lo.open_model(target).predict([np.full((8, 8, 3), (0, 0, 250), np.uint8)])[0].label == "blue"
    Path("p/model/weights.bin").write_bytes(bytes(36))
    with pytest.raises(lo.LookoutError, match=r"model/weights\.bin is not what was packed"):
        lo.open_model("p")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("own.py:see",), "a package holds none"),
        (("nowhere.onnx",), "cannot be read"),
        (("net.onnx", "--weights", "w.safetensors"), "Leave --weights out"),
        (("timm:resnet18",), "a network without weights"),
        (("net.onnx", "-o", "val/p.zip"), "which is read"),
        (("net.onnx", "-o", "net.onnx"), "it is an input"),
        (("net.onnx", "-o", "today"), "something else lies there"),
        (("net.onnx", "--card", "none.yaml"), "none.yaml"),
    ],
)
def test_what_cannot_be_is_told_and_leaves_nothing(lookout: Terminal, words: tuple[str, ...], said: str) -> None:
    Path("own.py").write_text("def see(pixels):\n    return [1.0]\n")
    before = sorted(Path().rglob("*"))
    assert lookout("package", *words, "--data", "val", *PLAIN) in (1, 2)
    assert said in lookout.err
    assert sorted(Path().rglob("*")) == before


def test_a_package_is_not_packed_again(lookout: Terminal) -> None:
    assert lookout("package", "net.onnx", "-o", "p") == 0
    assert lookout("package", "p", "-o", "q") == 2
    assert "is a package already" in lookout.err


def test_no_pictures_where_none_are_wanted(lookout: Terminal) -> None:
    assert lookout("package", "net.onnx", "--data", "val", "-o", "p", *PLAIN, "--no-thumbnails") == 0
    assert {one.thumbnail for one in lo.Baseline.load("p").typical} == {None}


def test_a_network_of_timm(lookout: Terminal) -> None:
    timm_import = pytest.importorskip("lookoutcv.models.networks.timm_import")
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    try:
        library = timm_import.timm()
    except lo.LookoutError:
        pytest.skip("timm is not installed")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    module = library.create_model("mobilenetv3_small_050", num_classes=3).eval()
    safetensors.save_file(module.state_dict(), "w.safetensors")
    words = ("timm:mobilenetv3_small_050", "--weights", "w.safetensors", "--data", "val", "-o", "p")
    assert lookout("package", *words, *PLAIN) == 0, lookout.err
    package = package_at("p")
    assert package is not None
    assert package.manifest.backbone is not None
    assert package.manifest.backbone.name == "mobilenetv3_small_050"
    assert package.manifest.classes == ["blue", "green", "red"]
    assert package.manifest.agreement is not None
    assert package.manifest.agreement.images == 8
    assert lookout("package", *words[:-1], "q", "--set", "labels=[a, b]", *PLAIN) == 1
    assert "tells 3 classes apart, and 2 names of classes are known" in lookout.err


def test_settings_may_say_what_is_packed(lookout: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    settings = "package:\n  model: {}\n  data: val\n  output: made.zip\n  workers: 1\n  perturb: false\n"
    (tmp_path / "lookout.yaml").write_text(settings.format("net.onnx"), encoding="utf-8")
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert lookout("config", "check") == 0, lookout.err
    assert lookout("package") == 0, lookout.err
    assert package_at(tmp_path / "made.zip") is not None
    (tmp_path / "lookout.yaml").write_text(settings.format("timm:resnet18"), encoding="utf-8")
    assert lookout("config", "check") == 0, lookout.err
    assert lookout("package", "--force") == 1
    assert "timm:resnet18 is a network without weights" in lookout.err


def marked_pictures(folder: Path, count: int, seed: int) -> Path:
    """Noise with one object each, in the form of COCO."""
    random = np.random.default_rng(seed)
    folder.mkdir()
    for number in range(count):
        Image.fromarray(random.integers(60, 190, (32, 32, 3), np.uint8)).save(folder / f"{number}.png")
    told = {
        "images": [{"id": number, "file_name": f"{number}.png"} for number in range(count)],
        "annotations": [{"id": n, "image_id": n, "category_id": 1, "bbox": [4, 4, 16, 16]} for n in range(count)],
        "categories": [{"id": 1, "name": "thing"}],
    }
    (folder / "marks.json").write_text(json.dumps(told))
    return folder / "marks.json"


def test_a_detector_is_wrapped_with_marked_images_and_monitors(lookout: Terminal) -> None:
    onnx_constant(Path("finder.onnx"), [np.array([[[4, 4, 20, 20, 0.9, 0]]], np.float32)])
    card = "task: detection\nlabels: [thing]\nhead: {name: end_to_end, normalised: false}\n"
    Path("finder.card.yaml").write_text(card, encoding="utf-8")
    marks = marked_pictures(Path("marked"), 40, seed=1)
    assert lookout("package", "finder.onnx", "--data", marks, "-o", "finder", *PLAIN) == 0, lookout.err
    assert "Package finder: finder 1, detection, 1 class" in lookout.out
    package = package_at("finder")
    assert package is not None
    assert package.has_baseline
    evaluation = json.loads(package.read("evaluation.json"))
    assert evaluation["format"] == "lookoutcv.detection_evaluation"
    assert evaluation["map"] == pytest.approx(1)
    today = marked_pictures(Path("marked today"), 40, seed=2)
    assert lookout("monitor", today, "--model", "finder", "--json") == 0, lookout.err
    report = json.loads(lookout.out)
    assert report["baseline"]["images"] == 40
    assert report["accuracy"]["detection"]["window"]["map"] == pytest.approx(1)
    assert lookout("predict", "finder", "marked/0.png", "--json") == 0
    assert [one["label"] for one in json.loads(lookout.out)["predictions"][0]["predictions"]] == ["thing"]
