"""How long a model takes for one image: the clock is the test's own."""

from __future__ import annotations

from lookoutcv.training.comparing.latency import latency_ms


class Slow:
    """A model whose first answers take long, and a clock that knows."""

    def __init__(self, *milliseconds: float) -> None:
        self.milliseconds = list(milliseconds)
        self.now = 0.0
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, pixels: object) -> None:
        self.shapes.append(getattr(pixels, "shape", ()))
        left = len(self.milliseconds) > 1
        self.now += (self.milliseconds.pop(0) if left else self.milliseconds[0]) / 1000

    def seconds(self) -> float:
        return self.now


def test_the_warm_up_does_not_count_and_the_middle_does() -> None:
    model = Slow(900, 300, 5, 6, 7, 400, 6)
    assert latency_ms(model, (24, 32), most=5, seconds=model.seconds) == 6.0
    assert set(model.shapes) == {(24, 32, 3)}
    assert len(model.shapes) == 2 + 5


def test_a_slow_model_is_asked_as_often_as_it_takes_and_no_more() -> None:
    model = Slow(1000)
    assert latency_ms(model, (8, 8), seconds=model.seconds) == 1000.0
    assert len(model.shapes) == 2 + 5
