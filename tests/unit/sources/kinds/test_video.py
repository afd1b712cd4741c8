"""Frames of videos: which they are, when they are shown, which way up, and what is said of damaged ones.

`films/varying.mp4` and `.mkv` were encoded once with x264 (B-frames, a key frame every 20): 60 frames of 64 x 48, frame
i of grey level 4 i, 40 ms apart at first, from frame 20 on 100 ms, from frame 40 on a second. OpenCV writes none such.
"""

import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookoutcv.errors import ConfigError, ImageTooLarge, UnreadableImage, UnreadableSource
from lookoutcv.images import Limits
from lookoutcv.sources import open_source
from lookoutcv.sources.films import open_film
from lookoutcv.sources.films.frame_times import frame_times
from lookoutcv.sources.films.video_file import is_video
from lookoutcv.sources.films.video_reader import VideoReader
from lookoutcv.sources.kinds.video import VideoSource

FILMS = Path(__file__).parent / "films"
GAPS = [40] * 20 + [100] * 20 + [1000] * 19
TIMES = np.cumsum([0, *GAPS])


def film(path, frames=60, code="mp4v", rate=25.0, size=(64, 48)):
    """Frame i is of grey level 4 i, with a red corner at the top left."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), rate, size)
    for i in range(frames):
        frame = np.full((size[1], size[0], 3), 4 * i % 256, np.uint8)
        frame[:16, :16] = (0, 0, 255)
        writer.write(frame)
    writer.release()
    return path


def read_through(path):
    """Every frame, as OpenCV reads them one after the other."""
    capture, frames = cv2.VideoCapture(str(path)), []
    while (found := capture.read())[0]:
        frames.append(found[1][:, :, ::-1])
    return frames


def numbers(refs):
    """Which frames these are, told by their pixels."""
    return [round(float(ref.load().pixels[30:, 30:].mean()) / 4) for ref in refs]


@pytest.mark.parametrize(("name", "code"), [("a.mp4", "mp4v"), ("a.avi", "MJPG"), ("a.mkv", "mp4v")])
def test_every_nth_frame_of_what_opencv_writes(tmp_path, name, code):
    source = open_source(f"{film(tmp_path / name, code=code)}?every=7")
    assert isinstance(source, VideoSource)
    refs = list(source)
    assert [ref.place for ref in refs] == list(range(0, 60, 7))
    for ref, frame in zip(refs, read_through(tmp_path / name)[::7], strict=True):
        assert np.array_equal(ref.load().pixels, frame)
    assert source.count() == len(refs)
    assert refs[1].id == f"{name}/000007"
    assert dict(refs[1].tags) == {"sequence": name, "seconds": "0.280"}
    assert refs[1].time is None
    assert source.name == f"{tmp_path / name} (every 7 frames)"


@pytest.mark.parametrize("name", ["varying.mp4", "varying.mkv"])
def test_a_rate_that_varies_moves_no_frame(name):
    refs = list(open_source(FILMS / name))
    assert np.allclose(frame_times(str(FILMS / name)).times_ms, TIMES, atol=0.6)
    assert numbers(refs) == list(range(60))
    # In any order too: as processes get them, and as the pictures of a report are read again.
    mixed = np.random.default_rng(1).permutation(60)
    assert numbers([refs[i] for i in mixed]) == mixed.tolist()
    assert numbers(refs[40:44] + refs[8:12] + refs[56:]) == [40, 41, 42, 43, 8, 9, 10, 11, 56, 57, 58, 59]


def test_a_frame_every_few_seconds():
    refs = list(open_source(f"{FILMS / 'varying.mkv'}?seconds=2"))
    assert [ref.place for ref in refs] == [int(np.flatnonzero(t <= TIMES)[0]) for t in range(0, 22000, 2000)]
    assert open_source(f"{FILMS / 'varying.mkv'}?seconds=2").name.endswith("(a frame every 2 s)")


def test_the_start_gives_frames_their_time():
    refs = list(open_source(f"{FILMS / 'varying.mp4'}?every=30&start=2026-01-31T08:00:00%2B01:00"))
    assert [ref.time for ref in refs] == [
        datetime(2026, 1, 31, 7, tzinfo=UTC),
        datetime(2026, 1, 31, 7, 0, 1, 800_000, tzinfo=UTC),
    ]
    assert next(iter(open_source(f"{FILMS / 'varying.mp4'}?start=2026-01-31"))).time == datetime(
        2026, 1, 31, tzinfo=UTC
    )


def test_references_are_small_and_travel():
    ref = list(open_source(FILMS / "varying.mp4"))[40]
    travelled = pickle.loads(pickle.dumps(ref))
    assert travelled == ref
    assert len(pickle.dumps(ref)) < 500
    assert numbers([travelled]) == [40]


TURNS = [((0, 1, -1, 0), (4, 44)), ((-1, 0, 0, -1), (44, 60)), ((0, -1, 1, 0), (60, 4))]


@pytest.mark.parametrize(("turn", "corner"), TURNS)
def test_a_video_filmed_sideways_is_upright(tmp_path, turn, corner):
    data = bytearray(film(tmp_path / "a.mp4", 3).read_bytes())
    # The matrix of the track: ISO/IEC 14496-12, 8.3.2; after type, version, times, id, duration, layer, volume.
    at = data.index(b"tkhd") + 4 + 4 + 20 + 16
    a, b, c, d = turn
    matrix = [v * 65536 for v in (a, b)] + [0] + [v * 65536 for v in (c, d)] + [0, 0, 0, 1 << 30]
    data[at : at + 36] = b"".join(v.to_bytes(4, "big", signed=True) for v in matrix)
    (tmp_path / "b.mp4").write_bytes(data)
    pixels = next(iter(open_source(tmp_path / "b.mp4"))).load().pixels
    assert pixels.shape == ((48, 64, 3) if b == 0 else (64, 48, 3))
    red = pixels[corner]
    assert red[0] > 150
    assert red[1:].max() < 80


def test_one_video_is_open_at_a_time_and_one_written_anew_is_read_anew(tmp_path):
    one, other = film(tmp_path / "a.avi", 5, "MJPG"), film(tmp_path / "b.avi", 5, "MJPG")
    first = list(open_source(one))
    assert numbers([first[2], list(open_source(other))[3], first[3]]) == [2, 3, 3]
    assert len(open_film._open_film) == 1
    one.unlink()
    with pytest.raises(UnreadableImage, match=r"a\.avi/000004 cannot be read: the file is gone"):
        first[4].load()
    film(one, 3, "MJPG")
    with pytest.raises(UnreadableImage, match="the frame cannot be decoded"):
        first[4].load()


@pytest.mark.parametrize("name", ["varying.mkv", "a.avi"])
def test_a_video_that_was_cut_off_gives_what_there_is_and_says_so(tmp_path, name):
    whole = (FILMS / name if name.startswith("v") else film(tmp_path / "whole.avi", code="MJPG", rate=10)).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 6 // 10])
    source = open_source(tmp_path / name)
    refs = list(source)
    assert 10 < len(refs) - 1 < 60
    assert source.count() == len(refs)
    assert numbers(refs[:10]) == list(range(10))
    with pytest.raises(UnreadableImage, match="the video is cut off here"):
        refs[-1].load()


def test_an_mp4_without_its_table_is_refused(tmp_path):
    data = film(tmp_path / "a.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(data[: data.rindex(b"moov") - 4])
    with pytest.raises(UnreadableSource, match=r"b\.mp4 cannot be read: not a video that can be read, or cut off"):
        open_source(tmp_path / "b.mp4")
    # FFmpeg says nothing on the terminal beside it; it reads once a process whether it may.
    command = [sys.executable, "-m", "lookoutcv", "measure", str(tmp_path / "b.mp4")]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert said.returncode == 1
    assert "moov" not in said.stdout + said.stderr
    assert "cannot be read" in said.stderr


def test_damage_ends_in_frames_or_in_our_errors(tmp_path):
    data = (FILMS / "varying.mp4").read_bytes()
    random = np.random.default_rng(3)
    for place in random.integers(0, len(data), 25):
        (tmp_path / "a.mp4").write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            refs = list(VideoSource(str(tmp_path / "a.mp4"), every=11))
        except UnreadableSource:
            continue
        assert len(refs) < 100
        for ref in refs:
            try:
                assert ref.load().pixels.shape[2] == 3
            except UnreadableImage as error:
                assert error.reason  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(("packet", "before"), [(188, 0), (192, 4)])
def test_transport_streams_are_told_by_their_packets(packet, before):
    head = (bytes(before) + b"G" + bytes(packet - before - 1)) * 3
    assert is_video(head[:400])
    last = 2 * packet + before
    assert not is_video(head[:last] + b"H" + head[last + 1 : 400])


SCRIPTS = [b"#EXTM3U\n#EXT-X", b"ffconcat version 1.0\nfile /etc/passwd"]


@pytest.mark.parametrize("head", [b"", b"\0\0\0\x20ftypheic", b"\xff\xd8\xff", *SCRIPTS])
def test_playlists_scripts_and_pictures_are_no_videos(tmp_path, head):
    assert not is_video(head)
    (tmp_path / "a.mp4").write_bytes(head + bytes(500))
    assert not isinstance(open_source(tmp_path / "a.mp4"), VideoSource)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("every=0", "a whole number of at least 1"),
        ("seconds=0", "a number of seconds, 0.001 or more"),
        ("seconds=nan", "a number of seconds, 0.001 or more"),
        ("every=2&seconds=2", "Give one of them"),
        ("start=morning", "a time such as 2026-01-31T08:00:00Z"),
        ("evry=2", "Did you mean 'every'"),
    ],
)
def test_wrong_options_are_refused(options, problem):
    with pytest.raises(ConfigError, match=problem):
        open_source(f"{FILMS / 'varying.mp4'}?{options}")


def test_a_time_that_no_frame_has_is_none():
    assert VideoReader(str(FILMS / "varying.mp4")).frame(5000.0) is None


def test_frames_beyond_the_limits_of_the_run_are_refused(tmp_path):
    ref, *_ = VideoSource(str(film(tmp_path / "a.mp4", frames=3)))
    assert ref.load(Limits(max_pixels=64 * 48)).pixels.shape == (48, 64, 3)
    with pytest.raises(ImageTooLarge, match="64 x 48 pixels"):
        ref.load(Limits(max_pixels=64 * 48 - 1))
