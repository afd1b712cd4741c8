"""Which settings file is used, and whose."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.settings.find_file import find_settings_file


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project" / "scripts" / "daily"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_the_nearest_above(here: Path) -> None:
    (here.parents[2] / "lookout.yaml").touch()
    assert find_settings_file(None, {}) == "../../../lookout.yaml".replace("/", os.sep)
    (here.parent / "lookout.yaml").touch()
    assert find_settings_file(None, {}) == os.path.join("..", "lookout.yaml")
    (here / "lookout.yaml").touch()
    assert find_settings_file(None, {}) == "lookout.yaml"


def test_named_files_go_first(here: Path) -> None:
    (here / "lookout.yaml").touch()
    assert find_settings_file("other.yaml", {"LOOKOUTCV_CONFIG": "env.yaml"}) == "other.yaml"
    assert find_settings_file(None, {"LOOKOUTCV_CONFIG": "env.yaml"}) == "env.yaml"
    assert find_settings_file(None, {"LOOKOUTCV_CONFIG": "off"}) is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")
def test_a_strangers_file_is_not_used_unasked(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lookoutcv.settings import find_file as finding

    (here.parent / "lookout.yaml").touch()
    mine = os.stat(here).st_uid
    real = os.stat

    def stat(path: str) -> os.stat_result:
        told = list(real(path))
        told[4] = mine + 1
        return os.stat_result(told)

    monkeypatch.setattr(finding.os, "getuid", lambda: mine)
    monkeypatch.setattr(finding.os, "stat", stat)
    # The current folder's own owner is read by pathlib, which does not see the pretence.
    monkeypatch.setattr(Path, "stat", lambda self, **_: real(self))
    with pytest.raises(ConfigError, match="belongs to another user"):
        find_settings_file(None, {})
    assert find_settings_file("../lookout.yaml", {}) == "../lookout.yaml"
