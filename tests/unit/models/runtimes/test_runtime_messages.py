"""Facts and errors from one process to another, and what a hostile one sends in their place."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lookoutcv.errors import BrokenModel, ConfigError, LookoutError
from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import Quantisation, Tensor, TensorInfo
from lookoutcv.models.runtimes.runtime_messages import (
    RuntimeRaisedError,
    error_from,
    error_json,
    facts_from,
    facts_json,
)


class Known:
    inputs = (TensorInfo("x", (None, 3, 4, 4), "uint8", Quantisation(0.5, 7), mean=(1.0, 2.0), colour="BGR"),)
    outputs = (TensorInfo("y", (1, 4), "float32", classes=3, box_format="xyxy", in_pixels=True),)
    labels, class_names, batch = ("a", "ä"), None, 1
    notes = ("It says so.",)
    facts = FileFacts("pose", ("a",), 51, True, (4, 6), False)

    def run(self, batch: Tensor) -> list[Tensor]:
        return [np.zeros((1, 4))]


def test_facts_come_as_they_went() -> None:
    facts = facts_from(facts_json(Known()))
    for name in ("inputs", "outputs", "labels", "class_names", "batch", "notes", "facts"):
        assert getattr(facts, name) == getattr(Known, name)


@pytest.mark.parametrize(
    "told",
    [
        b'{"inputs": [], "outputs": [], "batch": 0}',
        b'{"inputs": [{"name": "x", "shape": [-4], "dtype": "int8"}], "outputs": []}',
        b'{"inputs": [], "outputs": [{"name": "y", "shape": [1], "dtype": "int8",'
        b' "quantisation": {"scale": 0, "zero_point": 0}}]}',
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"inputs": 3, "outputs": []}',
        b'{"inputs": [{"name": 1}], "outputs": []}',
    ],
)
def test_other_facts_are_refused(told: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        facts_from(told)


def test_our_errors_are_ours_again_and_the_file_has_its_own_name() -> None:
    error = BrokenModel("/a/b.onnx is cut off", "Copy /a/b.onnx again.", model="/a/b.onnx", reason="cut", size=3)
    found = error_from(error_json(error), {"/a/b.onnx": "b.onnx"})
    assert isinstance(found, BrokenModel)
    assert str(found) == "b.onnx is cut off. Copy b.onnx again."
    assert (found.fields, found.size) == ({"model": "b.onnx", "reason": "cut", "size": 3}, 3)  # type: ignore[attr-defined]
    nearest = error_from(error_json(ConfigError("no", "", key="k", nearest=["x"])), {})
    assert isinstance(nearest, ConfigError)
    assert nearest.fields["nearest"] == ["x"]


def test_other_exceptions_are_their_name_and_text() -> None:
    found = error_from(error_json(ZeroDivisionError("no")), {})
    assert isinstance(found, RuntimeRaisedError)
    assert (found.kind, str(found)) == ("ZeroDivisionError", "no")


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"ours": "LookoutError"},
        {"ours": "BrokenModel", "problem": "p", "remedy": 3},
        {"ours": "BrokenModel", "problem": "p", "remedy": "r", "fields": {"x": {"deep": []}}},
        {"ours": "BrokenModel", "problem": "p", "remedy": "r", "fields": {"no name": 1}},
        {"kind": "KeyError", "text": ["x"]},
        {"ours": "masked", "problem": "p", "remedy": "r"},
    ],
)
def test_what_is_no_error_is_refused(told: object) -> None:
    with pytest.raises(ValueError, match=r"no text|no error|no fields"):
        raise error_from(json.dumps(told).encode(), {})


def test_a_text_is_short_and_steers_no_terminal() -> None:
    told = {"ours": "BrokenModel", "problem": "\x1b[2J" + "x" * 5000, "remedy": "\x07\u202e", "fields": {}}
    found = error_from(json.dumps(told).encode(), {})
    assert isinstance(found, LookoutError)
    assert len(found.problem) == 2000
    assert not set(found.problem + found.remedy) & set("\x1b\x07")
