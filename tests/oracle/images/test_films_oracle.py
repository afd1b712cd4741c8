"""Films of H.264, whole, cut, shifted and damaged, against PyAV, which decodes packet by packet."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest

from edited_films import edited
from lookoutcv.errors import UnreadableImage, UnreadableSource
from lookoutcv.sources import open_source
from lookoutcv.sources.films.whole_films import is_whole

av = pytest.importorskip("av")
RATE, SIZE = 10, (48, 64)


def film(path, frames=40, later=0, sounds=0, codec="libx264", **container):
    """B-frames, a key frame every five; frame i is of its own grey; so many packets of sound between two pictures."""
    with av.open(str(path), "w", options=container) as out:
        video = out.add_stream(codec, rate=RATE, width=SIZE[1], height=SIZE[0], pix_fmt="yuv420p")
        if codec == "libx264":
            video.options = {"g": "5", "bf": "2", "x264-params": "scenecut=0"}
        audio = out.add_stream("pcm_s16le", rate=8000, layout="mono") if sounds else None
        for i in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((*SIZE, 3), 6 * i % 256, np.uint8), "rgb24")
            frame.pts, frame.time_base = i + later, Fraction(1, RATE)
            out.mux(video.encode(frame))
            for j in range(sounds):
                sound = av.AudioFrame.from_ndarray(np.zeros((1, 8), np.int16), format="s16", layout="mono")
                sound.sample_rate, sound.pts = 8000, (i * sounds + j) * 8
                out.mux(audio.encode(sound))
        out.mux(video.encode())
    return path


def copied(path, to, seconds):
    """The film from a time on, not encoded again: what is before it stays in the file and is hidden."""
    with av.open(str(path)) as given, av.open(str(to), "w") as out:
        stream = given.streams.video[0]
        new, shift = out.add_stream_from_template(stream), int(seconds / stream.time_base)
        for packet in given.demux(stream):
            if packet.dts is not None:
                packet.pts, packet.dts, packet.stream = packet.pts - shift, packet.dts - shift, new
                out.mux(packet)
    return to


def with_zeros(path, *packets):
    with av.open(str(path)) as given:
        held = [bytes(packet) for packet in given.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for one in (held[i] for i in packets):
        begins = data.index(one)
        data[begins : begins + len(one)] = bytes(len(one))
    path.write_bytes(data)
    return path


def by_pyav(path):
    frames, errors = [], 0
    with av.open(str(path)) as given:
        for packet in given.demux(video=0):
            try:
                frames += [(frame.pts, frame.to_ndarray(format="rgb24")) for frame in packet.decode()]
            except av.FFmpegError:
                errors += 1
    if all(at is not None for at, _ in frames) and path.suffix not in (".avi", ".mpg"):
        frames.sort(key=lambda frame: frame[0])
    return [pixels for _, pixels in frames], errors


def by_us(path):
    frames, damaged = [], 0
    for ref in open_source(path):
        try:
            frames.append(ref.load().pixels)
        except UnreadableImage:
            damaged += 1
    return frames, damaged


def same(ours, theirs):
    return len(ours) == len(theirs) and all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


# AVI and MPEG-PS give no times to the last frames of those that come in another order.
@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.ts", "a.m2ts", "a.flv", "a.avi", "a.mpg", "a.3gp"])
def test_whole_films_of_every_container(tmp_path, name):
    ours, damaged = by_us(film(tmp_path / name, codec="mpeg4" if name == "a.3gp" else "libx264"))
    assert len(ours) == 40
    assert damaged == 0
    assert same(ours, by_pyav(tmp_path / name)[0])


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_a_film_that_begins_late_is_not_cut_off(tmp_path, name):
    ours, damaged = by_us(film(tmp_path / name, later=25))
    assert (len(ours), damaged) == (40, 0)
    assert same(ours, by_pyav(tmp_path / name)[0])


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.7, 2.4])
@pytest.mark.parametrize("name", ["b.mp4", "b.mov"])
def test_films_that_were_cut_without_encoding(tmp_path, name, seconds):
    path = copied(film(tmp_path / "a.mp4"), tmp_path / name, seconds)
    ours, damaged = by_us(path)
    assert damaged == 0
    assert len(ours) == 40 - round(10 * seconds)
    assert same(ours, by_pyav(path)[0])


@pytest.mark.parametrize(("name", "size", "stream"), [("a.ts", 188, b"\x01\x00"), ("a.m2ts", 192, b"\x10\x11")])
def test_packets_that_are_missing_in_a_transport_stream_are_told(tmp_path, name, size, stream):
    path = film(tmp_path / name, 60)
    assert open_source(path).notes == ()
    data, skip = path.read_bytes(), size - 188
    packets = [data[at : at + size] for at in range(0, len(data), size)]
    parts = [(packet[skip + 1] & 0x1F, *packet[skip + 2 : skip + 4]) for packet in packets]
    pictures = [i for i, (high, low, counted) in enumerate(parts) if bytes([high, low]) == stream and counted & 0x10]
    for lost, places in (([20], 1), ([20, 40], 2), ([20, 21, 22], 1)):
        left = [packet for i, packet in enumerate(packets) if i not in {pictures[j] for j in lost}]
        path.write_bytes(b"".join(left))
        where = f"{places} place{'s' * (places > 1)}"
        told = f"{name}: packets are missing at {where}, by their count: frames there are lost, or filled in."
        assert told in open_source(path).notes
    marked = bytearray(data)
    marked[pictures[30] * size + skip + 1] |= 0x80
    path.write_bytes(marked)
    assert "packets are missing at 1 place" in " ".join(open_source(path).notes)


def test_a_folder_of_films_of_other_names(tmp_path):
    names = ["a.ts", "b.m2ts", "c.flv", "d.3gp", "e.MTS"]
    for name in names:
        film(tmp_path / name, 5, codec="mpeg4" if name == "d.3gp" else "libx264")
    refs = list(open_source(tmp_path))
    assert [ref.id for ref in refs] == [f"{name}/{i:06d}" for name in names for i in range(5)]
    assert [round(float(ref.load().pixels.mean()) / 6) for ref in refs] == [*range(5)] * 5


# Where FFmpeg joins pieces its times may go back: PyAV gives all frames in their order, and we too.
@pytest.mark.parametrize(
    "pieces", [[(0, 5), (10, 5)], [(10, 5), (0, 5)], [(None, 5), (3, 10), (20, 10)], [(3, 7), (12, 9), (30, 10)]]
)
def test_films_of_several_pieces(tmp_path, pieces):
    path = edited(film(tmp_path / "a.mp4"), pieces)
    with av.open(str(path)) as given:
        theirs = [frame.to_ndarray(format="rgb24") for frame in given.decode(video=0)]
    ours, damaged = by_us(path)
    shown = [i for start, length in pieces if start is not None for i in range(start, start + length)]
    assert [round(float(frame.mean()) / 6) for frame in ours] == shown
    assert same(ours, theirs)
    assert damaged == 0


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.flv"])
@pytest.mark.parametrize("packets", [[12], [0], [11, 12, 13, 25], list(range(3, 30)), [20, 21]])
def test_damaged_packets_cost_what_cannot_be_decoded_and_no_more(tmp_path, name, packets):
    path = with_zeros(film(tmp_path / name), *packets)
    (theirs, errors), (ours, damaged) = by_pyav(path), by_us(path)
    assert errors >= len(packets)
    assert len(ours) >= 40 - len(packets) - 10
    assert same(ours, theirs)
    assert damaged == 40 - len(ours)


def test_the_last_packet(tmp_path):
    path = with_zeros(film(tmp_path / "a.mp4"), 39)
    ours, damaged = by_us(path)
    assert (len(ours), damaged) == (39, 1)
    assert same(ours, by_pyav(path)[0])


def test_damage_and_hidden_pictures(tmp_path):
    path = with_zeros(copied(film(tmp_path / "a.mp4"), tmp_path / "b.mp4", 0.3), 12, 39)
    ours, damaged = by_us(path)
    assert same(ours, by_pyav(path)[0])
    assert (len(ours), damaged) == (35, 2)


def test_thousands_of_packets_of_sound_between_two_pictures(tmp_path):
    path = film(tmp_path / "a.mkv", 4, sounds=5000)
    with av.open(str(path)) as given:
        kinds = [packet.stream.type for packet in given.demux() if packet.size]
    assert max(map(len, "".join("a" if kind == "audio" else "v" for kind in kinds).split("v"))) > 4096
    ours, damaged = by_us(path)
    assert (len(ours), damaged) == (4, 0)


@pytest.mark.parametrize("codec", ["libx265", "libvpx-vp9", "mpeg2video", "mpeg4"])
def test_other_codecs(tmp_path, codec):
    ours, damaged = by_us(film(tmp_path / "a.mkv", codec=codec))
    assert (len(ours), damaged) == (40, 0)
    assert same(ours, by_pyav(tmp_path / "a.mkv")[0])


def longer_sound(path, **container):
    """Two seconds of pictures, eight of sound."""
    with av.open(str(path), "w", options=container) as out:
        video = out.add_stream("libx264", rate=RATE, width=SIZE[1], height=SIZE[0], pix_fmt="yuv420p")
        audio = out.add_stream("aac", rate=48000, layout="mono")
        for i in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((*SIZE, 3), 12 * i, np.uint8), "rgb24")
            frame.pts, frame.time_base = i, Fraction(1, RATE)
            out.mux(video.encode(frame))
        out.mux(video.encode())
        for i in range(375):
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 48000, i * 1024
            out.mux(audio.encode(sound))
        out.mux(audio.encode())
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv", "parts.mp4"])
def test_sound_that_lasts_longer_cuts_nothing_off(tmp_path, name):
    container = {"movflags": "frag_keyframe+empty_moov"} if name == "parts.mp4" else {}
    path = longer_sound(tmp_path / name, **container)
    ours, damaged = by_us(path)
    assert (len(ours), damaged) == (20, 0)
    assert same(ours, by_pyav(path)[0])


@pytest.mark.parametrize("name", ["a.mkv", "a.flv", "parts.mp4", "a.ts", "a.m2ts", "a.mpg", "a.avi"])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_what_is_cut_off_is_told(tmp_path, name, share):
    container = {"movflags": "frag_keyframe+empty_moov"} if name == "parts.mp4" else {}
    path = film(tmp_path / name, 200, codec="mpeg2video" if name == "a.mpg" else "libx264", **container)
    data = path.read_bytes()
    assert is_whole(str(path)) is (None if name == "a.avi" else True)
    assert by_us(path)[1] == 0
    end = int(len(data) * share) // 188 * 188 + 70
    # Where a fragment's head ends depends on the encoder: cut what comes behind it.
    path.write_bytes(data[: data.rindex(b"mdat", 0, end) + 20 if name == "parts.mp4" else end])
    assert is_whole(str(path)) is False
    last = list(open_source(path))[-1]
    with pytest.raises(UnreadableImage, match="the video is cut off here"):
        last.load()
    ours, damaged = by_us(path)
    assert 0 < len(ours) < 200
    assert 1 <= damaged <= 4


@pytest.mark.parametrize("kept", [1, 9, 44, 110, 150])
def test_a_fragment_whose_head_is_cut_off_costs_none_before_it(tmp_path, kept):
    path = film(tmp_path / "parts.mp4", 200, movflags="frag_keyframe+empty_moov")
    data, whole = path.read_bytes(), by_us(path)[0]
    begins = data.rindex(b"moof", 0, len(data) // 2) - 4
    # FFmpeg reads no frame of a file that ends in some of these places.
    path.write_bytes(data[: begins + kept])
    before = data.count(b"moof", 0, begins)
    ours, damaged = by_us(path)
    assert (len(ours), damaged) == (5 * before, 1)
    assert same(ours, whole[: 5 * before])
    with pytest.raises(UnreadableImage, match="the video is cut off here"):
        list(open_source(path))[-1].load()


@pytest.mark.parametrize("name", ["a.mkv", "parts.mp4", "a.avi"])
def test_an_index_that_is_cut_off_costs_nothing(tmp_path, name):
    container = {"movflags": "frag_keyframe+empty_moov"} if name == "parts.mp4" else {}
    path = film(tmp_path / name, 200, **container)
    whole = by_us(path)[0]
    path.write_bytes(path.read_bytes()[:-100])
    ours, damaged = by_us(path)
    assert same(ours, whole)
    assert damaged == 0


def test_a_codec_that_is_not_there_is_named(tmp_path):
    path = film(tmp_path / "a.mp4", 10, codec="libsvtav1")
    if not cv2.VideoCapture(str(path)).grab():
        with pytest.raises(UnreadableSource, match=r"none of its 10 pictures can be decoded \(codec AV01\)"):
            open_source(path)


@pytest.mark.parametrize(
    ("codec", "options"),
    [("libx264", {"x264-params": "interlaced=1"}), ("mpeg2video", {"flags": "+ildct+ilme"}), ("libx264", {})],
)
def test_interlaced_films_are_the_pictures_or_refused(tmp_path, codec, options):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=25, width=320, height=240, pix_fmt="yuv420p")
        video.options = options
        for i in range(12):
            frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 40 + 10 * i, np.uint8), "rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 25)
            out.mux(video.encode(frame))
        out.mux(video.encode())
    capture = cv2.VideoCapture(str(path))
    if np.array_equal(capture.read()[1], capture.read()[1]):
        assert options
        with pytest.raises(UnreadableSource, match=r"its pictures are interlaced.*Write it anew: `ffmpeg .*bwdif"):
            open_source(path)
    else:
        ours, damaged = by_us(path)
        assert damaged == 0
        assert np.allclose([frame.mean() for frame in ours], [frame.mean() for frame in by_pyav(path)[0]], atol=2)
