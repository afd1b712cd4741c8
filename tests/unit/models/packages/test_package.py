"""A package is opened wherever a model is named, and what lies in it is compared with what it says of itself."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import lookoutcv as lo
from lookoutcv.errors import CorruptFile, ModelNotFound, NewerFormat, NotOurFile, WrongCard
from lookoutcv.models import package_at
from tiny_models import BLUE, GREEN, RED
from tiny_packages import declared, hand_packed, zipped

FORMS = ("folder", "zip", "zip with a folder")


@pytest.fixture(params=FORMS)
def packed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = hand_packed(tmp_path / "made")
    if request.param == "folder":
        return folder
    top = "colours/" if request.param == FORMS[2] else ""
    path = zipped(folder, tmp_path / "colours.zip", top)
    shutil.rmtree(folder)
    return path


def test_it_predicts_what_onnxruntime_gives(packed: Path, tmp_path: Path) -> None:
    package = package_at(packed)
    assert package is not None
    model = lo.open_model(packed)
    assert (model.name, model.task, model.labels) == ("colours 3", "classification", ("red", "green", "blue"))
    assert model.sha256 == package.sha256 == hashlib.sha256(package.file("model.onnx").read_bytes()).hexdigest()
    session = onnxruntime.InferenceSession(str(package.file("model.onnx")))
    for pixels in (RED, GREEN, BLUE):
        (prediction,) = model.predict([pixels])
        batch = np.broadcast_to(pixels[:1, :1].transpose(2, 0, 1).astype(np.float32) / 255, (1, 3, 4, 4))
        (scores,) = session.run(None, {"x": np.ascontiguousarray(batch)})
        np.testing.assert_allclose(prediction.scores, scores[0], atol=1e-6)


def test_the_runtime_of_a_zip_starts_again_after_it_died(tmp_path: Path) -> None:
    model = lo.open_model(zipped(hand_packed(tmp_path / "made"), tmp_path / "p.zip"))
    model._runtime.close()  # type: ignore[attr-defined]
    gc.collect()
    assert model.predict([RED])[0].label == "red"


def test_what_a_zip_was_unpacked_to_goes_with_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    model = lo.open_model(zipped(hand_packed(tmp_path / "made"), tmp_path / "p.zip"))
    assert len(os.listdir(tmp_path / "tmp")) == 1
    model._runtime.close()  # type: ignore[attr-defined]
    del model
    gc.collect()
    assert os.listdir(tmp_path / "tmp") == []


def test_a_card_that_is_given_counts_before_its_own(packed: Path) -> None:
    model = lo.open_model(packed, {"labels": ["a", "b", "c"], "head": "softmax"})
    assert model.labels == ("a", "b", "c")


def test_every_file_is_compared_with_its_sum(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    package = package_at(folder)
    assert package is not None
    package.verify()
    card = folder / "model.card.yaml"
    card.write_bytes(card.read_bytes().replace(b"green", b"GREEN"))
    with pytest.raises(CorruptFile, match=r"model\.card\.yaml is not what was packed: its SHA-256 is another"):
        lo.open_model(folder)
    with pytest.raises(CorruptFile):
        package.verify()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "model.onnx").unlink(), "model.onnx is missing"),
        (lambda folder: (folder / "model.onnx").write_bytes(b""), "model.onnx has 0 bytes"),
        (lambda folder: (folder / "package.json").write_text('{"format": "lookoutcv.package", '), "is no JSON"),
        (lambda folder: (folder / "package.json").write_text('{"format": "lookoutcv.package"}'), "no version"),
        (lambda folder: (folder / "package.json").write_text('["lookoutcv.package"]'), "is not a LookOutCV package"),
    ],
)
def test_damage_names_the_package_and_the_file(tmp_path: Path, damage: object, words: str) -> None:
    folder = hand_packed(tmp_path / "p")
    damage(folder)  # type: ignore[operator]
    for path in (folder, zipped(folder, tmp_path / "p.zip")):
        with pytest.raises((CorruptFile, NotOurFile)) as caught:
            lo.open_model(path)
        assert words in str(caught.value)
        assert str(path) in str(caught.value)


def test_a_newer_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NewerFormat, match="pip install -U"):
        lo.open_model(hand_packed(tmp_path / "p", version=2))


def test_a_card_takes_no_labels_from_other_files(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    card = folder / "model.card.yaml"
    card.write_text(card.read_text().replace("[red, green, blue]", "/etc/passwd"))
    with pytest.raises(WrongCard, match="another file"):
        lo.open_model(declared(folder))


def test_a_damaged_card_is_told_by_its_own_name(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    (folder / "model.card.yaml").write_text("no such key: 1\n")
    path = zipped(declared(folder), tmp_path / "p.zip")
    with pytest.raises(lo.LookoutError) as caught:
        lo.open_model(path)
    assert f"{path}: model.card.yaml" in str(caught.value)
    assert "unpacked" not in str(caught.value)


def test_a_broken_model_is_told_by_its_own_name(tmp_path: Path) -> None:
    folder = hand_packed(tmp_path / "p")
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:100])
    path = zipped(declared(folder), tmp_path / "p.zip")
    for trust in (False, True):
        with pytest.raises(lo.LookoutError) as caught:
            lo.open_model(path, trust=trust)
        assert f"{path}: model.onnx" in str(caught.value)
        assert "unpacked" not in str(caught.value)


def test_what_was_compared_in_an_archive_is_still_unpacked(tmp_path: Path) -> None:
    package = package_at(zipped(hand_packed(tmp_path / "made"), tmp_path / "p.zip"))
    assert package is not None
    package.verify()
    assert package.read("model.card.yaml") == package.file("model.card.yaml").read_bytes()


def test_files_that_are_not_its_own_are_named_and_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = hand_packed(tmp_path / "p")
    (folder / "notes.txt").write_text("mine")
    (folder / ".hidden").write_text("mine")
    assert lo.open_model(folder).notes == ()
    assert "a file that is not the package's and not read: 'notes.txt'" in caplog.text
    package = package_at(folder)
    assert package is not None
    with pytest.raises(NotOurFile):
        package.read("notes.txt")


def test_a_run_is_named_for_the_package_in_it(tmp_path: Path) -> None:
    hand_packed(tmp_path / "runs" / "pets" / "package")
    package = package_at(tmp_path / "runs" / "pets")
    assert package is not None
    assert package.path == tmp_path / "runs" / "pets" / "package"
    assert lo.open_model(tmp_path / "runs" / "pets").predict([RED])[0].label == "red"


def test_what_is_no_package_is_none(tmp_path: Path) -> None:
    (tmp_path / "npm").mkdir()
    (tmp_path / "npm" / "package.json").write_text(json.dumps({"name": "left-pad", "version": "1.0.0"}))
    (tmp_path / "empty").mkdir()
    (tmp_path / "plain.zip").write_bytes(zipped(tmp_path / "npm", tmp_path / "n.zip").read_bytes())
    for path in ("npm", "empty", "plain.zip", "nowhere", "a\0b"):
        assert package_at(tmp_path / path) is None
    with pytest.raises(ModelNotFound, match="a folder that is a package"):
        lo.open_model(tmp_path / "npm")
