"""Mirrored pictures in Matroska: what the file says of its projection is how its frames are read."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from lookoutcv.sources import open_source
from lookoutcv.sources.films.matroska_tables import matroska_mirror

VOID, TRACKS, TRACK, VIDEO = b"\xec", b"\x16\x54\xae\x6b", b"\xae", b"\xe0"


def film(path):
    """Three frames with a red corner at the top left."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, (64, 48))
    frame = np.full((48, 64, 3), 120, np.uint8)
    frame[:16, :16] = (0, 0, 255)
    for _ in range(3):
        writer.write(frame)
    writer.release()
    return path


def element(kind, held, width=8):
    return kind + (len(held) | 1 << 7 * width).to_bytes(width, "big") + held


def elements(data, place, end):
    """Kind, begin, begin of the content, and end of each."""
    while place < end:
        size = place + 9 - data[place].bit_length()
        width = 9 - data[size].bit_length()
        until = size + width + (int.from_bytes(data[size : size + width], "big") & (1 << 7 * width) - 1)
        yield data[place:size], place, size + width, until
        place = until


def with_more(data, start, end, path, more):
    """Elements in which the one that a path of kinds leads to holds more."""
    out = b""
    for kind, begin, inside, until in elements(data, start, end):
        if kind != path[0]:
            out += data[begin:until]
        elif path[1:]:
            out += element(kind, with_more(data, inside, until, path[1:], more))
        else:
            out += element(kind, data[inside:until] + more)
    return out


def posed(path, yaw, pitch, roll, kind=0):
    """The film with a projection; the space that the writer left free makes room, so that nothing behind it moves."""
    pose = zip((b"vs", b"vt", b"vu"), (yaw, pitch, roll), strict=True)
    held = element(b"vq", bytes([kind])) + b"".join(element(k, struct.pack(">f", v)) for k, v in pose)
    data = film(path).read_bytes()
    segment = next(inside for kind, _, inside, _ in elements(data, 0, len(data)) if kind == b"\x18\x53\x80\x67")
    spans = {
        kind: (begin, until) for kind, begin, _, until in elements(data, segment, len(data)) if kind in (VOID, TRACKS)
    }
    void, tracks = spans[VOID], spans[TRACKS]
    new = with_more(data, *tracks, [TRACKS, TRACK, VIDEO], element(b"vp", held))
    room = void[1] - void[0] - (len(new) - (tracks[1] - tracks[0]))
    path.write_bytes(
        data[: void[0]] + element(VOID, bytes(room - 9)) + data[void[1] : tracks[0]] + new + data[tracks[1] :]
    )
    return path


def corners(pixels):
    """Which corners are red: top left, top right, bottom left, bottom right."""
    places = pixels[[4, 4, -5, -5], [4, -5, 4, -5]].astype(int)
    return [i for i, (red, green, blue) in enumerate(places) if red > 150 and max(green, blue) < 80]


# FFmpeg makes of these a mirror, and after it a turn; where the red corner is then, and whether the picture lies down.
MIRRORED = [((180, 0, 0), 1, True), ((-180, 0, 0), 1, True), ((180, 0, 90), 0, False), ((180, 0, -90), 3, False)]
TURNED = [((0, 0, 0), 0, True), ((0, 0, 90), 2, False), ((0, 0, -90), 1, False), ((0, 0, 180), 3, True)]


@pytest.mark.parametrize(("pose", "corner", "wide"), [*MIRRORED, ((180, 0, 180), 2, True), *TURNED])
def test_a_film_is_shown_as_its_pose_says(tmp_path, pose, corner, wide):
    path = posed(tmp_path / "a.mkv", *pose)
    pixels = next(iter(open_source(path))).load().pixels
    assert (matroska_mirror(str(path)) is not None) == (pose[0] != 0)
    assert pixels.shape == ((48, 64, 3) if wide else (64, 48, 3))
    assert corners(pixels) == [corner]


@pytest.mark.parametrize("pose", [(90, 0, 0), (180, 10, 0), (180, 0, 45)])
def test_a_pose_that_is_no_mirror_says_nothing(tmp_path, pose):
    assert matroska_mirror(str(posed(tmp_path / "a.mkv", *pose))) is None


def test_pictures_of_a_sphere_are_not_mirrored(tmp_path):
    assert matroska_mirror(str(posed(tmp_path / "a.mkv", 180, 0, 0, kind=1))) is None


def test_damage_says_nothing_or_a_mirror(tmp_path):
    assert matroska_mirror(str(tmp_path / "gone.mkv")) is None
    data = posed(tmp_path / "a.mkv", 180, 0, 0).read_bytes()[:800]
    random = np.random.default_rng(2)
    for place in random.integers(0, len(data), 200):
        (tmp_path / "b.mkv").write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        assert matroska_mirror(str(tmp_path / "b.mkv")) in (
            None,
            (-1, 0, 0, 1),
            (0, 1, 1, 0),
            (1, 0, 0, -1),
            (0, -1, -1, 0),
        )
    for end in range(0, len(data), 7):
        (tmp_path / "b.mkv").write_bytes(data[:end])
        matroska_mirror(str(tmp_path / "b.mkv"))
