"""What a backbone sees tells which labels look wrong, and how much more images would help."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from lookoutcv.results.data_check import DataCheck
from lookoutcv.training.data.division import Sample
from lookoutcv.training.fixed_features import FixedFeatures


def clusters(each: int, seed: int, spread: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Three classes, each around a corner of its own."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), each)
    return (np.eye(3)[labels] + random.normal(0, spread, (len(labels), 3))).astype(np.float32), labels


def seen(each: int = 40, spread: float = 0.1) -> FixedFeatures:
    train, labels = clusters(each, 1, spread)
    test, truth = clusters(40, 2, spread)
    material: Any = SimpleNamespace(
        division=SimpleNamespace(classes=("cat", "dog", "owl"), groups={}), labelled=SimpleNamespace(name="pets")
    )
    ref: Any = None
    samples = tuple(
        Sample(f"{number}.jpg", material.division.classes[label], ref) for number, label in enumerate(labels)
    )
    return FixedFeatures(
        "test_resnet", material, {"train": train, "test": test}, {"train": labels, "test": truth}, samples
    )


CHECK = DataCheck("pets", 120, [])


def test_an_image_among_those_of_another_class_is_doubted() -> None:
    features = seen()
    features.labels["train"][5] = 2
    wrong = replace(features.samples[5], label="owl")
    features = replace(features, samples=(*features.samples[:5], wrong, *features.samples[6:]))
    check = features.doubted(CHECK, seed=0)
    assert check.suspicious[0].id == "5.jpg"
    assert "labelled 'owl', looks like 'cat'" in check.suspicious[0].reasons[0]
    assert [one.kind for one in check.findings] == ["labels"]


def test_few_images_are_not_doubted() -> None:
    assert seen(each=3).doubted(CHECK, seed=0) == CHECK


def test_what_more_images_bring_is_told_with_what_it_rests_on() -> None:
    sentences = seen(each=60, spread=0.6).outlook(seed=0)
    assert "twice as many" in sentences[0]
    assert "linear heads on what test_resnet sees" in sentences[-1]


def test_where_it_cannot_be_told_the_reason_is() -> None:
    (sentence,) = seen(each=4).outlook(seed=0)
    assert sentence.startswith("By how much more images would help cannot be told: ")
