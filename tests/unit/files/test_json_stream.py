"""Levels are counted wherever the pieces of a file end, and brackets in texts are none."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import ijson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.files import json_stream
from lookoutcv.files.json_stream import DEEPEST, JsonStream, OversizedJson, open_json

_VALUES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='ab[]{}"\\é\n', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='k]}"\\', max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)


def depth(value: Any) -> int:
    if isinstance(value, list | dict):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def nested(value: Any, levels: int) -> Any:
    for level in range(levels):
        value = [value] if level % 2 else {"a]": value}
    return value


def read(text: bytes, size: int) -> bytes:
    stream = JsonStream(io.BytesIO(text))
    return b"".join(iter(lambda: stream.read(size), b""))


@given(_VALUES, st.integers(1, 9), st.booleans())
def test_depth_is_that_of_the_parsed_value_whatever_the_pieces(value: Any, size: int, ascii_: bool) -> None:
    allowed = nested(value, DEEPEST - depth(value))
    text = json.dumps(allowed, ensure_ascii=ascii_).encode()
    assert read(text, size) == text
    with pytest.raises(OversizedJson, match="more than 64"):
        read(json.dumps([allowed], ensure_ascii=ascii_).encode(), size)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_files_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('{"images": [{"file_name": "Käfer[.jpg"}]}'.encode(encoding))
    with open_json(str(path)) as stream:
        assert [*ijson.items(stream, "images.item")] == [{"file_name": "Käfer[.jpg"}]
    path.write_bytes(("[" * 65 + "]" * 65).encode(encoding))
    with open_json(str(path)) as stream, pytest.raises(OversizedJson):
        list(ijson.items(stream, "item"))


LONGEST = 1000


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_LONGEST_BYTES", LONGEST)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("size", [7, 100, 500])
@pytest.mark.parametrize("text", ["x" * 1600, "a b, " * 320, "9" * 1600, '\\"' * 1100, "[" * 1600])
def test_a_text_or_a_number_that_goes_on_and_on_is_refused(text: str, size: int) -> None:
    held = text if text.isdigit() else f'"{text}"'
    with pytest.raises(OversizedJson, match="a text or a number of more than"):
        read(f'{{"a": {held}, "b": 1}}'.encode(), size)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("size", [7, 100, 999])
def test_many_texts_and_numbers_together_are_as_long_as_they_like(size: int) -> None:
    text = json.dumps([["x" * 900, 12, "a b"]] * 20 + list(range(2000)) + [1.5] * 600, indent=2).encode()
    assert read(text, size) == text
    wide = b'{"a":' + b" " * 3000 + b"1}"
    assert read(wide, size) == wide
