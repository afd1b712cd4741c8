"""`lookout keys`: made once, listed, removed."""

from __future__ import annotations

import json
from pathlib import Path

import lookoutcv as lo
from terminal import Terminal


def test_a_key_is_printed_once_and_never_again(tmp_path: Path, lookout: Terminal) -> None:
    place = ("--keys", tmp_path / "keys.json")
    assert lookout("keys", "add", "shop", "--scope", "read", "--scope", "predict", *place) == 0
    key = lookout.out.strip()
    found = lo.AccessKeys(tmp_path / "keys.json").find(key)
    assert found is not None
    assert found.scopes == ("read", "predict")
    assert "Keep it" in lookout.err
    assert lookout("keys", "list", *place) == 0
    assert "shop" in lookout.out
    assert key not in lookout.out
    assert lookout("keys", "list", "--json", *place) == 0
    assert [one["name"] for one in json.loads(lookout.out)] == ["shop"]
    assert lookout("keys", "add", "shop", *place) == 2
    assert lookout("keys", "remove", "shop", *place) == 0
    assert lookout("keys", "remove", "shop", *place) == 2
    assert lookout("keys", "add", "a", "--scope", "all", *place) == 2
    assert "Take some of read, predict, train, admin" in lookout.err
