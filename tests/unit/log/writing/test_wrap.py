"""Functions whose predictions are logged."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.log.writing.wrap import wrapped

PIXELS = np.zeros((4, 4, 3), np.uint8)


class Memory:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, Any, str | None]] = []

    def log(
        self,
        prediction: Any,
        image: Any = None,
        image_name: str | None = None,
        *,
        bgr: bool = False,
        copy: bool = False,
    ) -> bool:
        self.rows.append((prediction, image, image_name))
        return True


def test_the_answer_is_logged_and_returned() -> None:
    log = Memory()

    def predict(image: Any, threshold: float = 0.5) -> str:
        """Says what it is."""
        return f"cat above {threshold}"

    seen = wrapped(log, predict)
    assert seen(PIXELS, threshold=0.1) == "cat above 0.1"
    assert seen(image=PIXELS) == "cat above 0.5"
    assert [(row[0], row[1] is PIXELS) for row in log.rows] == [("cat above 0.1", True), ("cat above 0.5", True)]
    assert (seen.__name__, seen.__doc__) == ("predict", "Says what it is.")


def test_a_method_a_name_and_another_parameter() -> None:
    log = Memory()

    class Service:
        def predict(self, request: str, frame: Any) -> int:
            return 7

    seen = wrapped(log, Service.predict, image="frame", image_name="request")
    assert seen(Service(), "r-1", PIXELS) == 7
    assert log.rows == [(7, PIXELS, "r-1")]


def test_a_coroutine() -> None:
    log = Memory()

    async def predict(image: Any) -> str:
        await asyncio.sleep(0)
        return "cat"

    assert asyncio.run(wrapped(log, predict)(PIXELS)) == "cat"
    assert log.rows == [("cat", PIXELS, None)]


@pytest.mark.parametrize(("images", "rows"), [(["a", "b"], ["a", "b"]), (["a"], ["a", None]), (None, [None, None])])
def test_many_images_are_many_rows(images: Any, rows: Any) -> None:
    log = Memory()
    wrapped(log, lambda batch: iter(["x", "y"]), many=True)(images)
    assert [(row[0], row[1]) for row in log.rows] == list(zip(["x", "y"], rows, strict=True))


def test_what_the_function_raises_is_raised_and_not_logged() -> None:
    log = Memory()

    def predict(image: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wrapped(log, predict)(PIXELS)
    assert log.rows == []


def test_a_failing_logger_does_not_fail_inference(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Memory):
        def log(self, *arguments: Any, **keywords: Any) -> bool:
            raise OSError("gone")

    assert wrapped(Broken(), lambda image: "cat")(PIXELS) == "cat"
    assert "could not be logged" in caplog.text


def test_a_parameter_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="no parameter 'frame'"):
        wrapped(Memory(), lambda image: "cat", image="frame")
    with pytest.raises(ConfigError, match="takes no image"):
        wrapped(Memory(), lambda: "cat")


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ConfigError, match="no function"):
        wrapped(Memory(), 3)  # type: ignore[type-var]
