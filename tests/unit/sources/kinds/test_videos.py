"""Several videos as one source: which they are, how their frames are called, and what happens to a broken one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lookoutcv.errors import ConfigError, SourceNotFound, UnreadableImage, UnreadableSource
from lookoutcv.sources import open_source
from lookoutcv.sources.kinds.folder import FolderSource
from lookoutcv.sources.kinds.videos import VideosSource


def film(path, frames=12, level=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 4, (32, 24))
    for i in range(frames):
        writer.write(np.full((24, 32, 3), level + 5 * i, np.uint8))
    writer.release()
    return path


@pytest.fixture
def films(tmp_path):
    for name in ("cam1/a2.avi", "cam1/a10.avi", "cam2/a2.avi"):
        film(tmp_path / "films" / name)
    (tmp_path / "films" / "notes.txt").write_text("x")
    return tmp_path / "films"


def test_a_folder_of_videos_is_their_frames_in_natural_order(films):
    source = open_source(f"{films}?every=6")
    assert isinstance(source, VideosSource)
    ids = [ref.id for ref in source]
    assert ids == [f"{name}/{place:06d}" for name in ("cam1/a2.avi", "cam1/a10.avi", "cam2/a2.avi") for place in (0, 6)]
    assert source.count() == 6
    assert source.name == f"{films} (every 6 frames)"
    assert {ref.tags["sequence"] for ref in source} == {"cam1/a2.avi", "cam1/a10.avi", "cam2/a2.avi"}
    assert [int(ref.load().pixels.mean()) for ref in source] == pytest.approx([0, 30] * 3, abs=2)


def test_a_pattern_chooses_among_them(films):
    assert {ref.called for ref in open_source(f"{films}/*/a2.avi?seconds=1")} == {"cam1/a2.avi", "cam2/a2.avi"}
    assert open_source(f"{films}/cam1/*.avi?seconds=1").count() == 6
    with pytest.raises(SourceNotFound, match="no video fits"):
        open_source(f"{films}/*/b*.avi")
    with pytest.raises(SourceNotFound, match="there is no folder"):
        open_source(f"{films}/nowhere/*.avi")


def test_beside_images_videos_are_passed_over(films, tmp_path):
    cv2.imwrite(str(films / "cam1" / "z.png"), np.zeros((8, 8, 3), np.uint8))
    assert isinstance(open_source(films), FolderSource)
    assert [ref.id for ref in open_source(films)] == ["cam1/z.png"]


def test_a_broken_video_is_one_image_that_cannot_be_read(films):
    (films / "cam1" / "a2.avi").write_bytes(b"RIFF....AVI nothing")
    refs = list(open_source(f"{films}?every=6"))
    assert [ref.id for ref in refs][:2] == ["cam1/a2.avi/000000", "cam1/a10.avi/000000"]
    with pytest.raises(UnreadableImage, match=r"cam1/a2\.avi/000000 cannot be read: not a video"):
        refs[0].load()


def test_options_of_one_video_and_of_none(films):
    with pytest.raises(ConfigError, match="start is the time of one video"):
        open_source(f"{films}?start=2026-01-01")
    with pytest.raises(ConfigError, match="both given"):
        open_source(f"{films}?every=2&seconds=1")
    with pytest.raises(ConfigError, match="has no option 'evry'"):
        open_source(f"{films}/*/*.avi?evry=2")


@pytest.mark.parametrize("name", ["a.zip", "days.tar.gz", "film.mp4", "film.mp4?sig=secret"])
@pytest.mark.parametrize("place", ["https://me:secret@host/b", "simplecache::https://host"])
def test_archives_and_videos_at_a_url_are_told_what_to_do(place, name):
    with pytest.raises(UnreadableSource, match=r"is read from this machine only\. Copy it here first") as caught:
        open_source(f"{place}/{name}")
    assert "secret" not in str(caught.value)
