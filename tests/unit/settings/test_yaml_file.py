"""Files of YAML and JSON: read within bounds, and told with their line where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.settings.yaml_file import MOST_BYTES, read_bounded, read_mapping


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("card.yaml", "a: 1\nb: [", "card.yaml:2 is not YAML"),
        ("card.json", '{\n "a": 1,\n}', "card.json:3 is not JSON"),
        ("card.json", "{'a': 1}", "card.json:1 is not JSON"),
        ("card.yaml", "- a", "holds no settings"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ConfigError, match="card") as caught:
        read_mapping(path)
    assert says in str(caught.value)
    assert caught.value.fields["path"] == str(path)


def test_yaml_and_json_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [1, b]\n")
    (tmp_path / "a.JSON").write_text('{"a": [1, "b"]}')
    assert read_mapping(tmp_path / "a.yaml") == read_mapping(tmp_path / "a.JSON") == {"a": [1, "b"]}


def test_a_file_is_read_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * MOST_BYTES)
    assert len(read_bounded(str(path))) == MOST_BYTES
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        read_bounded(str(path))


def test_references_that_multiply_are_refused_and_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a [cat, dog]\nb: *a\n")
    assert read_mapping(path) == {"a": ["cat", "dog"], "b": ["cat", "dog"]}
    lists = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    for text in ("\n".join(lists), "a: &a [*a]", f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 1000)}]"):
        path.write_text(text)
        with pytest.raises(ConfigError, match="repeats itself without end"):
            read_mapping(path)
