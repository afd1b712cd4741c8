"""EXIF fields from a block of bytes."""

from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from lookoutcv.images.exif import NO_EXIF, from_tags, parse, upright

MAKE, MODEL, ORIENTATION, TAKEN, OFFSET = 0x010F, 0x0110, 0x0112, 0x9003, 0x9011


def block(main=(), detail=(), endian="<"):
    exif = Image.Exif()
    exif.endian = endian
    exif.update(dict(main))
    exif.get_ifd(0x8769).update(dict(detail))
    return exif.tobytes().removeprefix(b"Exif\0\0")


@pytest.mark.parametrize("endian", ["<", ">"])
def test_all_fields_in_both_byte_orders(endian):
    data = block(
        {MAKE: "Canon", MODEL: "Canon EOS 40D", ORIENTATION: 6},
        {TAKEN: "2024:02:29 23:30:00", OFFSET: "-02:00"},
        endian,
    )
    exif = parse(data)
    assert (exif.orientation, exif.camera) == (6, "Canon EOS 40D")
    assert exif.taken == datetime(2024, 3, 1, 1, 30, tzinfo=UTC)


def test_short_text_is_kept_inside_its_entry():
    assert parse(block({MAKE: "LG"})).camera == "LG"


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("Apple", "iPhone 6", "Apple iPhone 6"),
        ("Apple", "", "Apple"),
        ("", "E-M1  ", "E-M1"),
        ("SONY\0\0junk", "DSC-H7\n", "SONY DSC-H7"),
        ("\0", " ", None),
        ("M" * 500, "", "M" * 80),
    ],
)
def test_the_camera_is_named_once_and_cleanly(make, model, camera):
    assert from_tags({MAKE: make, MODEL: model}).camera == camera


@pytest.mark.parametrize(
    ("text", "offset", "taken"),
    [
        ("2020:01:02 03:04:05", "", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02 03:04:05", "Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020:01:02 03:04:05", "+05:30", datetime(2020, 1, 1, 21, 34, 5, tzinfo=UTC)),
        ("2020:01:02 03:04:05", "nonsense", None),
        ("2020:01:02 03:04:05", "+99:00", None),
        ("0000:00:00 00:00:00", "", None),
        ("0001:01:01 00:00:00", "+10:00", None),
        ("    :  :     :  :  ", "", None),
    ],
)
def test_the_time_is_aware_utc_or_nothing(text, offset, taken):
    assert from_tags({TAKEN: text, OFFSET: offset}).taken == taken


@pytest.mark.parametrize("orientation", [0, 9, 65535, "6", None])
def test_an_orientation_that_makes_no_sense_counts_as_none(orientation):
    assert from_tags({ORIENTATION: orientation}).orientation is None


def test_a_cut_or_changed_block_never_raises():
    data = block({MAKE: "Canon", MODEL: "EOS", ORIENTATION: 3}, {TAKEN: "2020:01:02 03:04:05"})
    for end in range(len(data)):
        parse(data[:end])
        parse(data[:end] + b"\xff" + data[end + 1 :])
    assert parse(b"II*\0\xff\xff\xff\xff") == NO_EXIF


def test_upright_undoes_every_orientation():
    scene = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    stored = {
        1: scene,
        2: scene[:, ::-1],
        3: scene[::-1, ::-1],
        4: scene[::-1],
        5: scene.transpose(1, 0, 2),
        6: np.rot90(scene, 1),
        7: scene[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(scene, -1),
    }
    for orientation, pixels in stored.items():
        turned = upright(np.ascontiguousarray(pixels), orientation)
        assert np.array_equal(turned, scene), orientation
        assert turned.flags.c_contiguous
