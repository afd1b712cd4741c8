"""Errors from one process to another, and what a hostile one sends in their place."""

from __future__ import annotations

import json

import pytest

from lookoutcv.errors import BrokenModel, ConfigError, LookoutError
from lookoutcv.processes.told_errors import RaisedElsewhereError, error_from, error_json


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
    assert isinstance(found, RaisedElsewhereError)
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
