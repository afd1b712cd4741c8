"""Every layout of a TIFF that tifffile writes gives the pixels that tifffile reads."""

import io
import itertools

import numpy as np
import pytest
import tifffile

from lookoutcv.errors import UnsupportedImage
from lookoutcv.images.decode import decode

HEIGHT, WIDTH = 40, 57
LAYOUTS = {"strips": {}, "rows": {"rowsperstrip": 7}, "tiles": {"tile": (16, 32)}}
COLOURS = {"grey": 1, "white is zero": 1, "grey alpha": 2, "rgb": 3, "rgba": 4, "rgbx": 4, "cmyk": 4}
COMPRESSIONS = [None, "lzw", "deflate", "packbits", "zstd", "lzma"]
GRID = [
    (colour, bits, planes, layout, order, compression)
    for colour, bits, planes, layout, order, compression in itertools.product(
        COLOURS, (8, 16), ("contig", "separate"), LAYOUTS, "<>", COMPRESSIONS
    )
    if planes == "contig" or COLOURS[colour] > 2
]


def samples(colour, bits):
    rng = np.random.default_rng(COLOURS[colour] * bits)
    return rng.integers(0, 2**bits, (HEIGHT, WIDTH, COLOURS[colour]), dtype=f"u{bits // 8}")


def tiff(values, colour, planes, layout, order, compression):  # noqa: PLR0917
    kind = {"grey": "minisblack", "white is zero": "miniswhite", "grey alpha": "minisblack", "cmyk": "separated"}
    extra = {"grey alpha": ["unassalpha"], "rgba": ["unassalpha"], "rgbx": ["unspecified"]}.get(colour)
    array = values[..., 0] if values.shape[2] == 1 else values
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        array.transpose(2, 0, 1) if planes == "separate" else array,
        photometric=kind.get(colour, "rgb"),
        planarconfig=planes if array.ndim == 3 else None,
        extrasamples=extra,
        byteorder=order,
        compression=compression,
        **LAYOUTS[layout],
    )
    return file.getvalue()


def expected(data, colour, bits, planes):
    """What tifffile reads, as eight bits of RGB."""
    values = tifffile.imread(io.BytesIO(data))
    if planes == "separate":
        values = values.transpose(1, 2, 0)
    values = (values.reshape(HEIGHT, WIDTH, -1) >> (bits - 8)).astype(np.int64)
    if colour == "white is zero":
        values = 255 - values
    if colour == "cmyk":
        light = (255 - values[..., :3]) * (255 - values[..., 3:])
        return np.rint(light / 255)
    return np.repeat(values[..., :1], 3, 2) if COLOURS[colour] < 3 else values[..., :3]


def not_read(colour, bits, order):
    """Grey of 16 bits that Pillow has no mode for: it is refused, not read as something else."""
    return bits == 16 and (colour == "grey alpha" or (colour == "white is zero" and order == ">"))


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_every_layout_gives_the_pixels_that_tifffile_reads(colour, bits, planes):
    wrong = []
    for layout in (layout for layout in GRID if layout[:3] == (colour, bits, planes)):
        data = tiff(samples(colour, bits), colour, *layout[2:])
        if not_read(colour, bits, layout[4]):
            with pytest.raises(UnsupportedImage):
                decode(data)
            continue
        found = decode(data).pixels.astype(np.int64)
        off = np.abs(found - expected(data, colour, bits, planes)).max()
        if off > (colour == "cmyk"):  # another rounding
            wrong.append((*layout, off))
    assert not wrong
