"""Modules that return more than tensors."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.errors import BrokenModel, InferenceFailed
from lookoutcv.models import open_model
from tiny_models import BLUE, GREEN, RED, picture, torchscript_mean, torchscript_program, torchscript_returning

CARD = {"labels": ["r", "g", "b"], "input": {"size": [4, 4]}, "head": "logits"}
MAPS = "x.repeat(1, 7, 1, 1)"
SCORES = "8.0 * x.mean(dim=[2, 3])"


@pytest.mark.parametrize("returned", [f"({SCORES}, None)", f"(None, {SCORES})", f"{{'out': {SCORES}}}", f"[{SCORES}]"])
def test_what_is_left_out_is_none(returned: str, tmp_path: Path) -> None:
    opened = open_model(torchscript_returning(tmp_path / "net.pt", returned), CARD)
    assert [one.label for one in opened.predict([BLUE, RED, GREEN])] == ["b", "r", "g"]


@pytest.mark.parametrize(
    ("returned", "what"),
    [(f"({SCORES}, 0.5)", "a float among"), (f"({SCORES}, 'done')", "a str among"), ("None", "no tensor")],
)
def test_what_is_no_tensor_is_refused_with_the_reason(returned: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match=rf"net.pt returns {what}.*returns tensors only"):
        open_model(torchscript_returning(tmp_path / "net.pt", returned), CARD)


def test_the_size_that_an_exporter_wrote(tmp_path: Path) -> None:
    config = '{"task": "classify", "imgsz": [4, 6], "names": {"0": "r", "1": "g", "2": "b"}}'
    path = torchscript_mean(tmp_path / "net.pt", config=config)
    opened = open_model(path, {"head": "logits"})
    assert (opened.card.input.size, opened.predict([BLUE])[0].label) == ((4, 6), "b")
    assert open_model(path, {"head": "logits", "input": {"size": [8, 8]}}).card.input.size == (8, 8)


def test_functions_of_batches_likewise() -> None:
    def scores(batch):
        return 8 * batch.mean(axis=(2, 3))

    card = {**CARD, "input": {"size": [4, 4], "layout": "NCHW"}}
    for function in (lambda batch: (scores(batch), None), lambda batch: {"logits": scores(batch), "aux": None}):
        assert open_model(function, card).predict([BLUE])[0].label == "b"
    with pytest.raises(InferenceFailed, match=r"returned an array of <U4, which is no tensor of numbers"):
        open_model(lambda batch: [scores(batch), ["done"] * len(batch)], card)


@pytest.mark.parametrize(
    ("returned", "task", "left"),
    [
        (
            "{'out': x.repeat(1, 7, 1, 1), 'aux': x.repeat(1, 7, 1, 1)}",
            "segmentation",
            "'out' is read, and 'aux' is not.",
        ),
        (f"{{'logits': {SCORES}, 'hidden': x}}", "classification", "'logits' is read, and 'hidden' is not."),
        (f"{{'logits': {SCORES}}}", "classification", None),
    ],
)
def test_of_a_mapping_the_main_output_is_read(returned: str, task: str, left: str | None, tmp_path: Path) -> None:
    model = open_model(torchscript_returning(tmp_path / "net.pt", returned), {"input": {"size": [8, 8]}})
    assert model.task == task
    said = [note for note in model.notes if note.startswith("Of its outputs")]
    assert said == ([] if left is None else [f"Of its outputs {left}"])


def test_mappings_of_single_images_are_refused_with_what_to_do(tmp_path: Path) -> None:
    returned = "[{'boxes': x[0, 0, :1, :4], 'scores': x[0, 0, 0, :1], 'labels': x[0, 0, 0, :1]}]"
    with pytest.raises(BrokenModel, match=r"returns a dict among its outputs.*file\.py:function"):
        open_model(torchscript_returning(tmp_path / "net.pt", returned), {"input": {"size": [8, 8]}})


def test_a_model_that_prints_a_hundred_thousand_lines_is_run(tmp_path: Path) -> None:
    lines = ("for i in range(100000):", "  print('a line of the model')", "return x.mean(dim=[2, 3])")
    model = open_model(torchscript_program(tmp_path / "net.pt", *lines), {"input": {"size": [4, 4]}, "head": "logits"})
    assert len(model.predict([picture(RED)])) == 1


def test_of_a_failure_in_its_own_code_the_cause_is_told(tmp_path: Path) -> None:
    path = torchscript_program(tmp_path / "net.pt", "return x.reshape(7, 7)")
    with pytest.raises(InferenceFailed, match=r"\(RuntimeError: shape '\[7, 7\]' is invalid for input of size 48\)"):
        open_model(path, {"input": {"size": [4, 4]}})
