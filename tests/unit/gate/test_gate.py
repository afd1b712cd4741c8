"""One verdict from a score of sharpness and from judges of everything else."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import (
    ConfigError,
    CorruptFile,
    MetricFailed,
    NewerFormat,
    NotOurFile,
    OutputUnwritable,
    UnknownPlugin,
    UnreadableImage,
)
from lookoutcv.gate.artifact import GATE_FILE


def drawn(seed: int = 0, side: int = 160) -> np.ndarray:
    """A scene with edges everywhere."""
    draw = np.random.default_rng(seed)
    picture = np.full((side, side, 3), 120, np.uint8)
    for _ in range(60):
        corner, far = draw.integers(0, side, (2, 2))
        cv2.rectangle(picture, corner.tolist(), far.tolist(), draw.integers(20, 235, 3).tolist(), -1)
    return picture


def test_sharp_and_blurred_are_told_apart_with_their_reasons() -> None:
    gate = lo.Gate.load("threshold", threshold=100)
    sharp, blurred = gate.check(drawn()), gate.check(cv2.GaussianBlur(drawn(), (0, 0), 4))
    assert (sharp.verdict, sharp.label, sharp.label_name, sharp.reasons) == ("fit", 1, "sharp", ())
    assert (blurred.verdict, blurred.label, blurred.label_name) == ("unfit", 0, "blurred")
    assert blurred.reasons == ("it is blurred",)
    assert sharp.score is not None
    assert blurred.score is not None
    assert sharp.score > 100 > blurred.score
    assert sharp.confidence is not None
    assert 0.5 <= sharp.confidence <= 1


def test_an_image_too_small_to_tell_is_neither() -> None:
    verdict = lo.Gate.load("threshold", threshold=100, judges=[]).check(np.zeros((2, 2, 3), np.uint8))
    assert (verdict.verdict, verdict.label, verdict.label_name) == ("cannot tell", None, "cannot tell")
    assert verdict.reasons == ("whether it is sharp cannot be told, since it is under 3 px high or wide",)
    assert verdict.score is None
    assert verdict.confidence is None


def test_an_image_that_cannot_be_read_is_unfit(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(cv2.imencode(".jpg", drawn())[1].tobytes()[:900])
    gate = lo.Gate.load("threshold", threshold=100)
    verdict = gate.check(tmp_path / "cut.jpg")
    assert (verdict.verdict, verdict.label) == ("unfit", None)
    assert verdict.reasons[0].startswith("it cannot be read: ")
    with pytest.raises(UnreadableImage):  # a mistyped path is no bad image
        gate.check(tmp_path / "nowhere.jpg")


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "120", True])
def test_a_threshold_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="threshold is"):
        lo.Gate.load("threshold", threshold=wrong)


def test_a_threshold_is_not_put_on_another_variant(tmp_path: Path) -> None:
    lo.Gate.load().save(tmp_path)
    for gate in ("composite", tmp_path):
        with pytest.raises(ConfigError, match="is of the variance of the Laplacian"):
            lo.Gate.load(gate, threshold=500)


def test_a_network_without_weights_is_damaged(tmp_path: Path) -> None:
    lo.Gate.load().save(tmp_path)
    text = (tmp_path / GATE_FILE).read_text().replace('"variant": "composite"', '"variant": "cnn"')
    (tmp_path / GATE_FILE).write_text(text)
    with pytest.raises(CorruptFile, match="without weights"):
        lo.Gate.load(tmp_path)


def test_an_image_is_no_gate(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), drawn())
    with pytest.raises(NotOurFile, match="is no gate"):
        lo.Gate.load(tmp_path / "a.png")


def test_a_verdict_does_not_depend_on_the_images_before_it() -> None:
    gate = lo.Gate.load()
    alone = [lo.Gate.load().check(drawn(seed)) for seed in range(3)]
    assert [gate.check(drawn(seed)) for seed in (0, 1, 2, 0)] == [*alone, alone[0]]


def test_a_gate_comes_back_from_its_folder_and_from_another_process(tmp_path: Path) -> None:
    gate = lo.Gate.load("threshold", threshold=37.5)
    gate.save(tmp_path / "gate")
    for again in (lo.Gate.load(tmp_path / "gate"), lo.Gate.load(tmp_path / "gate" / GATE_FILE)):
        assert again.check(drawn()) == gate.check(drawn())
        assert again.cut == gate.cut
    assert pickle.loads(pickle.dumps(gate)).check(drawn()) == gate.check(drawn())


def test_a_threshold_can_be_given_in_place_of_its_own(tmp_path: Path) -> None:
    lo.Gate.load("threshold", threshold=1).save(tmp_path)
    changed = lo.Gate.load(tmp_path, threshold=1e6)
    assert changed.cut.chosen_by == "given"
    assert changed.check(drawn()).label == 0


def test_what_is_no_gate_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownPlugin, match="Did you mean 'composite'"):
        lo.Gate.load("compsite")
    with pytest.raises(NotOurFile, match=r"is a pickle, which is a program and is not loaded\. Give its threshold"):
        lo.Gate.load(tmp_path / "blur_model.joblib")
    with pytest.raises(NotOurFile, match="there is no gate at"):
        lo.Gate.load(tmp_path)
    with pytest.raises(ConfigError, match=r"has no cut that holds for all cameras\. Fit it: lookout gate fit"):
        lo.Gate.load("threshold")
    (tmp_path / GATE_FILE).write_text("{")
    with pytest.raises(CorruptFile, match="is damaged"):
        lo.Gate.load(tmp_path)
    (tmp_path / GATE_FILE).write_text('{"format": "lookoutcv.gate", "version": 99}')
    with pytest.raises(NewerFormat, match="version 99"):
        lo.Gate.load(tmp_path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"value": None}, "cut.value"),
        ({"value": "high"}, "cut.value"),
        ({"slope": 1e999}, "cut.slope"),
        ({"by_size": [{"short_px": 0, "value": 1}]}, "do not ascend"),
        ({"by_size": [{"short_px": 512, "value": 1}, {"short_px": 128, "value": 1}]}, "do not ascend"),
        ({"by_size": [{"short_px": 512}]}, "value is missing"),
    ],
)
def test_a_cut_that_is_none_is_refused(changed: dict[str, object], said: str, tmp_path: Path) -> None:
    lo.Gate.load().save(tmp_path)
    values = json.loads((tmp_path / GATE_FILE).read_text())
    values["cut"] |= changed
    (tmp_path / GATE_FILE).write_text(json.dumps(values))
    with pytest.raises(CorruptFile, match=said):
        lo.Gate.load(tmp_path)


def test_a_judge_that_fails_is_named(tmp_path: Path) -> None:
    lo.Gate.load(judges=["likeness"]).save(tmp_path)
    values = json.loads((tmp_path / GATE_FILE).read_text())
    values["judges"][0]["learnt"] = {"distances": "far", "metrics": 3}
    (tmp_path / GATE_FILE).write_text(json.dumps(values))
    with pytest.raises(MetricFailed, match="the gate judge 'likeness' failed"):
        lo.Gate.load(tmp_path).check(drawn())


@pytest.mark.parametrize("name", [GATE_FILE, "README.md", "cnn_model.pt"])
def test_what_others_wrote_is_not_replaced(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"my own words")
    with pytest.raises(OutputUnwritable, match=f"{name} is .*not"):
        lo.Gate.load().save(tmp_path, {"README.md": b"# A gate: x", "cnn_model.pt": b""})
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(name, b"my own words")]


def test_records_hold_its_verdicts() -> None:
    gate = lo.Gate.load("threshold", threshold=100)
    table = lo.measure(
        [drawn(), cv2.GaussianBlur(drawn(), (0, 0), 4)], metrics="exposure", measurers=[gate.measurer()], workers=1
    ).table
    assert table["gate.verdict"].to_pylist() == ["fit", "unfit"]
    assert table["gate.reasons"].to_pylist() == [None, "it is blurred"]


def test_a_file_of_the_users_by_a_name_that_gates_give_stays(tmp_path: Path) -> None:
    (tmp_path / "cnn_model.pt").write_bytes(b"mine")
    for _ in range(2):
        lo.Gate.load().save(tmp_path)
    assert (tmp_path / "cnn_model.pt").read_bytes() == b"mine"
    with pytest.raises(OutputUnwritable):
        lo.Gate.load().save(tmp_path, {"cnn_model.pt": b""})


def test_nothing_of_another_variant_stays_beside_a_gate(tmp_path: Path) -> None:
    lo.Gate.load().save(tmp_path, {"cnn_model.onnx": b"old", "cnn_metrics.json": b"{}"})
    (tmp_path / "notes.txt").write_text("mine")
    lo.Gate.load().save(tmp_path, {"metrics.json": b"{}"})
    assert sorted(one.name for one in tmp_path.iterdir()) == ["gate.json", "metrics.json", "notes.txt"]
