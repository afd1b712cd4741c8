"""Films of which something is missing: what is left is read, what is not is counted, and what is hidden is told."""

from __future__ import annotations

import logging
import struct

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from edited_films import edited
from lookoutcv.errors import UnreadableImage
from lookoutcv.sources import open_source
from lookoutcv.sources.films.frame_times import FrameTimes, frame_times
from lookoutcv.sources.films.mp4_tables import Mp4Pictures, mp4_pictures
from lookoutcv.sources.films.video_reader import VideoReader


def film(path, frames=40, code="MJPG", step=6):
    """Ten frames a second; frame i is of grey level 6 i."""
    path.parent.mkdir(exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 10, (64, 48))
    for i in range(frames):
        frame = np.full((48, 64, 3), step * i, np.uint8)
        frame[:16, :16] = (0, 0, 255)
        writer.write(frame)
    writer.release()
    return path


def with_zeros(path, *places):
    """The film, with the data of some pictures zeroed; each picture is a JPEG."""
    data = bytearray(path.read_bytes())
    begins = [i for i in range(len(data) - 2) if data[i : i + 3] == b"\xff\xd8\xff"]
    for place in places:
        end = begins[place + 1] if place + 1 < len(begins) else data.index(b"\xff\xd9", begins[place]) + 2
        end = data.index(b"\xff\xd9", begins[place], end) + 2
        data[begins[place] : end] = bytes(end - begins[place])
    path.write_bytes(data)
    return path


def levels(source, step=6):
    """Which frames were read, by their pixels, and the places of those that could not be."""
    read, damaged = [], []
    for ref in source:
        try:
            read.append(round(float(ref.load().pixels[30:, 30:].mean()) / step))
        except UnreadableImage as error:
            damaged.append((ref.place, error.reason))
    return read, damaged


@pytest.mark.parametrize("name", ["a.avi", "a.mp4", "a.mkv"])
@pytest.mark.parametrize("places", [[10], [0], [39], [3, 4, 5, 20], list(range(2, 33))])
def test_every_frame_but_the_damaged_ones_is_read(tmp_path, name, places):
    source = open_source(with_zeros(film(tmp_path / name), *places))
    assert source.count() == 40
    read, damaged = levels(source)
    assert read == [i for i in range(40) if i not in places]
    assert damaged == [(i, "the frame cannot be decoded") for i in places]
    assert source.notes == ()


def test_measuring_counts_the_one_that_is_damaged_and_in_any_order_too(tmp_path):
    path = with_zeros(film(tmp_path / "a.avi"), 10)
    records = lo.measure(path, metrics="noise")
    assert (records.count, records.skipped_count) == (39, 1)
    assert records.skipped[0].id == "a.avi/000010"
    refs = list(open_source(path))
    mixed = np.random.default_rng(0).permutation(40)
    assert levels([refs[i] for i in mixed])[0] == [i for i in mixed if i != 10]
    assert levels([refs[i] for i in [9, 10, 11, 10, 11, 12, 39, 10, 9]])[0] == [9, 11, 11, 12, 39, 9]


