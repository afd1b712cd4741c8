"""Numbered frames and files by wildcards."""

import os
import pickle

import numpy as np
import pytest

from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.images import thumbnail
from lookoutcv.sources import open_source
from lookoutcv.sources.kinds.frames import FrameSource

PICTURE = thumbnail(np.zeros((6, 8, 3), np.uint8))


@pytest.fixture
def film(tmp_path):
    for name in [*(f"frame_{i:03d}.png" for i in range(25)), "frame_x.png", "frame_1.png", "notes.txt", ".hidden.png"]:
        (tmp_path / name).write_bytes(PICTURE)
    return tmp_path


def ids(target):
    return [ref.id for ref in open_source(str(target))]


def sequences(target):
    return {ref.tags.get("sequence") for ref in open_source(str(target))}


def test_numbered_frames_come_in_order_and_are_declared(film):
    source = open_source(f"{film}/frame_%03d.png")
    assert isinstance(source, FrameSource)
    assert [r.id for r in source] == [f"frame_{i:03d}.png" for i in range(25)]
    assert source.count() == 25
    assert sequences(f"{film}/frame_%03d.png") == {film.name}
    assert "frame_1.png" in ids(f"{film}/frame_%d.png")


def test_every_nth_frame(film):
    source = open_source(f"{film}/frame_%03d.png?every=10")
    assert [r.id for r in source] == ["frame_000.png", "frame_010.png", "frame_020.png"]
    assert source.count() == 3
    assert source.name == f"{film}/frame_%03d.png (every 10 files)"
    ref = next(iter(source))
    assert pickle.loads(pickle.dumps(ref)) == ref


def test_wildcards_alone_declare_nothing_with_every_they_do(film):
    assert sequences(f"{film}/*.png") == {None}
    assert len(ids(f"{film}/*.png")) == 27
    assert sequences(f"{film}/*.png?every=5") == {film.name}
    assert ids(f"{film}/frame_00[0-2].png") == ["frame_000.png", "frame_001.png", "frame_002.png"]


def test_each_folder_is_a_sequence_of_its_own(tmp_path):
    for camera in ("a", "b"):
        for i in (1, 2, 3, 10):
            (tmp_path / camera / "x").mkdir(parents=True, exist_ok=True)
            (tmp_path / camera / "x" / f"{i}.png").write_bytes(PICTURE)
    expected = ["a/x/1.png", "a/x/3.png", "b/x/1.png", "b/x/3.png"]
    for pattern in ("*/x/*.png", "**/*.png", "*/x/%d.png", "**"):
        assert ids(f"{tmp_path}/{pattern}?every=2") == expected
        assert sequences(f"{tmp_path}/{pattern}?every=2") == {"a/x", "b/x"}
    assert ids(f"{tmp_path}?every=2") == expected


def test_a_folder_whose_name_looks_like_a_pattern(tmp_path):
    (tmp_path / "[ab]*").mkdir()
    (tmp_path / "[ab]*" / "1.png").write_bytes(PICTURE)
    assert ids(f"{tmp_path}/[ab]*?every=1") == ["[ab]*/1.png"]


def test_a_link_in_a_circle_ends(film):
    os.symlink(film, film / "again")
    assert len(ids(f"{film}/**/frame_0*.png")) == 25


def test_what_fits_nothing_says_where_to_look(film):
    with pytest.raises(SourceNotFound, match="Look at the names in"):
        open_source(f"{film}/picture_%d.png")
    with pytest.raises(SourceNotFound, match="there is no folder"):
        open_source(f"{film}/nowhere/*.png")
    with pytest.raises(ConfigError, match="is not a whole number of at least 1"):
        open_source(f"{film}/*.png?every=0")
    with pytest.raises(ConfigError, match="Did you mean 'every'"):
        open_source(f"{film}/*.png?evry=2")


def test_a_file_by_the_very_name_wins(tmp_path):
    (tmp_path / "frame_%d.png").write_bytes(PICTURE)
    assert ids(tmp_path / "frame_%d.png") == ["frame_%d.png"]
