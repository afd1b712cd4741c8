"""Pixels to tensors, and boxes back."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import WrongCard
from lookoutcv.models.cards.card import Input
from lookoutcv.models.formats.base import Quantisation, TensorInfo
from lookoutcv.models.input.complete_input import complete_input
from lookoutcv.models.input.framing import framed
from lookoutcv.models.input.preprocessing import Preprocessor

WHOLE = Input((4, 6), "NCHW", "RGB", "float32", 1 / 255, 0.0, 1.0)


def image(seed: int = 1, height: int = 9, width: int = 13) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_the_same_as_the_formula() -> None:
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    pixels = image()
    batch, _ = Preprocessor(replace(WHOLE, mean=mean, std=std))([pixels])
    resized = cv2.resize(pixels, (6, 4), interpolation=cv2.INTER_LINEAR)
    wanted = ((resized / 255 - mean) / std).transpose(2, 0, 1)[None]
    assert batch.dtype == np.float32
    np.testing.assert_allclose(batch, wanted, rtol=1e-6, atol=1e-6)


def test_channels_and_layout() -> None:
    pixels = np.full((4, 6, 3), (10, 20, 30), np.uint8)
    raw = replace(WHOLE, scale=1.0)
    assert Preprocessor(raw)([pixels])[0][0, :, 0, 0].tolist() == [10, 20, 30]
    assert Preprocessor(replace(raw, colour="BGR"))([pixels])[0][0, :, 0, 0].tolist() == [30, 20, 10]
    last = Preprocessor(replace(raw, layout="NHWC", colour="BGR", mean=(1.0, 2.0, 3.0)))([pixels])[0]
    assert last.shape == (1, 4, 6, 3)
    assert last[0, 0, 0].tolist() == [29, 18, 7]
    grey = Preprocessor(replace(raw, colour="GREY"))([pixels])[0]
    assert grey.shape == (1, 1, 4, 6)
    assert abs(float(grey[0, 0, 0, 0]) - 18.15) < 1  # 0.299 R + 0.587 G + 0.114 B


@pytest.mark.parametrize(
    ("dtype", "how", "quantisation", "wanted"),
    [
        ("uint8", {"scale": 1 / 128, "mean": 1.0}, Quantisation(1 / 128, 128), [0, 100, 255]),
        ("int8", {"scale": 1.0}, Quantisation(1.0, -128), [-128, -28, 127]),
        ("int8", {"scale": 1 / 255}, Quantisation(1 / 127, 0), [0, 50, 127]),
        ("uint8", {"scale": 2.0}, None, [0, 200, 255]),
        ("float16", {"scale": 1.0}, None, [0, 100, 255]),
    ],
)
def test_whole_numbers_and_halves(dtype: str, how: dict[str, float], quantisation: Quantisation | None, wanted) -> None:
    pixels = np.zeros((1, 3, 3), np.uint8) + np.array([0, 100, 255], np.uint8)[None, :, None]
    card = replace(WHOLE, size=(1, 3), dtype=dtype, **how)
    batch, _ = Preprocessor(card, quantisation)([pixels])
    assert batch.dtype == np.dtype(dtype)
    assert batch[0, 0, 0].tolist() == wanted


sides = st.integers(1, 60)


@given(
    st.tuples(sides, sides),
    st.tuples(sides, sides),
    st.sampled_from(["stretch", "letterbox", "centre_crop"]),
    st.sampled_from(["centre", "top_left"]),
)
def test_boxes_go_there_and_back(image: tuple[int, int], size: tuple[int, int], resize, place) -> None:
    (height, width), (rows, columns) = image, size
    how = replace(WHOLE, size=size, resize=resize, place=place)
    resized, framing = framed(np.zeros((height, width, 3), np.uint8), how)
    assert resized.shape == (rows, columns, 3)
    box = np.array([[0.25 * width, 0.25 * height, 0.75 * width, 0.75 * height]])
    there = box * ([framing.sx, framing.sy] * 2) + [framing.left, framing.top] * 2
    np.testing.assert_allclose(framing.boxes_in_image(there), box, atol=1e-3)


def test_a_letterbox_keeps_the_shape_and_fills_the_rest() -> None:
    pixels = np.full((10, 20, 3), 200, np.uint8)
    how = replace(WHOLE, size=(8, 8), resize="letterbox", fill=7)
    resized, framing = framed(pixels, how)
    assert (resized[2:6] == 200).all()
    assert (resized[:2] == 7).all()
    assert (resized[6:] == 7).all()
    assert (framing.top, framing.left) == (2, 0)
    resized, framing = framed(pixels, replace(how, place="top_left"))
    assert (resized[:4] == 200).all()
    assert framing.crop(np.arange(64).reshape(8, 8)).tolist() == np.arange(32).reshape(4, 8).tolist()


@pytest.mark.parametrize("size", [(320, 320), (640, 640), (64, 96), (100, 37)])
def test_a_letterbox_rounds_as_its_makers_do(size: tuple[int, int]) -> None:
    """Against the arithmetic of Ultralytics' LetterBox (in the middle) and of YOLOX's preproc (in the corner)."""
    for height, width in [(77, 77), (154, 303), (303, 154), (1080, 1920), (427, 640), (3, 500), (333, 1), (375, 500)]:
        pixels = np.full((height, width, 3), 255, np.uint8)
        factor = min(size[0] / height, size[1] / width)
        inside = max(1, round(height * factor)), max(1, round(width * factor))
        spare = (size[0] - inside[0]) / 2, (size[1] - inside[1]) / 2
        top, left = round(spare[0] - 0.1), round(spare[1] - 0.1)
        expected = np.full((*size, 3), 114, np.uint8)
        expected[top : top + inside[0], left : left + inside[1]] = 255
        how = replace(WHOLE, size=size, resize="letterbox")
        np.testing.assert_array_equal(framed(pixels, how)[0], expected)
        expected = np.full((*size, 3), 114, np.uint8)
        expected[: max(1, int(height * factor)), : max(1, int(width * factor))] = 255
        np.testing.assert_array_equal(framed(pixels, replace(how, place="top_left"))[0], expected)


def test_a_centre_crop_keeps_the_middle() -> None:
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 255
    resized, framing = framed(pixels, replace(WHOLE, size=(10, 10), resize="centre_crop"))
    assert (resized == 255).all()
    assert (framing.left, framing.sx) == (-10, 1)
    smaller, _ = framed(pixels, replace(WHOLE, size=(10, 10), resize="centre_crop", crop=0.5))
    assert (smaller == 255).all()


# What a card leaves open.


@pytest.mark.parametrize(
    ("shape", "layout", "size"),
    [
        ((1, 3, 8, 9), "NCHW", (8, 9)),
        ((None, 8, 9, 3), "NHWC", (8, 9)),
        ((1, 1, 8, 9), "NCHW", (8, 9)),
        ((1, 8, 9, 1), "NHWC", (8, 9)),
    ],
)
def test_the_shape_tells_the_layout(shape: tuple[int | None, ...], layout: str, size: tuple[int, int]) -> None:
    found, _ = complete_input(Input(), TensorInfo("x", shape, "float32"), "net")
    assert (found.layout, found.size) == (layout, size)
    assert found.colour == ("GREY" if 1 in shape[1:] else "RGB")


def test_what_is_assumed_is_said() -> None:
    found, notes = complete_input(Input(), TensorInfo("x", (1, 3, 8, 8), "float32"), "net")
    assert found.scale == 1 / 255
    assert [note.partition(" ")[0] for note in notes] == ["input.colour", "input.scale"]
    _, notes = complete_input(Input(colour="RGB", scale=1.0), TensorInfo("x", (1, 3, 8, 8), "float32"), "net")
    assert notes == []


@pytest.mark.parametrize(("mean", "scale"), [((104.0, 117.0, 123.0), 1.0), ((0.485, 0.456, 0.406), 1 / 255)])
def test_the_scale_follows_the_size_of_the_means(mean: tuple[float, ...], scale: float) -> None:
    found, _ = complete_input(Input(mean=mean), TensorInfo("x", (1, 3, 8, 8), "float32"), "net")
    assert found.scale == scale


def test_an_input_of_other_channels_is_not_laid_to_a_card() -> None:
    info = TensorInfo("x", (1, 6, 8, 8), "float32")
    with pytest.raises(WrongCard, match=r"^net: its input has 6 channels, and an image has 1 \(grey\) or 3"):
        complete_input(Input(), info, "net")
    with pytest.raises(WrongCard, match="is RGB, and its file has 6 channels"):
        complete_input(Input(colour="RGB"), info, "net")


@pytest.mark.parametrize(
    ("dtype", "quantisation"),
    [
        ("uint8", Quantisation(1 / 128, 128)),
        ("uint8", Quantisation(1 / 255, 0)),
        ("int8", Quantisation(1.0, -128)),
        ("int8", Quantisation(1 / 127.5, 0)),
        ("uint8", None),
        ("int8", None),
    ],
)
def test_quantised_inputs_get_the_pixels_as_they_are(dtype: str, quantisation: Quantisation | None) -> None:
    info = TensorInfo("x", (1, 16, 16, 3), dtype, quantisation)
    how, notes = complete_input(Input(colour="RGB"), info, "net")
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)[..., None].repeat(3, axis=2)
    batch, _ = Preprocessor(how, quantisation)([pixels])
    lowest = -128 if dtype == "int8" else 0
    assert (batch[0].astype(int) == pixels.astype(int) + lowest).all()
    assert notes == []


@pytest.mark.parametrize(
    ("info", "says"),
    [
        (TensorInfo("x", (1, 10), "float32"), "not a batch of images"),
        (TensorInfo("x", (1, 3, None, None), "float32"), "how large its input is"),
        (TensorInfo("x", (1, 4, 8, 8), "float32"), "its input has 4 channels"),
        (TensorInfo("x", (1, 3, 8, 8), "int64"), "its input is int64, which no image is"),
        (None, "how large its input is"),
    ],
)
def test_inputs_that_no_image_fits(info: TensorInfo | None, says: str) -> None:
    with pytest.raises(WrongCard, match=says):
        complete_input(Input(), info, "net")


@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
@pytest.mark.parametrize("colour", ["RGB", "BGR", "GREY"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "float16", "float32"])
def test_room_that_is_filled_again_holds_what_fresh_room_does(layout: str, colour: str, dtype: str) -> None:
    generator = np.random.default_rng(0)
    images = [generator.integers(0, 256, (9 + i, 20 - i, 3), dtype=np.uint8) for i in range(3)]
    images.append(generator.integers(0, 256, (6, 5, 3), dtype=np.uint8))  # of the input's size already
    for resize in ("stretch", "letterbox", "centre_crop"):
        mean = -0.0 if dtype == "uint8" else 1.0
        prepare = Preprocessor(Input((6, 5), layout, colour, dtype, 1.0, mean, 1.0, resize=resize))
        room = prepare.empty(5)
        room[...] = 7
        fresh, _ = prepare(images)
        filled, _ = prepare(images, room)
        assert filled.base is room
        np.testing.assert_array_equal(filled, fresh)
        for one, image in zip(fresh, images, strict=True):
            np.testing.assert_array_equal(one, prepare([image])[0][0])