def cut(path, start, length):
    """An MP4 of ten frames a second whose edit list shows a piece of it, as cutting without encoding makes it."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 8
    assert int.from_bytes(data[at : at + 4], "big") == 1
    film_scale = int.from_bytes(data[(m := data.index(b"mvhd") + 16) : m + 4], "big")
    scale = int.from_bytes(data[(m := data.index(b"mdhd") + 16) : m + 4], "big")
    data[at + 4 : at + 12] = (length * film_scale // 10).to_bytes(4, "big") + (start * scale // 10).to_bytes(4, "big")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("code", ["mp4v", "MJPG"])
@pytest.mark.parametrize(("start", "length"), [(3, 17), (0, 20), (3, 10), (0, 15)])
def test_what_an_edit_list_hides_is_told_and_no_damage(tmp_path, start, length, code, caplog):
    path = cut(film(tmp_path / "cut.mp4", 20, code, step=12), start, length)
    read, damaged = levels(open_source(path), step=12)
    assert damaged == []
    assert read == list(range(start, start + length))
    hidden = 20 - len(read)
    assert hidden == mp4_pictures(str(path)).hidden
    with caplog.at_level(logging.WARNING):
        assert lo.measure(path, metrics="noise").skipped_count == 0
        assert lo.measure(tmp_path, metrics="noise").count == length
    told = f"cut.mp4 holds {hidden} more pictures that it does not show: it was cut without encoding it again."
    assert caplog.messages.count(told) == (2 if hidden else 0)


PIECES = [
    [(0, 5), (10, 5)],
    [(10, 5), (0, 5)],
    [(3, 5), (3, 5)],
    [(None, 5), (0, 20)],
    [(None, 5), (3, 10), (20, 10)],
    [(3, 7), (12, 9), (30, 10)],
]


@pytest.mark.parametrize("pieces", PIECES, ids=str)
def test_a_film_of_several_pieces_shows_these(tmp_path, pieces):
    path = edited(film(tmp_path / "a.mp4", code="MJPG"), pieces)
    shown = [i for start, length in pieces if start is not None for i in range(start, start + length)]
    source = open_source(path)
    assert levels(source) == (shown, [])
    refs = list(source)
    mixed = np.random.default_rng(0).permutation(len(shown))
    assert levels([refs[i] for i in mixed])[0] == [shown[i] for i in mixed]
    hidden = 40 - len(set(shown))
    assert (mp4_pictures(str(path)).shown, frame_times(str(path)).hidden) == (len(shown), hidden)
    with_zeros(path, shown[4])
    read, damaged = levels(open_source(path))
    assert read == [i for i in shown if i != shown[4]]
    assert len(damaged) == shown.count(shown[4])


def test_damage_behind_an_edit_list_is_damage(tmp_path):
    path = with_zeros(cut(film(tmp_path / "cut.mp4", 20), 3, 17), 8, 19)
    read, damaged = levels(open_source(path))
    assert read == [i for i in range(3, 19) if i != 8]
    assert [place for place, _ in damaged] == [5, 16]
    assert frame_times(str(path)).hidden == 3


# What a point as stored becomes (a, b, c, d), and where the red corner at the top left is then.
MIRRORED = [
    ((-1, 0, 0, 1), (4, 60)),
    ((1, 0, 0, -1), (44, 4)),
    ((0, 1, 1, 0), (4, 4)),
    ((0, -1, -1, 0), (60, 44)),
]


@pytest.mark.parametrize("header", ["tkhd", "mvhd"])
@pytest.mark.parametrize(("matrix", "corner"), MIRRORED)
def test_a_mirrored_film_is_shown_mirrored(tmp_path, header, matrix, corner):
    path = film(tmp_path / "a.mp4", 3, "mp4v")
    data = bytearray(path.read_bytes())
    at = data.index(header.encode()) + 4 + (40 if header == "tkhd" else 36)
    a, b, c, d = (v * 65536 for v in matrix)
    data[at : at + 36] = b"".join(v.to_bytes(4, "big", signed=True) for v in (a, b, 0, c, d, 0, 0, 0, 1 << 30))
    path.write_bytes(data)
    assert mp4_pictures(str(path)).mirrored
    pixels = next(iter(open_source(path))).load().pixels
    assert pixels.shape == ((48, 64, 3) if matrix[0] else (64, 48, 3))
    red = np.argwhere((pixels[..., 0] > 150) & (pixels[..., 1:].max(axis=-1) < 80))
    assert corner in {tuple(place) for place in red.tolist()}
    assert len(red) == pytest.approx(16 * 16, rel=0.2)


def box(kind, *held):
    """A box of an MP4."""
    content = b"".join(held)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def test_pictures_that_are_shown_before_their_turn_are_told_by_signed_shifts(tmp_path):
    """Steps of 10 and shifts of 0, 10, -10 and 0: shown at 0, 20, 10 and 30, and the film shows those before 25."""
    matrix = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    table = box(
        b"stbl",
        box(b"stts", struct.pack(">IIII", 0, 1, 4, 10)),
        box(b"ctts", struct.pack(">II2i2i2i2i", 1 << 24, 4, 1, 0, 1, 10, 1, -10, 1, 0)),
    )
    track = box(
        b"trak",
        box(b"tkhd", bytes(40), matrix),
        box(b"edts", box(b"elst", struct.pack(">IIIiI", 0, 1, 25, 0, 1 << 16))),
        box(
            b"mdia",
            box(b"mdhd", struct.pack(">5I", 0, 0, 0, 1000, 40)),
            box(b"hdlr", bytes(8), b"vide"),
            box(b"minf", table),
        ),
    )
    header = box(b"mvhd", struct.pack(">5I", 0, 0, 0, 1000, 25), bytes(16), matrix)
    (tmp_path / "a.mp4").write_bytes(box(b"ftyp", b"isom") + box(b"moov", header, track))
    found = mp4_pictures(str(tmp_path / "a.mp4"))
    assert (found.samples, found.shown, found.hidden, found.edits) == (4, 3, 1, 1)


def test_files_without_tables_or_with_damaged_ones_say_nothing(tmp_path):
    nothing = Mp4Pictures()
    assert mp4_pictures(str(tmp_path / "gone.mp4")) == nothing
    assert mp4_pictures(str(film(tmp_path / "a.avi", 3))) == nothing
    data = film(tmp_path / "a.mp4", 5).read_bytes()
    random = np.random.default_rng(2)
    for place in random.integers(data.index(b"moov"), len(data), 200):
        (tmp_path / "b.mp4").write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        assert mp4_pictures(str(tmp_path / "b.mp4")).samples <= 50_000_000
    (tmp_path / "b.mp4").write_bytes(data[: len(data) - 100])
    mp4_pictures(str(tmp_path / "b.mp4"))


def test_the_reader_gives_none_for_times_that_nothing_has(tmp_path):
    reader = VideoReader(str(film(tmp_path / "a.avi", 5)))
    assert reader.frame(150.0) is None
    assert reader.frame(200.0) is not None
    assert reader.frame(1000.0) is None
    assert reader.frame(0.0) is not None
    reader.close()


def shown(steps):
    times = np.concatenate([[0.0], np.cumsum(steps)])
    return FrameTimes(times, np.ones(len(times), bool), 0.0)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([40] * 30, (0, 0)),
        ([40] * 20 + [80] + [40] * 20, (1, 1)),
        ([33, 34, 33] * 7 + [133] + [33, 34, 33] * 7 + [67], (2, 4)),
        ([40, 120] * 20, (0, 0)),
        ([40] * 20 + [100] * 20 + [1000] * 19, (0, 0)),
        ([40] * 5 + [400], (0, 0)),
    ],
)
def test_gaps_among_even_steps(steps, expected):
    assert shown(steps).gaps == expected


def test_what_a_damaged_container_loses_is_told(tmp_path, caplog):
    path = film(tmp_path / "a.mkv")
    data = bytearray(path.read_bytes())
    begins = [i for i in range(len(data) - 2) if data[i : i + 3] == b"\xff\xd8\xff"]
    # The heads of blocks too: the reader of the container goes on where it finds the next one.
    data[begins[10] - 12 : begins[13]] = bytes(begins[13] - begins[10] + 12)
    path.write_bytes(data)
    source = open_source(path)
    read, damaged = levels(source)
    assert damaged == []
    assert read[:10] == list(range(10))
    assert read[-20:] == list(range(20, 40))
    told = f"a.mkv: {40 - len(read)} frames are missing at 1 place, by the step of the others: lost, or never taken."
    assert source.notes == (told,)
    with caplog.at_level(logging.WARNING):
        lo.measure(path, metrics="noise")
    assert told in caplog.messages
