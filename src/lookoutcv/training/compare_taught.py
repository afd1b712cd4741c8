"""Backbones that learnt, side by side: how good each is, what it costs, which is the best and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.results.training_run import Candidate, PairedDifference, Score
from lookoutcv.training.comparing.best_model import Contestant, choose_best, how_sure
from lookoutcv.training.comparing.latency import latency_ms
from lookoutcv.training.comparing.paired_models import paired_difference
from lookoutcv.training.comparing.score import right_of, score
from lookoutcv.training.data.division import IntArray, Pixels
from lookoutcv.training.data.picture_store import PictureStore
from lookoutcv.training.fitting.fitted_model import FittedModel, FloatArray
from lookoutcv.training.fitting.forward_pass import normalised, scores_of
from lookoutcv.training.material import Material
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.teaching import Taught

_LATENCY_OF = "PyTorch, one thread, of pixels in the model's own size"
_BYTES_A_NUMBER = 4


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of all backbones.

    Args:
        candidates: In the order in which they were asked for.
        best: The network of the best one.
        why: Why it is, in sentences.
        differences: Of the best and each other one, on the images that chose nothing.
        test_scores: Probabilities of the best on these, (n, classes) float32.
    """

    candidates: list[Candidate]
    best: FittedModel
    why: str
    differences: list[PairedDifference]
    test_scores: FloatArray = field(repr=False)


def compare_taught(taught: Sequence[Taught], material: Material, store: PictureStore, onlooker: Onlooker) -> Comparison:
    """Score all that learnt on the images that chose nothing, and say which is the best.

    Args:
        taught: At least one of them learnt something.
        material: What they learnt from.
        store: Its pixels.
        onlooker: Who is told.
    """
    tests: dict[str, FloatArray] = {}
    latencies: dict[str, float] = {}
    learnt = [one.fitted for one in taught if one.fitted is not None]
    labels: IntArray = np.empty(0, np.int64)
    choosing: IntArray = np.empty(0, np.int64)
    for fitted in learnt:
        pictures = material.pictures(store, "test", fitted.input)
        labels, choosing = pictures.labels, material.pictures(store, "validation", fitted.input).labels

        def told(done: int, name: str = fitted.backbone, total: int = len(pictures)) -> None:
            onlooker.progress(f"{name}: test", done, total)

        tests[fitted.backbone] = scores_of(fitted.module, pictures, fitted.input, done=told)
        latencies[fitted.backbone] = network_latency_ms(fitted.module, fitted.input)
    contestants = [
        Contestant(one.backbone, one.validation_scores, latencies[one.backbone], size_bytes(one.module))
        for one in learnt
    ]
    best_name, why = choose_best(choosing, contestants)
    best = next(one for one in learnt if one.backbone == best_name)
    differences = [
        paired_difference(labels, tests[best_name], tests[one.backbone], (best_name, one.backbone))
        for one in learnt
        if one is not best and len(labels)
    ]
    sure = how_sure(best_name, differences, len(labels))
    candidates = [_candidate(one, choosing, labels, tests, latencies.get(one.name)) for one in taught]
    return Comparison(candidates, best, f"{why} {sure}".strip(), differences, tests[best_name])


def _candidate(
    taught: Taught, choosing: IntArray, labels: IntArray, tests: dict[str, FloatArray], latency: float | None
) -> Candidate:
    fitted, backbone = taught.fitted, taught.backbone
    if fitted is None:
        notes = [] if backbone is None else list(backbone.notes)
        weights = None if backbone is None else backbone.weights
        return Candidate(taught.name, taught.status, taught.reason, weights, notes=notes)
    assert fitted.input.size is not None  # complete
    test = tests[taught.name]
    return Candidate(
        name=taught.name,
        status=taught.status,
        reason=taught.reason,
        weights=fitted.weights,
        parameters=sum(parameter.numel() for parameter in fitted.module.parameters()),
        input_px=fitted.input.size[0],
        curve=list(fitted.curve),
        best_epoch=fitted.best_epoch,
        seconds=round(fitted.seconds, 3),
        size_bytes=size_bytes(fitted.module),
        latency_ms=latency,
        latency_of=_LATENCY_OF,
        validation=_score(choosing, fitted.validation_scores),
        test=_score(labels, test),
        notes=list(fitted.notes),
        test_right="".join("1" if right else "0" for right in right_of(labels, test)) if len(labels) else "",
    )


def _score(labels: IntArray, probabilities: FloatArray) -> Score | None:
    return score(labels, probabilities) if len(labels) else None


def size_bytes(module: Any) -> int:
    """What the numbers of a network take in float32."""
    return _BYTES_A_NUMBER * sum(int(tensor.numel()) for tensor in module.state_dict().values())


def network_latency_ms(module: Any, input: Input) -> float:
    """How long a network takes for one picture of its own size, on one thread of the processor."""
    import torch  # noqa: PLC0415

    assert input.size is not None  # complete
    device, threads = torch.device("cpu"), torch.get_num_threads()

    def ask(pixels: Pixels) -> Any:
        with torch.inference_mode():
            return module(normalised(pixels[None], input, device))

    torch.set_num_threads(1)
    try:
        return latency_ms(ask, input.size)
    finally:
        torch.set_num_threads(threads)
