"""Keys of a service: a file holds what they hash to, and nothing that opens anything."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, CorruptFile, LookoutError, NewerFormat, NotOurFile, OutputUnwritable


@pytest.fixture
def keys(tmp_path: Path) -> lo.AccessKeys:
    return lo.AccessKeys(tmp_path / "keys.json")


def test_a_key_is_found_and_its_file_does_not_tell_it(keys: lo.AccessKeys) -> None:
    key = keys.add("shop", scopes=["read", "predict"])
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.scopes, found.allows("predict"), found.allows("admin")) == (
        *("shop", ("read", "predict")),
        *(True, False),
    )
    assert key not in keys.path.read_text()
    assert stat.S_IMODE(os.stat(keys.path).st_mode) == 0o600
    assert (keys.find(key[:-1]), keys.find(""), keys.find("\ud800")) == (None, None, None)


def test_two_keys_differ_and_one_that_is_removed_opens_nothing(keys: lo.AccessKeys) -> None:
    first, second = keys.add("a"), keys.add("b", scopes=["admin"])
    assert first != second
    elsewhere = lo.AccessKeys(keys.path)
    assert elsewhere.find(first) is not None
    keys.remove("a")
    assert elsewhere.find(first) is None
    found = elsewhere.find(second)
    assert found is not None
    assert found.allows("train")
    keys.path.unlink()
    assert elsewhere.find(second) is None
    assert stat.S_IMODE(os.stat(keys.path.parent).st_mode) & stat.S_IWUSR


@pytest.mark.parametrize(
    ("name", "scopes", "said"),
    [
        ("", ["read"], "no name for a key"),
        ("a b", ["read"], "no name for a key"),
        ("../a", ["read"], "no name for a key"),
        ("a", ["reed"], "no scope 'reed'"),
        ("a", [], "no scope is given"),
        ("taken", ["read"], "a key called 'taken'"),
    ],
)
def test_what_is_no_key_is_refused(name: str, scopes: list[str], said: str, keys: lo.AccessKeys) -> None:
    keys.add("taken")
    with pytest.raises(ConfigError, match=said):
        keys.add(name, scopes=scopes)
    assert [one.name for one in keys.entries()] == ["taken"]


def test_removing_what_is_not_there_names_what_is(keys: lo.AccessKeys) -> None:
    keys.add("shop")
    with pytest.raises(ConfigError, match="There are: shop"):
        keys.remove("shap")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{", NotOurFile),
        ("[]", NotOurFile),
        ('{"format": "lookoutcv.run"}', NotOurFile),
        ('{"format": "lookoutcv.keys", "version": 2, "keys": []}', NewerFormat),
        ('{"format": "lookoutcv.keys", "version": 1, "keys": [{"name": "a"}]}', CorruptFile),
        ('{"format": "lookoutcv.keys", "version": 1, "keys": 3}', CorruptFile),
        ("[" * 100_000, NotOurFile),
    ],
)
def test_a_file_that_is_none_of_ours_is_left_as_it_is(text: str, kind: type[LookoutError], keys: lo.AccessKeys) -> None:
    keys.path.write_text(text)
    for act in (keys.entries, lambda: keys.add("a"), lambda: keys.find("x")):
        with pytest.raises(kind):
            act()
    assert keys.path.read_text() == text


def test_where_no_file_can_be_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable):
        lo.AccessKeys(tmp_path / "no" / "keys.json").add("a")


def test_it_is_json_that_others_can_read(keys: lo.AccessKeys) -> None:
    keys.add("shop")
    told = json.loads(keys.path.read_text())
    assert (told["format"], told["version"], [one["name"] for one in told["keys"]]) == ("lookoutcv.keys", 1, ["shop"])
