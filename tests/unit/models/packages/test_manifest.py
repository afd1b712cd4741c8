"""What a package says of itself is checked before any file is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.models.packages.manifest import Manifest, PackedFile, is_plain_name

SUM = "0" * 64


def manifest(*names: str, **changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "name": "pets",
        "model_version": "1",
        "created": "2026-11-30T00:00:00Z",
        "tool": "t",
        "task": "classification",
        "classes": ["cat", "../x", "con", "Käfer"],
        "model": "model.onnx",
        "files": [PackedFile(name, 3, SUM) for name in names or ("model.onnx", "model.card.yaml")],
    }
    return Manifest(**{**values, **changes})


def test_it_reads_back_as_it_was() -> None:
    one = manifest()
    assert Manifest.from_dict(one.to_dict(), "p").checked("p") == one
    assert list(one.to_dict())[:2] == ["format", "version"]


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "a/../b", "/etc/passwd", "C:/x", "c:x", "a\\b", "", ".", "..", ".git/config", "a//b", "a/", "./a"),
        *(
            "con",
            "CON",
            "aux.txt",
            "nul",
            "com1.onnx",
            "a/lpt9",
            "prn",
            "a\0",
            "a\nb",
            "a.",
            "a ",
            "\N{RIGHT-TO-LEFT OVERRIDE}a",
        ),
        *("package.json", "a/b/c/d/e/f", "x" * 200),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(CorruptFile, match="not the name of a file inside it"):
        manifest("model.onnx", "model.card.yaml", name).checked("p")


@given(st.text(max_size=20))
def test_a_plain_name_stays_inside_on_every_system(name: str) -> None:
    if is_plain_name(name):
        assert (Path("/top") / name).resolve().is_relative_to("/top")
        assert "\\" not in name
        assert ":" not in name
        assert not name.startswith(("/", "."))


def test_names_that_one_system_takes_for_one_are_refused() -> None:
    with pytest.raises(CorruptFile, match=r"files\[2\]\.name is there twice"):
        manifest("model.onnx", "model.card.yaml", "MODEL.onnx").checked("p")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "other.onnx"}, "model is without 'other.onnx'"),
        ({"files": [PackedFile("model.onnx", 3, SUM)]}, "files is without 'model.card.yaml'"),
        ({"files": [PackedFile("model.onnx", -1, SUM)]}, "no SHA-256"),
        ({"files": [PackedFile("model.onnx", 1, "00")]}, "no SHA-256"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CorruptFile) as caught:
        manifest(**changes).checked("p")
    assert words in str(caught.value)


def test_a_newer_version_and_another_file_are_told_apart() -> None:
    with pytest.raises(NewerFormat, match="version 9"):
        Manifest.from_dict({**manifest().to_dict(), "version": 9}, "p")
    with pytest.raises(NotOurFile, match="is not a LookOutCV package"):
        Manifest.from_dict({"name": "npm"}, "p")
