"""One reader of decoded images: whoever reads a broken folder skips the same images, and says the same of them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import ImageError, ImageTooLarge
from lookoutcv.images import Limits
from lookoutcv.inference.propose_card import card as propose_card
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.sources import open_images
from lookoutcv.sources.decoded_images import MOST_NAMED_SKIPS, SkippedImages, decoded_again, decoded_images, no_images
from lookoutcv.sources.kinds.base import NamedOnly

CARD: dict[str, Any] = {"labels": ["dark", "light"], "head": "softmax"}
LIMITS = Limits(max_pixels=100)


def classify(pixels: Any) -> list[float]:
    light = float(pixels.mean()) / 255
    return [1 - light, light]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Twelve images in two classes; an empty file, a text, half a file and one that claims a billion pixels."""
    for label, level in (("dark", 10), ("light", 240)):
        folder = tmp_path / "images" / label
        folder.mkdir(parents=True)
        for number in range(6):
            Image.fromarray(np.full((10, 10, 3), level + number, np.uint8)).save(folder / f"{number}.png")
    folder = tmp_path / "images" / "dark"
    whole = (folder / "0.png").read_bytes()
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("no image")
    (folder / "half.png").write_bytes(whole[: len(whole) // 2])
    header = b"IHDR" + (100_000).to_bytes(4, "big") * 2 + whole[24:29]
    (folder / "huge.png").write_bytes(whole[:12] + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:])
    return tmp_path / "images"


def pairs(skipped: Any) -> list[tuple[str, str]]:
    return [(one.id, one.reason) for one in skipped]


def test_every_caller_skips_the_same_images_for_the_same_reasons(broken: Path) -> None:
    measured = lo.measure(broken, workers=1, metrics="exposure")
    expected = pairs(measured.skipped)
    assert [id.rpartition("/")[2] for id, _ in expected] == ["empty.png", "half.png", "huge.png", "text.jpg"]
    assert "pixels" in dict(expected)["dark/huge.png"]
    callers = {
        "baseline": lo.baseline(broken, workers=1, metrics="exposure").profile.skipped,
        "with a model": pairs(lo.measure(broken, workers=1, metrics="exposure", model=classify, card=CARD).skipped),
        "in processes": pairs(lo.measure(broken, workers=2, metrics="exposure").skipped),
        "predict": pairs(lo.predict(classify, broken, card=CARD).skipped),
        "evaluate": pairs(lo.evaluate(classify, broken, card=CARD).skipped),
        "card": pairs(propose_card(classify, broken, card=CARD).skipped),
    }
    assert callers.pop("baseline") == 4
    for caller, skipped in callers.items():
        assert skipped == expected, caller
    assert lo.predict(classify, broken, card=CARD).skipped_count == measured.skipped_count == 4


@pytest.mark.parametrize("read", ["measure", "measure with a model", "predict", "evaluate"])
def test_strict_ends_every_caller_at_the_first_and_names_it(read: str, broken: Path) -> None:
    calls: dict[str, Any] = {
        "measure": lambda: lo.measure(broken, workers=1, metrics="exposure", strict=True),
        "measure with a model": lambda: lo.measure(broken, workers=1, model=classify, card=CARD, strict=True),
        "predict": lambda: lo.predict(classify, broken, card=CARD, strict=True),
        "evaluate": lambda: lo.evaluate(classify, broken, card=CARD, strict=True),
    }
    with pytest.raises(ImageError, match=r"empty\.png"):
        calls[read]()


def test_limits_skips_and_progress(broken: Path) -> None:
    Image.fromarray(np.zeros((11, 11, 3), np.uint8)).save(broken / "light" / "large.png")
    source, skipped, seen = open_images(broken), SkippedImages(), []
    listed = ((ref.id, ref) for ref in source)
    read = decoded_images(
        listed, limits=LIMITS, skipped=skipped, progress=lambda *done: seen.append(done), total=source.count()
    )
    assert len(list(read)) == 12
    assert skipped.count == 5
    assert "light/large.png" in [one.id for one in skipped.named]
    assert seen == [(number, 17) for number in range(1, 18)]


def test_names_are_bounded_and_all_are_counted() -> None:
    skipped = SkippedImages()
    skipped.extend(Skipped(str(number), "gone") for number in range(MOST_NAMED_SKIPS + 5))
    assert (len(skipped.named), skipped.count) == (MOST_NAMED_SKIPS, MOST_NAMED_SKIPS + 5)


def test_of_so_many_that_not_all_are_named_it_says_of_how_many_the_reasons_are() -> None:
    named = [Skipped(str(number), "empty file") for number in range(1000)]
    error = no_images("many.zip", named, 300_000)
    assert error.problem == (
        "none of the 300,000 files in many.zip could be read as an image (of the first 1,000: 1,000 x empty file)"
    )
    assert no_images("few.zip", named[:7], 7).problem.endswith("few.zip could be read as an image (7 x empty file)")


def test_a_second_reading_leaves_out_what_is_gone_and_lists_no_further_than_it_must(broken: Path) -> None:
    listed = []

    def source() -> Any:
        for ref in open_images(broken):
            listed.append(ref.id)
            yield ref

    again = list(decoded_again(source(), ["dark/1.png", "dark/empty.png", "dark/0.png"]))
    assert [one.id for one in again] == ["dark/0.png", "dark/1.png"]
    assert listed[-1] == "dark/empty.png"
    assert list(decoded_again(None, ["dark/0.png"])) == []


def test_callers_take_the_limits_and_default_to_the_same(broken: Path) -> None:
    Image.fromarray(np.zeros((11, 11, 3), np.uint8)).save(broken / "light" / "large.png")
    expected = pairs(lo.measure(broken, workers=1, metrics="exposure", max_pixels=100).skipped)
    assert "light/large.png" in dict(expected)
    assert pairs(lo.predict(classify, broken, card=CARD, max_pixels=100).skipped) == expected
    assert pairs(lo.evaluate(classify, broken, card=CARD, max_pixels=100).skipped) == expected
    assert pairs(propose_card(classify, broken, card=CARD, max_pixels=100).skipped) == expected
    assert Limits.of() == Limits() == Limits.of(None, Limits().max_bytes)


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_give_the_same_images_in_the_same_order(broken: Path, threads: int) -> None:
    def read(threads: int) -> tuple[list[tuple[str, bytes]], list[tuple[str, str]], list[tuple[int, int | None]]]:
        told: list[tuple[int, int | None]] = []
        skipped = SkippedImages()
        listed = [(ref.id, ref) for ref in open_images(broken)]
        images = decoded_images(
            listed,
            limits=LIMITS,
            skipped=skipped,
            progress=lambda done, total: told.append((done, total)),
            total=16,
            threads=threads,
        )
        return [(one.id, one.image.pixels.tobytes()) for one in images], pairs(skipped.named), told

    assert read(threads) == read(1)


def test_who_stops_early_waits_for_no_other_image(broken: Path) -> None:
    loaded: list[int] = []

    class Slow(NamedOnly):
        def __init__(self, number: int) -> None:
            self.id = str(number)

        def load(self) -> Any:
            loaded.append(int(self.id))
            return np.zeros((2, 2, 3), np.uint8)

    images = decoded_images(((str(n), Slow(n)) for n in range(1000)), threads=3)
    assert next(images).id == "0"
    images.close()
    assert len(loaded) <= 5


def test_an_image_for_which_others_took_the_memory_is_read_when_they_are_done() -> None:
    class Large(NamedOnly):
        id = "large"
        attempts = 0

        def load(self) -> Any:
            self.attempts += 1
            if self.attempts == 1:
                raise ImageTooLarge("large takes more memory than is free", "", id="large", reason="memory")
            return np.zeros((2, 2, 3), np.uint8)

    skipped = SkippedImages()
    assert [one.id for one in decoded_images([("large", Large())], skipped=skipped, threads=2)] == ["large"]
    assert skipped.count == 0
