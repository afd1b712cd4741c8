"""Every judge of a gate: the same answer each time, pixels left alone, bounded memory, reasons that read well."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.gate.judges.base import Judge, Limit, Numbers, registry
from lookoutcv.pixels.view import ImageView
from lookoutcv.results.gate_verdict import GateVerdict

OF_ONE_IMAGE = [one for one in registry if one.memory is None]
WITH_MEMORY = [one for one in registry if one.memory is not None]
LIMITS = [(one, limit) for one in registry for limit in one.limits]


def named(value: Any) -> str:
    return str(getattr(value, "name", getattr(value, "number", value)))


def drawn(seed: int, high: int = 144, wide: int = 192) -> np.ndarray:
    draw = np.random.default_rng(seed)
    picture = np.full((high, wide, 3), draw.integers(60, 200, 3), np.uint8)
    for _ in range(30):
        x, y, size = draw.integers(0, wide), draw.integers(0, high), draw.integers(3, 30)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + size), int(y + size)), draw.integers(0, 255, 3).tolist(), -1)
    return np.clip(picture + draw.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def odd() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [
        np.zeros((1, 1, 3), np.uint8),
        np.full((2, 500, 3), 255, np.uint8),
        np.full((120, 160, 3), 128, np.uint8),
        random.integers(0, 256, (120, 160, 3)).astype(np.uint8),
        drawn(1),
    ]


@pytest.fixture(scope="module")
def learnt() -> dict[str, dict[str, Any]]:
    baseline = lo.baseline([drawn(seed, 48, 64) for seed in range(220)], workers=1)
    return {one.name: dict(one.learn(baseline)) for one in registry if one.learn is not None}


def asked(judge: Judge, pixels: np.ndarray, known: dict[str, Any], memory: Any = None) -> Numbers:
    view = ImageView(pixels)
    return judge.measure(view, known) if judge.memory is None else judge.measure(view, known, memory)


def test_what_is_shipped_is_found() -> None:
    assert {one.name for one in OF_ONE_IMAGE} >= {"exposure", "noise", "size", "truncation", "likeness"}
    assert {one.name for one in WITH_MEMORY} >= {"frozen", "lens"}


@pytest.mark.parametrize("judge", list(registry), ids=named)
def test_it_says_what_it_asks_and_measures_what_it_limits(judge: Judge, learnt: dict[str, dict[str, Any]]) -> None:
    assert judge.summary.startswith("Whether ")
    assert judge.limits
    memory = judge.memory() if judge.memory else None
    for pixels in odd():
        numbers = asked(judge, pixels, learnt.get(judge.name, {}), memory)
        assert set(numbers.values) == {limit.number for limit in judge.limits}
        assert set(numbers.details) <= set(numbers.values)


@pytest.mark.parametrize(("judge", "limit"), LIMITS, ids=named)
def test_reasons_read_well_after_unfit(judge: Judge, limit: Limit) -> None:
    bounds = [one for one in (limit.low, limit.high) if one is not None]
    assert bounds, "a limit has a bound"
    for value in (
        bounds[0] - 1 if limit.low is not None else np.nan,
        bounds[-1] + 1 if limit.high is not None else np.nan,
    ):
        if np.isnan(value):
            continue
        reason = limit.reason(float(value))
        assert any(letter.isdigit() for letter in reason), "it has a number"
        assert "\n" not in reason
        assert reason[0].islower()
        assert not reason.endswith((".", " "))
        assert "{" not in reason
    assert limit.reason(float("nan")) == ""


@pytest.mark.parametrize("judge", OF_ONE_IMAGE, ids=named)
def test_a_judge_of_one_image_depends_on_nothing_else(judge: Judge, learnt: dict[str, dict[str, Any]]) -> None:
    known = learnt.get(judge.name, {})
    alone = [str(asked(judge, pixels, known)) for pixels in odd()]
    assert [str(asked(judge, pixels, known)) for pixels in odd()[::-1]] == alone[::-1]


@pytest.mark.parametrize("judge", list(registry), ids=named)
def test_pixels_stay_as_they_are(judge: Judge, learnt: dict[str, dict[str, Any]]) -> None:
    memory = judge.memory() if judge.memory else None
    for pixels in odd():
        before = pixels.copy()
        pixels.flags.writeable = False
        asked(judge, pixels, learnt.get(judge.name, {}), memory)
        assert np.array_equal(pixels, before)


@pytest.mark.parametrize("judge", WITH_MEMORY, ids=named)
def test_a_judge_with_memory_says_the_same_of_the_same_stream(judge: Judge) -> None:
    assert judge.memory is not None
    streams = []
    for _ in range(2):
        memory = judge.memory()
        streams.append([str(asked(judge, drawn(seed), {}, memory)) for seed in range(20)])
    assert streams[0] == streams[1]


@pytest.mark.parametrize("judge", WITH_MEMORY, ids=named)
def test_memory_is_bounded(judge: Judge) -> None:
    assert judge.memory is not None
    memory, sizes = judge.memory(), []
    for seed in range(150):
        asked(judge, drawn(seed), {}, memory)
        sizes.append(len(pickle.dumps(memory)))
    assert max(sizes) < 100_000, "a thousand cameras are remembered"
    assert sizes[-1] <= 1.01 * sizes[100]


def test_cameras_are_kept_apart_though_threads_share_a_gate() -> None:
    judges = [one.name for one in WITH_MEMORY]
    gate = lo.Gate.load("threshold", threshold=0, judges=judges)

    def stream(camera: int, shared: lo.Gate) -> list[GateVerdict]:
        pictures = [drawn(0 if camera % 2 else seed) for seed in range(12)]
        return [shared.check(one, camera=f"camera {camera}") for one in pictures]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda camera: stream(camera, gate), range(8)))
    for camera, verdicts in enumerate(together):
        assert verdicts == stream(camera, lo.Gate.load("threshold", threshold=0, judges=judges))
        assert (verdicts[-1].verdict == "unfit") == bool(camera % 2)
