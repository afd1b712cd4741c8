"""What decoding takes, counted before it is taken; and processes that wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import ImageTooLarge
from lookoutcv.images import decode, memory_budget
from lookoutcv.images.decode import decode as decode_bytes
from lookoutcv.images.memory_budget import BYTES_PER_PIXEL, SharedMemory, check_memory

KINDS = ["JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF"]


def encoded(kind: str, width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), (90, 120, 30)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_that_takes_more_than_is_free_is_refused_before_it_is_decoded(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(kind, 4000, 3000)
    needed = 12_000_000 * BYTES_PER_PIXEL[kind.lower()]
    monkeypatch.setattr(memory_budget, "available_bytes", lambda: needed)
    assert decode_bytes(data).pixels.shape == (3000, 4000, 3)
    monkeypatch.setattr(memory_budget, "available_bytes", lambda: needed - 1)
    with pytest.raises(
        ImageTooLarge, match=r"decoding 4000 x 3000 pixels can take \d+ MB of memory, and \d+ MB are"
    ) as caught:
        decode_bytes(data)
    assert caught.value.fields["reason"] == "takes more memory than is free"


def test_planes_and_progressive_and_four_colours_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    keep: Callable[..., None] = lambda width, height, kind: counted.append(kind)  # noqa: E731
    for module in (decode, "lookoutcv.images.formats.jpeg", "lookoutcv.images.formats.pillow"):
        monkeypatch.setattr(f"{getattr(module, '__name__', module)}.check_memory", keep, raising=False)
    for mode, options in (("RGB", {"progressive": True}), ("CMYK", {}), ("RGB", {})):
        file = BytesIO()
        Image.new(mode, (40, 30)).save(file, "JPEG", **options)
        decode_bytes(file.getvalue())
    assert counted == ["progressive", "cmyk", "jpeg"]


def test_small_images_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_budget, "available_bytes", lambda: pytest.fail("asked"))
    check_memory(1600, 1200, "webp")


def test_a_folder_goes_on_without_the_image_that_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "large.webp").write_bytes(encoded("WebP", 4000, 3000))
    (tmp_path / "small.webp").write_bytes(encoded("WebP", 40, 30))
    monkeypatch.setattr(memory_budget, "available_bytes", lambda: 100 << 20)
    records = lo.measure(tmp_path, workers=1, cache=False)
    assert records.table["id"].to_pylist() == ["small.webp"]
    assert [(one.id, one.reason) for one in records.skipped] == [("large.webp", "takes more memory than is free")]


def test_a_large_image_waits_for_the_small_ones_and_small_ones_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    first, second, third = (SharedMemory(1000, str(tmp_path)) for _ in range(3))
    first.take(10)
    second.take(1000)  # side by side
    order: list[str] = []
    waiting = threading.Event()

    def flock(place: int, how: int) -> None:
        """As it is, telling of a lock that is waited for."""
        try:
            fcntl.flock(place, how if how == fcntl.LOCK_UN else how | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting.set()
            fcntl.flock(place, how)

    monkeypatch.setattr(memory_budget, "fcntl", SimpleNamespace(**{**vars(fcntl), "flock": flock}))

    def take(memory: SharedMemory, needed: int, name: str) -> threading.Thread:
        def run() -> None:
            memory.take(needed)
            order.append(name)

        waiting.clear()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert waiting.wait(60), f"the {name} one did not wait"
        return thread

    large = take(third, 1001, "large")
    first.release()
    small = take(first, 10, "small")  # does not go before the large one, though there would be room
    assert not order
    second.release()
    large.join(60)
    small.join(0.2)  # time to go wrong
    assert order == ["large"]
    third.release()
    small.join(60)
    assert order == ["large", "small"]
