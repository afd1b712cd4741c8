"""The transformer of the gate: which network, from where it begins, and what is kept of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from drawn_lessons import SMALL_NETWORK, SMALL_VIT, drawn_lesson, drawn_view
from lookoutcv.errors import CorruptFile, TrainingError
from lookoutcv.gate.networks.mosaic import mosaic
from lookoutcv.gate.variants.base import Learnt
from lookoutcv.gate.variants.vit import ONNX_FILE, files, learn, vit
from tiny_backbones import saved_weights

torch = pytest.importorskip("torch", reason="torch is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


@cache
def learnt() -> Learnt:
    return learn(drawn_lesson(4, epochs=1, backbone=SMALL_VIT, weights="none"))


def test_as_onnx_it_gives_the_same_scores() -> None:
    views = [drawn_view(seed, seed) for seed in range(3)]
    score = vit.scorer(learnt())
    session = onnxruntime.InferenceSession(files(learnt())[ONNX_FILE], providers=["CPUExecutionProvider"])
    side = learnt().facts["side_px"]
    seen = np.stack([mosaic(view.luma, side // 2).levels for view in views])[:, None].astype(np.float32)
    expected = [score(view).value for view in views]
    np.testing.assert_allclose(session.run(None, {"images": seen})[0], expected, atol=1e-4, rtol=1e-4)


def test_it_says_which_network_it_is_and_where_it_began() -> None:
    facts = learnt().facts
    assert (facts["backbone"], facts["side_px"], facts["weights"]["kind"]) == (SMALL_VIT, 160, "none")
    assert (facts["sharp"], facts["blurred"], facts["left_out"]) == (2, 2, 0)


def test_it_begins_at_weights_of_a_file(tmp_path: Path) -> None:
    path = saved_weights(tmp_path, SMALL_NETWORK)
    begun = learn(drawn_lesson(4, epochs=1, backbone=SMALL_NETWORK, weights=str(path), learning_rate=1e-9))
    assert begun.facts["weights"]["kind"] == "file"
    assert begun.facts["notes"]
    from safetensors.numpy import load_file

    held = load_file(path)
    assert (
        max(float(np.abs(begun.tensors[name] - held[name]).max()) for name in held if name.endswith("conv.weight"))
        < 1e-4
    )


def test_a_network_that_timm_does_not_know_is_told() -> None:
    with pytest.raises(TrainingError, match="timm knows no network called 'deit_tinny'"):
        learn(drawn_lesson(4, backbone="deit_tinny", weights="none"))


@pytest.mark.parametrize(
    "changed", [{"backbone": "no_such"}, {"side_px": 17}, {"mean": "grey"}, {"std": [1.0, 0.0, 1.0]}, {"mean": None}]
)
def test_facts_that_cannot_be_are_told(changed: dict[str, object]) -> None:
    with pytest.raises(CorruptFile, match="what this gate says of its network cannot be used"):
        vit.scorer(Learnt({**learnt().facts, **changed}, learnt().tensors))
