"""Films of H.264, whole, cut, shifted and damaged, against PyAV, which decodes packet by packet."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from lookoutcv.errors import UnreadableImage
from lookoutcv.sources import open_source

av = pytest.importorskip("av")
RATE, SIZE = 10, (48, 64)


def film(path, frames=40, later=0, sounds=0):
    """B-frames, a key frame every five; frame i is of its own grey; so many packets of sound between two pictures."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=RATE, width=SIZE[1], height=SIZE[0], pix_fmt="yuv420p")
        video.options = {"g": "5", "bf": "2", "x264-params": "scenecut=0"}
        audio = out.add_stream("pcm_s16le", rate=8000, layout="mono") if sounds else None
        for i in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((*SIZE, 3), 6 * i, np.uint8), "rgb24")
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
    frames, errors = {}, 0
    with av.open(str(path)) as given:
        for packet in given.demux(video=0):
            try:
                frames |= {frame.pts: frame.to_ndarray(format="rgb24") for frame in packet.decode()}
            except av.FFmpegError:
                errors += 1
    return [frames[at] for at in sorted(frames)], errors


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


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.ts", "a.flv"])
def test_whole_films_of_every_container(tmp_path, name):
    ours, damaged = by_us(film(tmp_path / name))
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
