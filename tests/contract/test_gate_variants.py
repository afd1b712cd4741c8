"""Every variant of the gate: scores of one image alone, the same wherever it is opened, lower for a blurred copy."""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawn_lessons import SMALL_VIT, drawn_lesson, drawn_view, fitted
from lookoutcv.errors import ConfigError, CorruptFile, LookoutError, TrainingError
from lookoutcv.gate.artifact import WEIGHTS_FILE, GateState
from lookoutcv.gate.cut import Cut
from lookoutcv.gate.gate import Gate
from lookoutcv.gate.variants.base import Learnt, Lesson, Variant, registry
from lookoutcv.pixels.view import ImageView

pytest.importorskip("torch", reason="torch is not installed")

ALL = list(registry)
LEARNING = [one for one in ALL if one.learn]
UNSEEN = range(100, 106)
SHAPES = [(1, 1), (2, 300), (15, 15), (16, 16), (40, 700), (129, 127), (3000, 40), (1500, 2500)]


def named(variant: Variant) -> str:
    return variant.name


def opened(variant: Variant) -> Gate:
    return Gate(GateState(variant.name, Cut(0.0)), fitted(variant.name))


@cache
def gate_of(name: str) -> Gate:
    return opened(registry.get(name))


def small(variant: Variant) -> dict[str, Any]:
    """What makes a lesson of a variant short."""
    return {"backbone": SMALL_VIT, "weights": "none"} if variant.name == "vit" else {}


def test_what_is_shipped_is_found() -> None:
    assert {one.name for one in ALL} >= {"threshold", "composite", "cnn", "vit"}
    assert {one.name for one in LEARNING} >= {"cnn", "vit"}


@pytest.mark.parametrize("variant", ALL, ids=named)
def test_it_says_what_it_is_and_where_it_comes_from(variant: Variant) -> None:
    assert variant.summary.endswith(".")
    assert variant.source


@pytest.mark.parametrize("variant", ALL, ids=named)
def test_a_blurred_copy_scores_lower(variant: Variant) -> None:
    gate = gate_of(variant.name)
    for seed in UNSEEN:
        assert gate.score(drawn_view(seed)).value > gate.score(drawn_view(seed, 3)).value


@pytest.mark.parametrize("variant", ALL, ids=named)
def test_a_score_does_not_depend_on_other_images(variant: Variant) -> None:
    gate = gate_of(variant.name)
    alone = [opened(variant).score(drawn_view(seed)) for seed in UNSEEN]
    assert [gate.score(drawn_view(seed)) for seed in (*UNSEEN, *reversed(UNSEEN))] == [*alone, *reversed(alone)]


@pytest.mark.parametrize("variant", ALL, ids=named)
def test_a_score_is_the_same_from_a_folder_and_in_another_process(variant: Variant, tmp_path: Path) -> None:
    gate = gate_of(variant.name)
    gate.save(tmp_path / "gate")
    again = [Gate.load(tmp_path / "gate"), pickle.loads(pickle.dumps(gate))]
    for seed in UNSEEN:
        assert {one.score(drawn_view(seed)).value for one in again} == {gate.score(drawn_view(seed)).value}


@pytest.mark.parametrize("variant", ALL, ids=named)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["black", "white", "noise", "edge"])
def test_odd_images_have_a_score_or_a_reason(variant: Variant, shape: tuple[int, int], kind: str) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    if kind == "white":
        pixels += 255
    elif kind == "noise":
        pixels = np.random.default_rng(0).integers(0, 256, pixels.shape, dtype=np.uint8)
    elif kind == "edge":
        pixels[:, shape[1] // 2 :] = 255
    before = pixels.copy()
    score = gate_of(variant.name).score(ImageView(pixels))
    assert math.isfinite(score.value) or score.untellable
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("variant", LEARNING, ids=named)
def test_learning_is_repeatable_and_tells_its_epochs(variant: Variant) -> None:
    assert variant.learn is not None
    first, again = (variant.learn(drawn_lesson(6, epochs=2, seed=3, **small(variant))) for _ in range(2))
    assert [one["epoch"] for one in first.epochs] == [1, 2]
    assert all(math.isfinite(one["loss"]) and 0 <= one["accuracy"] <= 1 for one in first.epochs)
    assert first.facts == again.facts
    assert first.tensors.keys() == again.tensors.keys()
    for name, value in first.tensors.items():
        np.testing.assert_array_equal(value, again.tensors[name])


@pytest.mark.parametrize("variant", LEARNING, ids=named)
def test_one_class_alone_teaches_nothing(variant: Variant) -> None:
    lesson = drawn_lesson(4)
    assert variant.learn is not None
    for examples in (lesson.examples[::2], lesson.examples[1::2], []):
        with pytest.raises(TrainingError, match="none of the"):
            variant.learn(Lesson(examples, **small(variant)))


@pytest.mark.parametrize("variant", LEARNING, ids=named)
def test_without_having_learnt_there_is_no_score(variant: Variant) -> None:
    with pytest.raises(ConfigError, match="learns from your images"):
        variant.scorer(Learnt())
    with pytest.raises(ConfigError, match=f"--variant {variant.name}"):
        Gate.load(variant.name)


def _one_more(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**tensors, "another": np.zeros(3, np.float32)}


def _one_less(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return dict(list(tensors.items())[1:])


def _another_shape(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**tensors, next(iter(tensors)): np.zeros((7, 7), np.float32)}


def _no_numbers(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.full_like(value, np.nan) for name, value in tensors.items()}


def _another_kind(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: value.astype(np.float64) for name, value in tensors.items()}


@pytest.mark.parametrize("variant", LEARNING, ids=named)
@pytest.mark.parametrize("change", [_one_more, _one_less, _another_shape, _no_numbers, _another_kind])
def test_weights_of_another_network_are_refused(variant: Variant, change: object) -> None:
    learnt = fitted(variant.name)
    assert callable(change)
    with pytest.raises(CorruptFile, match="are not those of") as refused:
        variant.scorer(Learnt(learnt.facts, change(learnt.tensors)))
    assert "fit it anew" in refused.value.remedy


@pytest.mark.parametrize("variant", LEARNING, ids=named)
@pytest.mark.parametrize("keep", [0, 10, 500])
def test_damaged_weights_are_told(variant: Variant, keep: int, tmp_path: Path) -> None:
    gate_of(variant.name).save(tmp_path)
    file = tmp_path / WEIGHTS_FILE
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(LookoutError, match=WEIGHTS_FILE):
        Gate.load(tmp_path)
